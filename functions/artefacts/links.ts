import { asPrinted } from './ip-json.ts';

/** Kinds that `ip -d link` names at the start of a detail line (ip/iplink_*.c). */
const TYPES: ReadonlySet<string> = new Set(
  (
    'vxlan bridge veth vlan bond tun wireguard ipip sit gre gretap ip6gre ip6gretap ip6tnl vti vti6 erspan ip6erspan geneve gtp dummy ifb ' +
    'macvlan macvtap ipvlan ipvtap vrf team can vcan nlmon netdevsim netkit macsec hsr batadv ipoib xfrm bareudp amt rmnet openvswitch'
  ).split(' '),
);
/** Link layers that are a kind of their own, shown without `-d`: `link/ipip`. */
const TUNNELS: ReadonlySet<string> = new Set(['ipip', 'sit', 'gre', 'gre6', 'tunnel6']);
export const HEADER = /^(\d+): (\S+): (?:<([^>]*)> )?mtu (\d+)(?:\s|$)/;
export const BRIEF =
  /^([\w.:@+-]{1,60})\s+([A-Z]+)\s+(?:([0-9a-f]{2}(?::[0-9a-f]{2})+)\s+)?<([A-Z0-9_,-]+)>$/;
export const LAYER = /^link\/(\S+)(?: (\S+))?/;
const COUNTERS = /^(RX|TX)(?: errors)?:\s+([a-z].*)$/;
const NUMBERS = /^\d[\d.]*[kMGTPi]*(?:\s+\d[\d.]*[kMGTPi]*){3,}$/;
export const VXLAN = /^vxlan\s(?:.*\s)?id \d+(?:\s|$)/;
const OTHER =
  /^(?:altname|alias|prog\/xdp\w*|vf \d+|bridge_slave|bond_slave|team_slave|vrf_slave|openvswitch_slave|promiscuity|permaddr)(?:\s|$)/;

/** The VXLAN detail of a link; `udpcsum` is null where iproute2 is too old to print it. */
interface Vxlan {
  readonly line: number;
  readonly id: number;
  readonly local: string | null;
  readonly dev: string | null;
  readonly dstport: number | null;
  readonly udpcsum: boolean | null;
}

/** One network device; null is what the form of the command did not show. */
export interface Link {
  readonly line: number;
  readonly lastLine: number;
  readonly index: number | null;
  readonly name: string;
  /** What follows `@`: the device below, or `if7` for the peer in another namespace. */
  readonly peer: string | null;
  /** Null when the text lost them, as web pages do with `<…>`. */
  readonly flags: readonly string[] | null;
  readonly mtu: number | null;
  readonly state: string | null;
  readonly mac: string | null;
  readonly type: string | null;
  readonly vxlan: Vxlan | null;
  /** The VLAN whose tags a device of that type puts on and takes off (`vlan protocol 802.1Q id 20`). */
  readonly vlan: { readonly line: number; readonly id: number } | null;
  /** Of a bridge: whether it looks at the tags of 802.1Q. */
  readonly vlanFiltering: { readonly line: number; readonly on: boolean } | null;
  readonly master: string | null;
  /** Counters by the names of their columns, those of `RX errors` included; `-h` rounds them. */
  readonly rx: ReadonlyMap<string, number> | null;
  readonly tx: ReadonlyMap<string, number> | null;
  /** The lines that hold the numbers of `rx` and `tx`. */
  readonly counterLines: readonly number[];
}

export interface Links {
  readonly links: readonly Link[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface Draft extends Mutable<Link> {
  /** The counter columns announced by the line above, and whose they are. */
  pending: { readonly side: 'rx' | 'tx'; readonly columns: readonly string[] } | null;
}

/** Whether the line is one of those that follow a device's first. */
export function isPart(text: string): boolean {
  if (LAYER.test(text) || OTHER.test(text) || COUNTERS.test(text) || NUMBERS.test(text))
    return true;
  return TYPES.has(text.split(' ', 1)[0] ?? '');
}

/** Reads the lines of a listing; undefined when no device is in it. */
export function parseLinks(lines: readonly string[]) {
  const read = readLinks(lines, () => false);
  return read.links.length === 0
    ? undefined
    : { content: { links: read.links }, unread: read.unread, truncated: read.truncated };
}

/** Reads a listing; `other` is asked for lines that are no part of a link: which link they stand below, and the line. */
export function readLinks(
  lines: readonly string[],
  other: (part: string, line: number, link: number) => boolean,
) {
  const drafts: Draft[] = [];
  const unread = new Set<number>();
  let truncated = false;
  for (const { line, text } of asPrinted(lines)) {
    // `-o` joins what belongs to one link by backslashes.
    for (const part of text.split('\\').map((piece) => piece.trim())) {
      if (part === '') continue;
      const read = readPart(part, line, drafts) || other(part, line, drafts.length - 1);
      if (!read) unread.add(line);
      truncated = !read && /^\d+: \S/.test(part);
    }
  }
  const links = drafts.map(({ pending: _, ...rest }): Link => rest);
  return { links, unread: [...unread], truncated };
}

function readPart(part: string, line: number, drafts: Draft[]): boolean {
  const started = headerOf(part, line) ?? briefOf(part, line);
  if (started !== undefined) {
    drafts.push(started);
    return true;
  }
  const draft = drafts.at(-1) ?? orphan(part, line, drafts);
  if (draft === undefined || !readDetail(draft, part, line)) return false;
  draft.lastLine = line;
  return true;
}

// `… | grep vxlan` leaves the detail line alone; it still says port, identifier and checksum.
function orphan(part: string, line: number, drafts: Draft[]): Draft | undefined {
  if (!VXLAN.test(part)) return undefined;
  const draft = empty(line, '');
  drafts.push(draft);
  return draft;
}

function headerOf(part: string, line: number): Draft | undefined {
  const match = HEADER.exec(part);
  if (match === null) return undefined;
  const [whole, index, name = '', flags, mtu] = match;
  const words = part.slice(whole.length).split(/\s+/);
  const after = (key: string) => words[words.indexOf(key) + 1] ?? '';
  return {
    ...empty(line, name),
    index: Number(index),
    flags: flags === undefined ? null : flags.split(',').filter((flag) => flag !== ''),
    mtu: Number(mtu),
    state: words.includes('state') ? after('state') || null : null,
    master: words.includes('master') ? after('master') || null : null,
  };
}

function briefOf(part: string, line: number): Draft | undefined {
  const [, name, state, mac, flags] = BRIEF.exec(part) ?? [];
  if (name === undefined || state === undefined || flags === undefined) return undefined;
  return { ...empty(line, name), state, mac: mac ?? null, flags: flags.split(',') };
}

function empty(line: number, printed: string): Draft {
  return { ...nothingOf(line, printed), pending: null };
}

/** A link of which nothing but its name is known. */
export function nothingOf(line: number, printed: string): Link {
  const at = printed.indexOf('@');
  const below = at < 0 ? 'NONE' : printed.slice(at + 1);
  return {
    line,
    lastLine: line,
    index: null,
    name: at < 0 ? printed : printed.slice(0, at),
    peer: below === 'NONE' ? null : below,
    flags: null,
    mtu: null,
    state: null,
    mac: null,
    type: null,
    vxlan: null,
    vlan: null,
    vlanFiltering: null,
    master: null,
    rx: null,
    tx: null,
    counterLines: [],
  };
}

function readDetail(draft: Draft, part: string, line: number): boolean {
  const [, layer, address = ''] = LAYER.exec(part) ?? [];
  if (layer !== undefined) {
    draft.mac = /^[0-9a-f]{2}(?::[0-9a-f]{2})+$/i.test(address) ? address : null;
    if (TUNNELS.has(layer)) draft.type = layer;
    return true;
  }
  const [, side, columns] = COUNTERS.exec(part) ?? [];
  if (side !== undefined && columns !== undefined) {
    draft.pending = { side: side === 'RX' ? 'rx' : 'tx', columns: columns.split(/\s+/) };
    return true;
  }
  if (NUMBERS.test(part)) return readNumbers(draft, part, line);
  const [first = ''] = part.split(' ', 1);
  if (!TYPES.has(first)) return OTHER.test(part);
  draft.type = first;
  if (VXLAN.test(part)) draft.vxlan = vxlanOf(part, line);
  const id = first === 'vlan' ? numberAfter(part, 'id') : null;
  if (id !== null) draft.vlan = { line, id };
  const filtering = first === 'bridge' ? numberAfter(part, 'vlan_filtering') : null;
  // One that looks at the outer tags of providers (802.1ad) takes all others for no tags.
  if (filtering !== null && !part.includes('vlan_protocol 802.1ad'))
    draft.vlanFiltering = { line, on: filtering === 1 };
  return true;
}

function readNumbers(draft: Draft, part: string, line: number): boolean {
  if (draft.pending === null) return false;
  const { side, columns } = draft.pending;
  const counters = new Map(draft[side] ?? []);
  for (const [index, text] of part.split(/\s+/).entries()) {
    const column = columns[index];
    if (column !== undefined) counters.set(column, numberOf(text));
  }
  draft[side] = counters;
  draft.counterLines = [...draft.counterLines, line];
  draft.pending = null;
  return true;
}

function numberOf(text: string): number {
  const [, digits, unit, binary] = /^([\d.]+)([kMGTP]?)(i?)$/.exec(text) ?? [];
  const power = ['', 'k', 'M', 'G', 'T', 'P'].indexOf(unit ?? '');
  return Math.round(Number(digits) * (binary === 'i' ? 1024 : 1000) ** power);
}

function numberAfter(part: string, key: string): number | null {
  const words = part.split(/\s+/);
  const value = words.includes(key) ? words[words.indexOf(key) + 1] : undefined;
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : null;
}

function vxlanOf(part: string, line: number): Vxlan {
  const words = part.split(/\s+/);
  const after = (key: string) =>
    words.includes(key) ? (words[words.indexOf(key) + 1] ?? null) : null;
  return {
    line,
    id: numberAfter(part, 'id') ?? 0,
    local: after('local'),
    dev: after('dev'),
    dstport: numberAfter(part, 'dstport'),
    udpcsum: words.includes('udpcsum') ? true : words.includes('noudpcsum') ? false : null,
  };
}
