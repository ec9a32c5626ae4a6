import { defineArtefact, found, type Local, missing } from './define.ts';
import { asReport, isMtrJson, mtrJsonStrength } from './traceroute/json.ts';
import { eventOf, type Hop, strengthOf } from './traceroute/lines.ts';
import { mtrRawStrength, rawReport } from './traceroute/raw.ts';

/** One trace: its hops in order and where it went. */
interface Trace {
  readonly line: number;
  readonly target: string | null;
  readonly address: string | null;
  readonly hops: readonly Hop[];
  /** The path MTU that tracepath found, and its line; it may fall on the way. */
  readonly pmtu: number | null;
  readonly pmtuLine: number | null;
}

interface Traces {
  readonly traces: readonly Trace[];
}

/** Fewer probes than this tell no share of loss: one of ten is 10 %. */
const FEWEST_PROBES = 20;
/** Loss at the last hop below this is everyday life. */
const LOSS_PERCENT = 2;

/** `traceroute`, `tracepath`, Windows' `tracert` and `mtr`, its report, CSV, JSON or raw log: who answers on the way, and from which hop on packets are lost. */
export const traceroute = defineArtefact({
  kind: 'traceroute',
  title: 'traceroute, tracepath, tracert, mtr',
  ask: 'mtr -rwnbzc 100 {traffic.target|DST}; tracepath -n {traffic.target|DST}',
  hint: /(?:^|[\s;&|/])(?:(?:tcp)?traceroute6?|tracepath6?|tracert(?:\.exe)?|mtr)\s+\S/,
  recognise: (line) => {
    const strength = strengthOf(line);
    if (strength !== 'none') return strength;
    const json = mtrJsonStrength(line);
    return json === 'none' ? mtrRawStrength(line) : json;
  },
  continues: (line) =>
    isMtrJson(line) ||
    /^\s*(?:\|\s*)?(?:`?\|--\s|\S+ +\([\d.:a-f]+\) +[\d.]+ ms|[\d.]{7,15}$)/.test(line),
  parse,
  size: ({ traces }) => ({
    count: traces.reduce((sum, { hops }) => sum + hops.length, 0),
    unit: 'hops',
  }),
  facts: {
    pmtu: { type: 'count', is: 'path MTU that tracepath found', of: pmtu },
    endLossPercent: {
      type: 'count',
      is: 'loss at the last hop, in percent, where at least 20 probes were sent',
      of: endLoss,
    },
    lossFrom: {
      type: 'label',
      is: 'first hop from which every hop to the last loses 2 % or more',
      of: lossFrom,
    },
    lossHop: { type: 'count', is: 'the number of that hop', of: lossHop },
    middleLossOnly: {
      type: 'flag',
      is: 'a hop in the middle loses probes and the last hop answers all',
      of: middleLossOnly,
    },
    unreachableAt: {
      type: 'label',
      is: 'hop that says !H or !N: host or net unreachable',
      of: (content) => marked(content, /^!(?:H|N)$/),
    },
    loop: {
      type: 'label',
      is: 'the hops that a probe goes through again and again, as `192.0.2.1, 192.0.2.9`',
      of: loop,
    },
    prohibitedAt: {
      type: 'label',
      is: 'hop that says !X: prohibited by an administrator',
      of: (content) => marked(content, /^!X$/),
    },
  },
});

interface Draft {
  readonly line: number;
  readonly target: string | null;
  readonly address: string | null;
  readonly hops: Hop[];
  pmtu: number | null;
  pmtuLine: number | null;
}

function parse(lines: readonly string[]) {
  const traces: Draft[] = [];
  const unread: number[] = [];
  for (const { line, text } of rawReport(lines) ?? asReport(lines)) {
    const event = eventOf(text);
    if (event === undefined) {
      // Other routers of the same hop (ECMP) and old wrapped lines belong to the hop above.
      if (text.trim() !== '' && !(traces.length > 0 && isMore(text))) unread.push(line);
    } else if (event.is === 'header') {
      traces.push(started(line, event.target, event.address));
    } else if (event.is === 'hop') {
      const trace = openTrace(traces, event.hop.number, line);
      trace.hops.push({ line, ...event.hop });
      notePmtu(trace, event.pmtu, line);
    } else if (event.is === 'end') {
      const last = traces.at(-1);
      if (last !== undefined) notePmtu(last, event.pmtu, line);
    }
  }
  if (traces.every(({ hops, target }) => hops.length === 0 && target === null)) return undefined;
  return { content: { traces: traces.map((trace) => ({ ...trace })) }, unread };
}

function isMore(text: string): boolean {
  return /^\s*(?:\|\s*)?(?:`?\|--\s|\S+ +\([\d.:a-f]+\) +[\d.]+ ms|[\d.]{7,15}$)/.test(text);
}

/** Without a heading, a smaller number than the one before begins another trace. */
function openTrace(traces: Draft[], number: number, line: number): Draft {
  const last = traces.at(-1);
  const before = last?.hops.at(-1);
  if (last !== undefined && (before === undefined || number >= before.number)) return last;
  const trace = started(line, null, null);
  traces.push(trace);
  return trace;
}

function started(line: number, target: string | null, address: string | null): Draft {
  return { line, target, address, hops: [], pmtu: null, pmtuLine: null };
}

function notePmtu(trace: Draft, value: number | null, line: number): void {
  if (value === null || (trace.pmtu !== null && value >= trace.pmtu)) return;
  trace.pmtu = value;
  trace.pmtuLine = line;
}

function pmtu({ traces }: Traces): Local<number> {
  const trace = traces.findLast((one) => one.pmtu !== null);
  return trace?.pmtu == null || trace.pmtuLine === null
    ? missing('no path MTU is printed')
    : found(trace.pmtu, [trace.pmtuLine]);
}

/** The hops of the last trace that counts losses, by number; several routers of one hop stay several. */
function counted({ traces }: Traces): readonly Hop[] {
  const trace = traces.findLast(({ hops }) => hops.some(({ lossPercent }) => lossPercent !== null));
  return trace?.hops.filter(({ lossPercent }) => lossPercent !== null) ?? [];
}

function endLoss(content: Traces): Local<number> {
  const last = counted(content).at(-1);
  if (last?.lossPercent == null) return missing('only mtr counts losses');
  if (last.host === null) return missing('the last hop does not answer, so it tells no loss');
  if ((last.sent ?? 0) < FEWEST_PROBES) return missing('fewer than 20 probes tell no share');
  return found(Math.round(last.lossPercent), [last.line]);
}

/** Loss that begins at a hop counts only if every later hop loses too: a router may answer few probes and pass them all. */
function lossy(content: Traces): Hop | undefined {
  const hops = counted(content);
  const end = endLoss(content);
  if (!end.known || end.value < LOSS_PERCENT) return undefined;
  const lastClean = hops.findLastIndex(({ lossPercent }) => (lossPercent ?? 0) < LOSS_PERCENT);
  return hops.slice(lastClean + 1).find(({ host }) => host !== null);
}

function lossFrom(content: Traces): Local<string> {
  const hop = lossy(content);
  return hop?.host == null
    ? missing('no loss stays up to the last hop')
    : found(hop.host, [hop.line]);
}

function lossHop(content: Traces): Local<number> {
  const hop = lossy(content);
  return hop === undefined
    ? missing('no loss stays up to the last hop')
    : found(hop.number, [hop.line]);
}

function middleLossOnly(content: Traces): Local<boolean> {
  const hops = counted(content);
  const last = hops.at(-1);
  if (last === undefined || last.host === null) return missing('only mtr counts losses');
  const worst = hops.slice(0, -1).find(({ lossPercent }) => (lossPercent ?? 0) >= LOSS_PERCENT);
  if (worst === undefined) return found(false, [last.line]);
  return found((last.lossPercent ?? 0) < 1, [worst.line, last.line]);
}

/** The longest loop looked for, in hops. */
const LONGEST_LOOP = 4;

/** Hops that come again in the same order, and then again: no accident of routes that change meanwhile. */
function loop({ traces }: Traces): Local<string> {
  for (const { hops } of traces) {
    for (let length = 2; length <= LONGEST_LOOP; length += 1) {
      for (let from = 0; from + 2 * length < hops.length; from += 1) {
        const rounds = hops.slice(from, from + 2 * length + 1);
        const names = rounds.slice(0, length).map(({ host }) => host);
        const isLoop =
          !names.includes(null) &&
          new Set(names).size === length &&
          rounds.every(({ host }, at) => host === names[at % length]);
        if (isLoop)
          return found(
            names.join(', '),
            rounds.map(({ line }) => line),
          );
      }
    }
  }
  return missing('no hops come again');
}

function marked({ traces }: Traces, shape: RegExp): Local<string> {
  const hop = traces
    .flatMap(({ hops }) => hops)
    .find(({ mark, host }) => mark !== null && host !== null && shape.test(mark));
  return hop?.host == null ? missing('no hop says so') : found(hop.host, [hop.line]);
}
