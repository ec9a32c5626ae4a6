const UP = 0x1;
const GATEWAY = 0x2;
const REJECT = 0x200;
const LOCAL = 0x80000000;
/** Of the route that the kernel itself keeps for what no other route matches. */
export const LAST_METRIC = '4294967295';

/** The kernel's last resort stands in a table of its own, which `ip -6 route` does not show: no one has set it. */
export function tableOf(destination: string, metric: string): readonly string[] {
  return destination === 'default' && metric === LAST_METRIC ? ['table', 'unspec'] : [];
}

/** `Iface Destination Gateway Flags …`, the heading of /proc/net/route; /proc/net/ipv6_route has none. */
export function isProcHead(text: string): boolean {
  return /^Iface\s+Destination\s+Gateway\s+Flags\s+RefCnt\s/.test(text);
}

/**
 * A row of /proc/net/route (net/ipv4/fib_trie.c: fib_route_seq_show) or /proc/net/ipv6_route (net/ipv6/route.c:
 * rt6_info_route), all that is left to a container without `ip`, in the words of `ip route`. Undefined for other lines.
 */
export function procWords(columns: readonly string[]): readonly string[] | undefined {
  if (columns.length === 11) return v4Words(columns);
  return columns.length === 10 ? v6Words(columns) : undefined;
}

/** Device, destination, gateway, flags, references, use, metric, mask, MTU, window, round trip. */
function v4Words(columns: readonly string[]): readonly string[] | undefined {
  const [device = '', to = '', hop = '', flags = '', , , metric = '', mask = ''] = columns;
  const numbers = [...columns.slice(4, 7), ...columns.slice(8)];
  if (!/^[\w.:@*-]{1,40}$/.test(device) || !numbers.every((one) => /^\d{1,10}$/.test(one)))
    return undefined;
  if (![to, hop, mask].every((one) => /^[\dA-F]{8}$/.test(one)) || !/^[\dA-F]{4}$/.test(flags))
    return undefined;
  const bits = Number.parseInt(flags, 16);
  // A route that refuses has no device, `*`.
  const refuses = (bits & REJECT) !== 0 || device === '*';
  if ((bits & UP) === 0) return undefined;
  const length = lengthOf(mask);
  const destination = length === 0 ? 'default' : `${dotted(to)}/${length}`;
  return [
    ...(refuses ? ['unreachable'] : []),
    destination,
    ...((bits & GATEWAY) === 0 ? [] : ['via', dotted(hop)]),
    ...(device === '*' ? [] : ['dev', device]),
    ...(metric === '0' ? [] : ['metric', metric]),
  ];
}

/** Destination and its length, source and its length, next hop, metric, references, use, flags, device. */
function v6Words(columns: readonly string[]): readonly string[] | undefined {
  const [to = '', length = '', , , hop = '', metric = '', ...rest] = columns;
  const [, , flags = '', device = ''] = rest;
  if (![to, columns[2] ?? '', hop].every((one) => /^[\da-f]{32}$/.test(one))) return undefined;
  if (![length, columns[3] ?? ''].every((one) => /^[\da-f]{2}$/.test(one))) return undefined;
  if (![metric, ...rest.slice(0, 3)].every((one) => /^[\da-f]{8}$/.test(one))) return undefined;
  const bits = Number.parseInt(flags, 16);
  const size = Number.parseInt(length, 16);
  const destination = size === 0 ? 'default' : `${ipv6Text(to)}/${size}`;
  const weight = String(Number.parseInt(metric, 16));
  const own = (bits & LOCAL) === 0 ? (to.startsWith('ff') ? 'multicast' : null) : 'local';
  return [
    ...((bits & REJECT) !== 0 ? ['unreachable'] : own === null ? [] : [own]),
    destination,
    ...((bits & GATEWAY) === 0 ? [] : ['via', ipv6Text(hop)]),
    'dev',
    device,
    ...(own === null ? tableOf(destination, weight) : ['table', 'local']),
    'metric',
    weight,
    'pref',
    'medium',
  ];
}

/** The kernel prints the four octets as one number of a little-endian machine. */
function dotted(hex: string): string {
  return octetsOf(hex).toReversed().join('.');
}

function octetsOf(hex: string): readonly number[] {
  return [0, 2, 4, 6].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
}

function lengthOf(mask: string): number {
  return Number.parseInt(mask, 16).toString(2).replaceAll('0', '').length;
}

function ipv6Text(hex: string): string {
  const groups = (hex.match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16));
  return groups.join(':').replace(/(?:^|:)0(?::0)+(?::|$)/, '::');
}
