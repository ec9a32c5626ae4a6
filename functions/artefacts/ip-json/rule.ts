import { type Fields, textAt, wordsFor } from './objects.ts';

/** A rule of `ip -j rule` as `ip` prints it without `-j` (ip/iprule.c: print_rule). */
export function ruleLine(fields: Fields): string {
  return [
    `${textAt(fields, 'priority')}:`,
    ...('not' in fields ? ['not'] : []),
    'from',
    prefixAt(fields, 'src') ?? 'all',
    ...withWord('to', prefixAt(fields, 'dst')),
    ...wordsFor(fields, [['tos', 'tos']]),
    ...withWord('fwmark', markOf(fields)),
    ...wordsFor(fields, [
      ['iif', 'iif'],
      ['oif', 'oif'],
    ]),
    ...withWord('uidrange', rangeAt(fields, 'uid')),
    ...wordsFor(fields, [['ipproto', 'ipproto']]),
    ...withWord('sport', textAt(fields, 'sport') ?? rangeAt(fields, 'sport')),
    ...withWord('dport', textAt(fields, 'dport') ?? rangeAt(fields, 'dport')),
    ...wordsFor(fields, [
      ['tun_id', 'tun_id'],
      ['table', 'lookup'],
      ['suppress_prefixlen', 'suppress_prefixlength'],
      ['suppress_ifgroup', 'suppress_ifgroup'],
      ['goto', 'goto'],
    ]),
    ...('l3mdev' in fields ? ['[l3mdev-table]'] : []),
    ...withWord('', textAt(fields, 'action')),
  ].join(' ');
}

function prefixAt(fields: Fields, end: 'src' | 'dst'): string | undefined {
  const [address, length] = [textAt(fields, end), textAt(fields, `${end}len`)];
  return address !== undefined && length !== undefined ? `${address}/${length}` : address;
}

function markOf(fields: Fields): string | undefined {
  const [mark, mask] = [textAt(fields, 'fwmark'), textAt(fields, 'fwmask')];
  return mark !== undefined && mask !== undefined ? `${mark}/${mask}` : mark;
}

function rangeAt(fields: Fields, name: string): string | undefined {
  const [start, end] = [textAt(fields, `${name}_start`), textAt(fields, `${name}_end`)];
  return start === undefined || end === undefined ? undefined : `${start}-${end}`;
}

function withWord(word: string, value: string | undefined): readonly string[] {
  return value === undefined ? [] : [word, value].filter((one) => one !== '');
}
