import { type Fields, textAt, textsAt, wordsFor } from './objects.ts';

/** An entry of `bridge -j fdb` as `bridge fdb` prints it (bridge/fdb.c: print_fdb). */
export function fdbLine(fields: Fields): string {
  const before = wordsFor(fields, [
    ['ifname', 'dev'],
    ['dst', 'dst'],
    ['vlan', 'vlan'],
    ['port', 'port'],
    ['vni', 'vni'],
    ['src_vni', 'src_vni'],
    ['nhid', 'nhid'],
    ['viaIf', 'via'],
    ['viaIfIndex', 'via'],
  ]);
  const after = wordsFor(fields, [['master', 'master']]);
  const words = [textAt(fields, 'mac') ?? '', ...before, ...textsAt(fields, 'flags'), ...after];
  return [...words, textAt(fields, 'state') ?? ''].filter((word) => word !== '').join(' ');
}

/** A port of `bridge -j -d link` as `bridge -d link` prints it (bridge/link.c: print_linkinfo, print_protinfo), as far as it is read. */
export function bridgePortLines(fields: Fields): readonly string[] {
  const name = textAt(fields, 'ifname') ?? '';
  const lower = textAt(fields, 'link');
  const flags = textsAt(fields, 'flags').join(',');
  const words = wordsFor(fields, [
    ['mtu', 'mtu'],
    ['master', 'master'],
    ['state', 'state'],
    ['priority', 'priority'],
    ['cost', 'cost'],
  ]);
  const { hairpin, guard } = fields;
  return [
    `${textAt(fields, 'ifindex')}: ${name}${lower === undefined ? '' : `@${lower}`}: <${flags}> ${words.join(' ')}`,
    `hairpin ${hairpin === true ? 'on' : 'off'} guard ${guard === true ? 'on' : 'off'}`,
  ];
}
