/**
 * IPv4 and IPv6 addresses and prefixes: read, compare, contain.
 * An address is a bigint plus its family, so that one comparison serves both.
 */
export interface Address {
  readonly family: 4 | 6;
  readonly bits: bigint;
}

/** `10.42.0.0/24`: the network's first address and the length of its mask. */
export interface Prefix {
  readonly family: 4 | 6;
  readonly bits: bigint;
  readonly length: number;
}

/** Where an address may live: RFC 1918/4193/6598 `private`, `loopback`, `link-local`, or `public` (everything else). */
export type Scope = 'private' | 'loopback' | 'link-local' | 'public';

/** Of an address without `::`: six groups and one of IPv4. */
const LEAST_PARTS = 7;
const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** Reads one address; undefined when the text is none. A zone (`fe80::1%eth0`) is dropped. */
export function parseAddress(text: string): Address | undefined {
  const v4 = V4.exec(text);
  if (v4 !== null) return fromOctets(v4.slice(1));
  return text.includes(':') ? parseV6(text) : undefined;
}

/** Reads `address/length`, or a bare address as a host prefix; undefined when the text is neither. */
export function parsePrefix(text: string): Prefix | undefined {
  const slash = text.indexOf('/');
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === undefined) return undefined;
  const width = widthOf(address.family);
  const length = slash < 0 ? width : Number(text.slice(slash + 1));
  if (!Number.isInteger(length) || length < 0 || length > width || text.endsWith('/'))
    return undefined;
  return { family: address.family, bits: mask(address.bits, width, length), length };
}

/** Whether `address` lies inside `prefix`; families never mix. */
export function contains(prefix: Prefix, address: Address): boolean {
  return (
    prefix.family === address.family &&
    mask(address.bits, widthOf(prefix.family), prefix.length) === prefix.bits
  );
}

/** Whether two prefixes share at least one address. */
export function overlaps(a: Prefix, b: Prefix): boolean {
  const shorter = a.length <= b.length ? a : b;
  const longer = shorter === a ? b : a;
  return contains(shorter, longer);
}

/** The scope of an address, by the registries of RFC 6890. */
export function scopeOf(address: Address): Scope {
  return SCOPES.find(([, prefix]) => contains(prefix, address))?.[0] ?? 'public';
}

const SCOPES: readonly (readonly [Scope, Prefix])[] = (
  [
    ['loopback', '127.0.0.0/8', '::1/128'],
    ['link-local', '169.254.0.0/16', 'fe80::/10'],
    ['private', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'],
  ] as const
).flatMap(([scope, ...prefixes]) =>
  prefixes.flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix === undefined ? [] : [[scope, prefix] as const];
  }),
);

function fromOctets(octets: readonly string[]): Address | undefined {
  let bits = 0n;
  for (const octet of octets) {
    const value = Number(octet);
    if (value > 255) return undefined;
    bits = (bits << 8n) | BigInt(value);
  }
  return { family: 4, bits };
}

function parseV6(text: string): Address | undefined {
  const bare = text.split('%', 1)[0] ?? '';
  const halves = bare.split('::');
  if (halves.length > 2) return undefined;
  // A time of day, which stands in most lines, is not worth its numbers.
  if (halves.length === 1 && bare.split(':', LEAST_PARTS).length < LEAST_PARTS) return undefined;
  const head = groupsOf(halves[0] ?? '');
  const tail = groupsOf(halves[1] ?? '');
  if (head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const groups = [...head, ...Array<bigint>(missing).fill(0n), ...tail];
  return { family: 6, bits: groups.reduce((bits, group) => (bits << 16n) | group, 0n) };
}

function groupsOf(text: string): bigint[] | undefined {
  if (text === '') return [];
  const groups: bigint[] = [];
  for (const part of text.split(':')) {
    if (/^[0-9a-fA-F]{1,4}$/.test(part)) {
      groups.push(BigInt(`0x${part}`));
      continue;
    }
    const v4 = V4.exec(part);
    const address = v4 === null ? undefined : fromOctets(v4.slice(1));
    if (address === undefined) return undefined;
    groups.push(address.bits >> 16n, address.bits & 0xffffn);
  }
  return groups;
}

function widthOf(family: 4 | 6): number {
  return family === 4 ? 32 : 128;
}

function mask(bits: bigint, width: number, length: number): bigint {
  const shift = BigInt(width - length);
  return (bits >> shift) << shift;
}

/** A capture without `-n` names a pod by its address: `10-42-0-7.kube-dns.kube-system.svc.cluster.local`. */
export function addressInName(name: string): string {
  const [, dashed] = /^(\d{1,3}(?:-\d{1,3}){3})\.[\w.-]+$/.exec(name) ?? [];
  return dashed === undefined ? name : dashed.replaceAll('-', '.');
}
