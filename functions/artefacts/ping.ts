import { defineArtefact, found, type Local, missing } from './define.ts';
import { eventOf, type PingEvent, type PingTrouble, strengthOf } from './ping/lines.ts';

/** What one address got: of which size, how many answers, and what was said instead. */
export interface PingRun {
  readonly line: number;
  /** As typed; the answering address where the heading is lost. */
  readonly target: string;
  readonly address: string | null;
  /** Bytes of payload: `-s`; the packet is 28 bytes longer with IPv4. */
  readonly payload: number | null;
  readonly replies: number;
  /** The line of the first reply, and how long the slowest and the fastest took; the statistics tell the latter too. */
  readonly replyLine: number | null;
  readonly slowestMs: number | null;
  readonly fastestMs: number | null;
  readonly troubles: readonly Trouble[];
  readonly summary: (Extract<PingEvent, { is: 'summary' }> & { readonly line: number }) | null;
}

interface Trouble {
  readonly line: number;
  readonly trouble: PingTrouble;
  readonly from: string | null;
  readonly mtu: number | null;
}

interface Ping {
  readonly runs: readonly PingRun[];
}

/** `ping`: iputils of all ages, BusyBox, macOS and FreeBSD, Windows. */
export const ping = defineArtefact({
  kind: 'ping',
  title: 'ping',
  ask: 'ping -c 20 {traffic.target|DST}; ping -M do -c 3 -s 1472 {traffic.target|DST}; ping -M do -c 3 -s 1372 {traffic.target|DST}',
  hint: /(?:^|[\s;&|])ping6?\s+\S/,
  recognise: strengthOf,
  continues: (line) => /^\s*[.\b]+$/.test(line) || /^\s*\.\.\.$/.test(line),
  parse,
  size: ({ runs }) => ({
    count: runs.reduce((sum, run) => sum + (run.summary?.sent ?? run.replies), 0),
    unit: 'packets',
  }),
  facts: {
    lossPercent: {
      type: 'count',
      is: 'answers missing in the last ping, in percent of what was sent',
      of: lossPercent,
    },
    unreachableFrom: {
      type: 'label',
      is: 'router that says host or net unreachable, on another network than the destination',
      of: unreachableFrom,
    },
    sourceMtu: {
      type: 'count',
      is: 'the MTU above which the own host refuses to send (message too long, mtu=): of the interface, or learnt from the path',
      of: (content) => mtuSaid(content, 'too-big-here'),
    },
    routerMtu: {
      type: 'count',
      is: 'the MTU that a router names in Frag needed',
      of: (content) => mtuSaid(content, 'too-big'),
    },
    duplicates: {
      type: 'count',
      is: 'answers that came twice',
      of: duplicates,
    },
  },
});

/** What the run is for; where ping ends before its heading, the address in its command. */
export function targetOf({ address, target }: PingRun, command: string | null): string {
  if (address !== null || target !== '') return address ?? target;
  const [typed = ''] = /\bping6?\s[^|;&>]*/.exec(command ?? '') ?? [];
  return (
    typed.split(/\s+/).findLast((word) => /^(?:[\d.]{7,15}|[\da-f:]*:[\da-f:]+)$/i.test(word)) ?? ''
  );
}

const REFUSALS: ReadonlySet<PingTrouble> = new Set([
  'no-route',
  'no-buffer',
  'host-unreachable',
  'filtered',
]);

/** Why the own host sent nothing at all, if that is so: no route, one that refuses, no room for the packet, or a rule of its own. */
export function refusalIn({ replies, summary, troubles }: PingRun): Trouble | undefined {
  if (replies > 0 || summary !== null) return undefined;
  return troubles.find(({ trouble, from }) => from === null && REFUSALS.has(trouble));
}

interface Draft {
  readonly line: number;
  readonly target: string;
  readonly address: string | null;
  readonly payload: number | null;
  replies: number;
  replyLine: number | null;
  slowestMs: number | null;
  fastestMs: number | null;
  readonly troubles: Trouble[];
  summary: PingRun['summary'];
}

function parse(lines: readonly string[]) {
  const runs: Draft[] = [];
  const unread: number[] = [];
  for (const [index, text] of lines.entries()) {
    const event = eventOf(text);
    if (event !== undefined) record(event, index + 1, runs);
    else if (text.trim() !== '' && !/^[.\s]+$/.test(text)) unread.push(index + 1);
  }
  return runs.length === 0
    ? undefined
    : { content: { runs: runs.map((run) => ({ ...run })) }, unread };
}

function record(event: PingEvent, line: number, runs: Draft[]): void {
  if (event.is === 'furniture') return;
  if (event.is === 'header') {
    runs.push(started(line, event.target, event.address, event.payload));
    return;
  }
  if (event.is === 'fastest') {
    const last = runs.at(-1);
    if (last !== undefined) last.fastestMs = event.ms;
    return;
  }
  const run = openRun(event, line, runs);
  if (event.is === 'summary') run.summary = { ...event, line };
  else if (event.is === 'trouble') {
    const { trouble, from, mtu } = event;
    run.troubles.push({ line, trouble, from, mtu });
  } else if (!event.duplicate) {
    run.replies += 1;
    run.replyLine ??= line;
    if (event.ms === null) return;
    run.slowestMs = Math.max(run.slowestMs ?? 0, event.ms);
    run.fastestMs = Math.min(run.fastestMs ?? Infinity, event.ms);
  }
}

/** The run that the line belongs to; the heading may be cut off or lost. */
function openRun(event: PingEvent, line: number, runs: Draft[]): Draft {
  const last = runs.at(-1);
  if (last !== undefined && (last.summary === null || event.is === 'trouble')) return last;
  const address = event.is === 'reply' ? event.from : null;
  const payload = event.is === 'reply' ? event.bytes - 8 : null;
  const run = started(line, address ?? '', address, payload);
  runs.push(run);
  return run;
}

function started(
  line: number,
  target: string,
  address: string | null,
  payload: number | null,
): Draft {
  return {
    line,
    target,
    address,
    payload,
    replies: 0,
    replyLine: null,
    slowestMs: null,
    fastestMs: null,
    troubles: [],
    summary: null,
  };
}

function lossPercent({ runs }: Ping): Local<number> {
  const summary = runs.at(-1)?.summary;
  if (summary == null) return missing('the statistics were not pasted');
  if (summary.sent === 0) return missing('nothing was sent');
  const lost = Math.max(0, summary.sent - summary.received);
  return found(Math.round((100 * lost) / summary.sent), [summary.line]);
}

/**
 * Who else says so. The sending host says it of its own neighbours, under its own address, which the output does not tell
 * from a router's: an address near the destination's may be its own.
 */
function unreachableFrom({ runs }: Ping): Local<string> {
  for (const { troubles, address, target } of runs) {
    const near = networkOf(address ?? target);
    const said = troubles.find(
      ({ trouble, from }) =>
        from !== null &&
        (trouble === 'host-unreachable' || trouble === 'net-unreachable') &&
        near !== undefined &&
        networkOf(from) !== undefined &&
        networkOf(from) !== near,
    );
    if (said?.from != null) return found(said.from, [said.line]);
  }
  return missing('no router says that the destination is unreachable');
}

/** The first half of an IPv4 address: the widest network that is usual on one link. */
function networkOf(address: string): string | undefined {
  return /^(\d{1,3}\.\d{1,3})\.\d{1,3}\.\d{1,3}$/.exec(address)?.[1];
}

function mtuSaid({ runs }: Ping, kind: PingTrouble): Local<number> {
  const said = runs
    .flatMap(({ troubles }) => troubles)
    .find(({ trouble, mtu }) => trouble === kind && mtu !== null && mtu > 0);
  return said?.mtu == null ? missing('no MTU is named') : found(said.mtu, [said.line]);
}

function duplicates({ runs }: Ping): Local<number> {
  const summary = runs.at(-1)?.summary;
  return summary == null
    ? missing('the statistics were not pasted')
    : found(summary.duplicates, [summary.line]);
}
