import { type Fields, textAt, textsAt, wordsFor } from './objects.ts';

/** An entry of `ip -j neigh` as `ip` prints it without `-j` (ip/ipneigh.c: print_neigh). */
export function neighbourLine(fields: Fields): string {
  const words = wordsFor(fields, [
    ['dev', 'dev'],
    ['lladdr', 'lladdr'],
    ['probes', 'probes'],
  ]);
  // Flags have no value of their own.
  const flags = ['router', 'proxy'].filter((flag) => flag in fields);
  return [textAt(fields, 'dst'), ...words, ...flags, ...textsAt(fields, 'state')].join(' ');
}
