import { type Fields, isFields, listAt, textAt, textsAt, wordsFor } from './objects.ts';

/** The counters of `stats64` under the names of the columns (ip/ipaddress.c: print_vf_stats64, __print_link_stats). */
const COLUMNS: Readonly<Record<string, string>> = {
  over_errors: 'overrun',
  multicast: 'mcast',
  carrier_errors: 'carrier',
  collisions: 'collsns',
  length_errors: 'length',
  crc_errors: 'crc',
  frame_errors: 'frame',
  fifo_errors: 'fifo',
  missed_errors: 'missed',
  aborted_errors: 'aborted',
  window_errors: 'window',
  heartbeat_errors: 'heartbt',
  carrier_changes: 'transns',
};
const BRIDGE = [
  ['vlan_filtering', 'vlan_filtering'],
  ['vlan_protocol', 'vlan_protocol'],
] as const;
const ADDRESS_FLAGS = [
  ...['secondary', 'temporary', 'deprecated', 'tentative', 'permanent', 'dynamic', 'mngtmpaddr'],
  ...['noprefixroute', 'autojoin', 'nodad', 'optimistic', 'dadfailed', 'stable-privacy'],
];

/** A device of `ip -j link` or `ip -j addr` as `ip` prints it without `-j`, with `-br` where that was asked for. */
export function linkLines(fields: Fields): readonly string[] {
  const name = textAt(fields, 'ifname') ?? '';
  const lower = textAt(fields, 'link') ?? numbered(textAt(fields, 'link_index'));
  const whole = lower === undefined ? name : `${name}@${lower}`;
  const addresses = listAt(fields, 'addr_info');
  const flags = textsAt(fields, 'flags').join(',');
  if (textAt(fields, 'ifindex') === undefined) return [brief(whole, fields, addresses, flags)];
  const words = wordsFor(fields, [
    ['mtu', 'mtu'],
    ['qdisc', 'qdisc'],
    ['master', 'master'],
    ['operstate', 'state'],
    ['linkmode', 'mode'],
    ['group', 'group'],
  ]);
  return [
    `${textAt(fields, 'ifindex')}: ${whole}: <${flags}> ${words.join(' ')}`,
    `link/${textAt(fields, 'link_type') ?? 'none'} ${textAt(fields, 'address') ?? ''}`,
    ...kindLines(fields),
    ...counterLines(fields),
    ...addresses.map(addressLine),
  ];
}

function numbered(index: string | undefined): string | undefined {
  return index === undefined ? undefined : `if${index}`;
}

function brief(name: string, fields: Fields, addresses: readonly Fields[], flags: string): string {
  const state = textAt(fields, 'operstate') ?? 'UNKNOWN';
  const { addr_info: shown } = fields;
  const isLink = !Array.isArray(shown);
  const rest = isLink
    ? [textAt(fields, 'address') ?? '', `<${flags}>`]
    : addresses.map((one) => `${textAt(one, 'local')}/${textAt(one, 'prefixlen')}`);
  return [name, state, ...rest].filter((word) => word !== '').join(' ');
}

function kindLines({ linkinfo }: Fields): readonly string[] {
  if (!isFields(linkinfo)) return [];
  const kind = textAt(linkinfo, 'info_kind');
  const { info_data: detail } = linkinfo;
  if (kind === undefined) return [];
  if (!isFields(detail)) return [kind];
  if (kind === 'vlan') return [['vlan', ...wordsFor(detail, [['id', 'id']])].join(' ')];
  if (kind === 'bridge') return [['bridge', ...wordsFor(detail, BRIDGE)].join(' ')];
  if (kind !== 'vxlan') return [kind];
  const words = wordsFor(detail, [
    ['id', 'id'],
    ['local', 'local'],
    ['local6', 'local'],
    ['link', 'dev'],
    ['port', 'dstport'],
  ]);
  const { udp_csum: sums } = detail;
  const sum = typeof sums === 'boolean' ? [sums ? 'udpcsum' : 'noudpcsum'] : [];
  return [['vxlan', ...words, ...sum].join(' ')];
}

function counterLines(fields: Fields): readonly string[] {
  const { stats64, stats: old } = fields;
  const stats = stats64 ?? old;
  if (!isFields(stats)) return [];
  return (['rx', 'tx'] as const).flatMap((side) => {
    const counters = stats[side];
    if (!isFields(counters)) return [];
    const shown = Object.keys(counters).filter((name) =>
      /^\d+$/.test(textAt(counters, name) ?? ''),
    );
    const columns = shown.map((name) => COLUMNS[name] ?? name);
    const numbers = shown.map((name) => textAt(counters, name));
    return [`${side.toUpperCase()}: ${columns.join(' ')}`, numbers.join(' ')];
  });
}

function addressLine(one: Fields): string {
  const [local, length] = [textAt(one, 'local') ?? '', textAt(one, 'prefixlen') ?? ''];
  const peer = textAt(one, 'address');
  const label = textAt(one, 'label');
  return [
    textAt(one, 'family') ?? (local.includes(':') ? 'inet6' : 'inet'),
    peer === undefined ? `${local}/${length}` : `${local} peer ${peer}/${length}`,
    ...wordsFor(one, [
      ['broadcast', 'brd'],
      ['scope', 'scope'],
    ]),
    ...ADDRESS_FLAGS.filter((flag) => one[flag] === true),
    ...(label === undefined ? [] : [label]),
  ].join(' ');
}
