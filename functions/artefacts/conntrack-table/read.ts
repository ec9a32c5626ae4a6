import { wordsOf } from '../../primitives/words.ts';

/** One direction of a flow as conntrack expects its packets: after translation the reply is not the mirror of the question. */
export interface Tuple {
  readonly source: string;
  readonly destination: string;
  readonly sport: number | null;
  readonly dport: number | null;
  /** With net.netfilter.nf_conntrack_acct=1. */
  readonly packets: number | null;
}

/** One entry of the table, or one event about it. */
export interface Flow {
  readonly line: number;
  /** Of `conntrack -E`: what happened to the entry; null in a listing. */
  readonly event: 'NEW' | 'UPDATE' | 'DESTROY' | null;
  /** Of `-E -o timestamp`: microseconds since 1970. */
  readonly time: number | null;
  readonly protocol: string;
  /** Until the entry goes unless a packet comes; null in an event that destroyed it. */
  readonly secondsLeft: number | null;
  /** Of TCP, SCTP, DCCP: `ESTABLISHED`, `SYN_SENT` … */
  readonly state: string | null;
  readonly original: Tuple;
  readonly reply: Tuple;
  /** No packet has come back. */
  readonly unreplied: boolean;
  /** Packets went both ways more than once; such an entry is not evicted early. */
  readonly assured: boolean;
  /** Its packets pass in the flowtable, or in the card: the timers and counters here stand still. */
  readonly offloaded: boolean;
  readonly zone: number;
  /** Seconds since it was made, with net.netfilter.nf_conntrack_timestamp=1. */
  readonly ageSeconds: number | null;
}

const EVENTS: ReadonlySet<string> = new Set(['NEW', 'UPDATE', 'DESTROY']);
const PROTOCOL = /^(?:tcp|udp|udplite|icmp|icmpv6|sctp|dccp|gre|unknown)$/;
/** The words that libnetfilter_conntrack prints in brackets (src/conntrack/snprintf_default.c). */
const MARK = /\[(UNREPLIED|ASSURED|OFFLOAD|HW_OFFLOAD)\]/;

/**
 * An entry as libnetfilter_conntrack prints it (src/conntrack/snprintf_default.c) and as /proc/net/nf_conntrack does
 * (net/netfilter/nf_conntrack_standalone.c: ct_seq_show); cut at the left it may lack its protocol.
 */
export function flowIn(text: string, line: number): Flow | undefined {
  if (!text.includes('src=') || !text.includes('dst=') || text.length > LONGEST) return undefined;
  const words = wordsOf(text);
  const from = words.findIndex((word) => word.startsWith('src='));
  const head = headOf(words.slice(0, from));
  const second = words.findIndex((word, at) => at > from && word.startsWith('src='));
  if (head === undefined || second < 0) return undefined;
  const original = tupleIn(words.slice(from, second));
  const rest = words.slice(second);
  const reply = tupleIn(rest);
  if (original === undefined || reply === undefined) return undefined;
  const marks = new Set(words.flatMap((word) => MARK.exec(word)?.slice(1) ?? []));
  return {
    line,
    ...head,
    original,
    reply,
    unreplied: marks.has('UNREPLIED'),
    assured: marks.has('ASSURED'),
    offloaded: marks.has('OFFLOAD') || marks.has('HW_OFFLOAD'),
    zone: numberAt(rest, 'zone') ?? 0,
    ageSeconds: numberAt(rest, 'delta-time'),
  };
}

const LONGEST = 4096;

type Head = Pick<Flow, 'event' | 'time' | 'protocol' | 'secondsLeft' | 'state'>;

/** What stands before the first address: `[1795662035.876510] [NEW] ipv4 2 tcp 6 120 SYN_SENT`. */
function headOf(words: readonly string[]): Head | undefined {
  let time: number | null = null;
  let event: Flow['event'] = null;
  let at = 0;
  for (; words[at]?.startsWith('['); at += 1) {
    const inside = (words[at] ?? '').slice(1, -1);
    if (EVENTS.has(inside)) event = inside as NonNullable<Flow['event']>;
    else if (/^\d{9,10}\.\d{1,6}$/.test(inside)) time = Math.round(Number(inside) * 1e6);
    else return undefined;
  }
  if (/^ipv[46]$/.test(words[at] ?? '')) at += 2;
  const name = words[at] ?? '';
  if (!PROTOCOL.test(name)) return cutHead(words.slice(at), { event, time });
  const [, left, state] = words.slice(at + 1);
  const isTimed = left !== undefined && /^\d+$/.test(left);
  return {
    event,
    time,
    protocol: name,
    secondsLeft: isTimed ? Number(left) : null,
    state: stateIn(isTimed ? state : left),
  };
}

/** The left end of the line is missing: a state belongs to TCP, and nothing else is known. */
function cutHead(words: readonly string[], known: Pick<Head, 'event' | 'time'>): Head | undefined {
  if (words.length > 3 || !words.every((word) => /^(?:\d+|[A-Z_]{3,12})$/.test(word)))
    return undefined;
  const state = stateIn(words.at(-1));
  const left = words.at(state === null ? -1 : -2);
  const secondsLeft = left === undefined ? null : Number(left);
  return { ...known, protocol: state === null ? 'unknown' : 'tcp', secondsLeft, state };
}

function stateIn(word: string | undefined): string | null {
  return word !== undefined && /^[A-Z][A-Z_]{2,14}\d?$/.test(word) ? word : null;
}

function tupleIn(words: readonly string[]): Tuple | undefined {
  const [source, destination] = [valueAt(words, 'src'), valueAt(words, 'dst')];
  if (source === undefined || destination === undefined) return undefined;
  return {
    source,
    destination,
    sport: numberAt(words, 'sport'),
    dport: numberAt(words, 'dport'),
    packets: numberAt(words, 'packets'),
  };
}

function valueAt(words: readonly string[], key: string): string | undefined {
  return words.find((word) => word.startsWith(`${key}=`))?.slice(key.length + 1);
}

function numberAt(words: readonly string[], key: string): number | null {
  const value = valueAt(words, key);
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : null;
}
