import { parseAddress } from '../../primitives/address.ts';
import { readKeywords } from '../../primitives/keywords.ts';
import { parseMac } from '../../primitives/mac.ts';
import { wordsOf } from '../../primitives/words.ts';

/** What the kernel holds of one neighbour (net/core/neighbour.c); null is what the form of the command did not show. */
export interface Neighbour {
  readonly line: number;
  readonly address: string;
  readonly device: string | null;
  readonly mac: string | null;
  /** `REACHABLE`, `STALE` …; `INCOMPLETE` while nobody has answered yet, `FAILED` once asking was given up. */
  readonly state: string | null;
  readonly router: boolean;
  /** A proxy entry: this host answers for the address. */
  readonly proxy: boolean;
  /** Unanswered probes, with `-s`. */
  readonly probes: number | null;
}

export interface Neighbours {
  readonly neighbours: readonly Neighbour[];
}

const STATES = 'INCOMPLETE REACHABLE STALE DELAY PROBE FAILED NOARP PERMANENT NONE'.split(' ');
const FLAGS: ReadonlySet<string> = new Set([
  ...STATES,
  ...'router proxy offload extern_learn extern_valid managed'.split(' '),
]);
const KEYS: ReadonlySet<string> = new Set(
  'dev lladdr used ref probes proto nud vlan nhid'.split(' '),
);
const MASKED = /^(?:[\dxX*]{1,3}\.){3}[\dxX*]{1,3}$/;

/** `ip neigh` with and without `-s`: `10.0.0.7 dev eth0 lladdr 02:00:… used 3/0/3 probes 1 REACHABLE`. */
export function ipNeighbour(text: string, line: number): Neighbour | undefined {
  // iproute2 before 6.3 prints no blank between the times and `probes`.
  const [address = '', ...rest] = wordsOf(text.replace(/(\d)probes /, '$1 probes '));
  const words = isAddress(address) ? readKeywords(rest, KEYS, FLAGS) : undefined;
  if (words === undefined) return undefined;
  const { pairs, flags } = words;
  const state = flags.findLast((flag) => STATES.includes(flag)) ?? null;
  const proxy = flags.includes('proxy');
  if (state === null && !proxy && !pairs.has('lladdr')) return undefined;
  return {
    line,
    address,
    device: pairs.get('dev') ?? null,
    mac: parseMac(pairs.get('lladdr') ?? '') ?? null,
    state,
    router: flags.includes('router'),
    proxy,
    probes: numberOf(pairs.get('probes')),
  };
}

const BY_NAME =
  /^(?:\d+\. )?([\w.-]{1,80}|\?) \(([\d.xX*]{7,15})\) at (\S+|<incomplete>)(?: \[[\w-]+\])?( PERM)?( PUB)?(?: (?:netmask \S+ )?)?\s*on (\S+)(.*)$/;

/** `arp -a`: `? (10.0.0.7) at 02:00:… [ether] on eth0`, BSD's `at 0:1:… on en0 ifscope [ethernet]`. */
export function arpByName(text: string, line: number): Neighbour | undefined {
  // Web pages eat `<incomplete>`.
  const whole = text.replace(/ at {1,2}on /, ' at <incomplete> on ');
  const [, , address = '', at = '', perm, pub, device, rest = ''] = BY_NAME.exec(whole) ?? [];
  if (!isAddress(address)) return undefined;
  const mac = parseMac(at) ?? null;
  const isOpen = at.includes('incomplete');
  if (mac === null && !isOpen && at !== '<from_interface>') return undefined;
  const isFixed = perm !== undefined || / permanent\b/.test(rest);
  return {
    line,
    address,
    device: device ?? null,
    mac,
    state: isOpen ? 'INCOMPLETE' : isFixed ? 'PERMANENT' : null,
    router: false,
    proxy: pub !== undefined,
    probes: null,
  };
}

const ROW =
  /^(\S{1,80})\s+(\w{2,12})\s+([\da-fA-F:]{11,17})\s+(C|M|CM|P|MP|CP|CMP)\s+(?:(\S+)\s+)?(\S{1,40})$/;
const OPEN_ROW = /^(\S{1,80})\s+(?:\w{2,12}\s+)?\(incomplete\)\s+(\S{1,40})$/;
/** /proc/net/arp (net/ipv4/arp.c: arp_format_neigh_entry): address, type, flags, MAC, mask, device. */
const PROC =
  /^([\d.]{7,15})\s+0x[\da-f]{1,4}\s+0x([\da-f]{1,2})\s+([\da-f:]{17})\s+\*\s+(\S{1,40})$/i;
const COMPLETE = 0x2;
const PERMANENT = 0x4;
const PUBLISHED = 0x8;

/** `arp -n`, `arp -e` and /proc/net/arp. */
export function arpRow(text: string, line: number): Neighbour | undefined {
  const nothing = { line, router: false, probes: null };
  const [, address, , shown, flags = '', , device] = ROW.exec(text) ?? [];
  const mac = parseMac(shown ?? '');
  if (address !== undefined && device !== undefined && mac !== undefined) {
    const state = flags.includes('M') ? 'PERMANENT' : null;
    return { ...nothing, address, device, mac, state, proxy: flags.includes('P') };
  }
  const [, open, card] = OPEN_ROW.exec(text) ?? [];
  if (open !== undefined && card !== undefined) {
    const unanswered = { address: open, device: card, mac: null, state: 'INCOMPLETE' };
    return { ...nothing, ...unanswered, proxy: false };
  }
  const [, entry, hex = '0', hardware = '', on] = PROC.exec(text) ?? [];
  if (entry === undefined || on === undefined) return undefined;
  const bits = Number.parseInt(hex, 16);
  const isComplete = (bits & COMPLETE) !== 0;
  return {
    ...nothing,
    address: entry,
    device: on,
    mac: isComplete ? (parseMac(hardware) ?? null) : null,
    state: !isComplete ? 'INCOMPLETE' : (bits & PERMANENT) !== 0 ? 'PERMANENT' : null,
    proxy: (bits & PUBLISHED) !== 0,
  };
}

/** Heading and last line of `arp` and /proc/net/arp. */
export function isArpFrame(text: string): boolean {
  return (
    /^Address\s+HWtype\s+HWaddress\s+Flags/.test(text) ||
    /^IP address\s+HW type\s+Flags/.test(text) ||
    /^Entries: \d+\s+Skipped: \d+\s+Found: \d+$/.test(text)
  );
}

/** Whether nobody answered for the address: asked in vain, or still asking. */
export function isUnanswered({ state }: Neighbour): boolean {
  return state === 'FAILED' || state === 'INCOMPLETE';
}

function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined || MASKED.test(text);
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
