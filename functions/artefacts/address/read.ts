import { parseAddress } from '../../primitives/address.ts';
import { wordsOf } from '../../primitives/words.ts';
import { type Link, nothingOf, readLinks } from '../links.ts';

/** One address of a device. */
export interface DeviceAddress {
  readonly line: number;
  readonly address: string;
  /** Null where the line does not show it: `ifconfig lo | grep inet`, cut text. */
  readonly length: number | null;
  readonly peer: string | null;
  readonly scope: string | null;
  /** `dynamic`, `secondary`, `tentative`, `dadfailed`, `deprecated` and the like. */
  readonly flags: readonly string[];
  /** The label of `ifconfig eth0:1`, where it is not the device's own name. */
  readonly label: string | null;
}

/** A device and its addresses; what the form of the command did not show is null, as in `ip link`. */
export interface AddressedLink extends Link {
  readonly addresses: readonly DeviceAddress[];
}

export interface Addresses {
  readonly links: readonly AddressedLink[];
  /** Of `ipconfig`: whether its heading is there, so that no adapter is left out, and which adapters have no link. */
  readonly windows?: {
    readonly isWhole: boolean;
    readonly unplugged: readonly { readonly line: number; readonly name: string }[];
  };
}

/** `inet 10.0.0.5/24 brd … scope global dynamic eth0`, `inet6 fe80::1/64 scope link`; ip/ipaddress.c, print_addrinfo. */
export const INET = /^inet6? [0-9a-fA-Fx*.:%]{2,50}(?:\/\d{1,3})?(?:\s|$)/;
/** `2: eth0    inet 10.0.0.5/24 …`: `-o`. */
export const ONE_LINE = /^\d+: ([\w.:@+-]{1,60})\s+(inet6? .+)$/;
export const LIFETIME = /^valid_lft \S+ preferred_lft \S+$/;
/** `eth0@if6  UP  10.0.0.5/24 fe80::1/64`: `-br`; the state alone where a device has no address. */
export const BRIEF_ADDRESS =
  /^([\w.:@+-]{1,60})\s+(UP|DOWN|UNKNOWN|DORMANT|LOWERLAYERDOWN|NOTPRESENT|TESTING)((?: +(?:[\da-fA-F.:]{2,45}(?:\/\d{1,3})?|peer|metric|\d+)){0,200})$/;

const FLAGS: ReadonlySet<string> = new Set(
  (
    'secondary temporary deprecated tentative permanent dynamic mngtmpaddr noprefixroute autojoin home nodad optimistic ' +
    'dadfailed stable-privacy'
  ).split(' '),
);
const PAIRS: ReadonlySet<string> = new Set(['peer', 'metric', 'brd', 'any', 'scope', 'proto']);

interface Found {
  /** The device by its place below a link, or by its name. */
  readonly link: number;
  readonly device: string | null;
  readonly state: string | null;
  readonly address: DeviceAddress | null;
  readonly line: number;
}

/** Reads `ip addr` in all its forms; undefined when no device is in it. */
export function parseIpAddress(lines: readonly string[]) {
  const found: Found[] = [];
  const read = readLinks(lines, (part, line, link) => readOther(part, line, link, found));
  const links = [...read.links.map((link, at) => withOwn(link, at, found)), ...named(found)];
  links.sort((a, b) => a.line - b.line);
  if (links.length === 0) return undefined;
  return { content: { links }, unread: read.unread, truncated: read.truncated };
}

function withOwn(link: Link, at: number, found: readonly Found[]): AddressedLink {
  const own = found.filter((one) => one.device === null && one.link === at);
  return {
    ...link,
    lastLine: own.reduce((last, { line }) => Math.max(last, line), link.lastLine),
    addresses: own.flatMap(({ address }) => address ?? []),
  };
}

/** Devices that only their own address lines name: `-o`, `-br`, `| grep inet`. */
function named(found: readonly Found[]): AddressedLink[] {
  const groups = Map.groupBy(
    found.filter(({ device }) => device !== null),
    ({ device }) => device ?? '',
  );
  return [...groups].map(([device, own]) => {
    const first = own[0]?.line ?? 1;
    return {
      ...nothingOf(first, device),
      lastLine: own.at(-1)?.line ?? first,
      state: own[0]?.state ?? null,
      addresses: own.flatMap(({ address }) => address ?? []),
    };
  });
}

function readOther(part: string, line: number, link: number, found: Found[]): boolean {
  if (LIFETIME.test(part)) return true;
  if (INET.test(part)) {
    const address = addressOf(part, line);
    if (address === undefined) return false;
    const device = link < 0 ? labelOf(part) : null;
    if (link < 0 && device === null) return false;
    found.push({ link, device: device?.split(':', 1)[0] ?? null, state: null, address, line });
    return true;
  }
  const [, device, inet] = ONE_LINE.exec(part) ?? [];
  if (device !== undefined && inet !== undefined) {
    const address = addressOf(inet, line);
    if (address !== undefined) found.push({ link: -1, device, state: null, address, line });
    return address !== undefined;
  }
  return readBrief(part, line, found);
}

function readBrief(part: string, line: number, found: Found[]): boolean {
  const [, device, state, rest] = BRIEF_ADDRESS.exec(part) ?? [];
  if (device === undefined || state === undefined) return false;
  const words = (rest ?? '').split(' ').filter((word) => word !== '');
  const addresses = words.flatMap((word, at) => {
    const isOther = words[at - 1] === 'peer' || words[at - 1] === 'metric';
    const [address = '', length] = word.split('/');
    if (isOther || parseAddress(address) === undefined) return [];
    const peer = words[at + 1] === 'peer' ? (words[at + 2]?.split('/', 1)[0] ?? null) : null;
    return [{ ...bare(line, address, length), peer }];
  });
  if (addresses.length === 0) found.push({ link: -1, device, state, address: null, line });
  for (const address of addresses) found.push({ link: -1, device, state, address, line });
  return true;
}

function bare(line: number, address: string, length: string | undefined): DeviceAddress {
  const bits = /^\d{1,3}$/.test(length ?? '') ? Number(length) : null;
  return { line, address, length: bits, peer: null, scope: null, flags: [], label: null };
}

function addressOf(inet: string, line: number): DeviceAddress | undefined {
  const words = inet.split(/\s+/);
  const [address = '', printed] = (words[1] ?? '').split('/');
  if (parseAddress(address) === undefined && !/[x*]/.test(address)) return undefined;
  const after = (key: string) =>
    words.includes(key) ? (words[words.indexOf(key) + 1] ?? null) : null;
  const peer = after('peer');
  const length = printed ?? peer?.split('/')[1];
  const label = labelOf(inet);
  return {
    ...bare(line, address, length),
    peer: peer?.split('/', 1)[0] ?? null,
    scope: after('scope'),
    flags: words.filter((word) => FLAGS.has(word)),
    label: label?.includes(':') ? label : null,
  };
}

// Only IPv4 addresses have a label; it is the last word, and the device's own name unless it was set.
function labelOf(inet: string): string | null {
  const words = wordsOf(inet);
  const last = words.at(-1) ?? '';
  const isValue = PAIRS.has(words.at(-2) ?? '');
  if (words[0] !== 'inet' || isValue || words.length < 4 || FLAGS.has(last)) return null;
  return /^[A-Za-z][\w.:@+-]{0,59}$/.test(last) ? last : null;
}
