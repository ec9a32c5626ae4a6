import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';

/** One second, or however long, of one stream, or the total of it at the end. */
interface Interval {
  readonly line: number;
  /** `5`, or `SUM`. */
  readonly stream: string;
  readonly from: number;
  readonly to: number;
  /** As printed: `0.00 Bytes`. */
  readonly transfer: string;
  readonly isZero: boolean;
  readonly side: 'sender' | 'receiver' | null;
  /** UDP alone. */
  readonly lost: number | null;
  readonly total: number | null;
}

/** One run of the program. */
export interface IperfRun {
  readonly line: number;
  /** Null where the heading is cut off. */
  readonly host: string | null;
  readonly port: number | null;
  /** `-R`: the other end sends. */
  readonly isReverse: boolean;
  readonly intervals: readonly Interval[];
  /** What it gave up with, but for connections that did not come about. */
  readonly error: { readonly line: number; readonly said: string } | null;
}

interface Iperf {
  readonly runs: readonly IperfRun[];
}

/** `iperf3` 3.0 to 3.18 without `-J`, client or server (src/iperf_locale.c, iperf_api.c, iperf_error.c). */
export const iperf = defineArtefact({
  kind: 'iperf',
  title: 'iperf3',
  ask: 'iperf3 -c HOST -t 10',
  hint: /\biperf3?\s+(?:\S+\s+){0,12}?(?:-c|-s|--client|--server)\b/,
  first: ASCII,
  recognise,
  continues: (line) => FURNITURE.test(line.trim()),
  begins: (line) => HEAD.test(line.trim()),
  parse,
  size: ({ runs }) => ({
    count: runs.reduce((sum, { intervals }) => sum + intervals.length, 0),
    unit: 'lines',
  }),
  facts: {},
});

const HEAD =
  /^(?:Connecting to host (?<host>\S{1,255}), port (?<port>\d{1,5})|Accepted connection from (?<client>\S{1,255}), port \d{1,5})$/;
const ROW =
  /^\[ {0,2}(\d{1,3}|SUM)\](?:\[[TR]X-[CS]\])? {1,3}(\d+\.\d\d)-(\d+\.\d\d) {1,3}sec {1,3}(\d[\d.]* [KMGT]?Bytes) {1,3}\d[\d.]* [KMGTkmgt]?(?:bits|Bytes)\/sec\s*(.*)$/;
const LOSS = /(?:^|\s)(\d{1,12})\/(\d{1,12}) \([\d.e+-]{1,9}%\)/;
const CONNECTED = /^\[ {0,2}\d{1,3}\] local \S+ port \d{1,5} connected to (\S+) port (\d{1,5})$/;
const TITLES = /^\[ ?ID\](?:\[Role\])? Interval {6,16}Transfer {3,8}(?:Bitrate|Bandwidth)(?:\s|$)/;
/** Not the errors of a connection that did not come about: those are told beside all other clients'. */
const ERROR =
  /^iperf3: (?:error|interrupt) - (?!unable to connect to server|unable to connect stream)(.{1,200})$/;
const FURNITURE =
  /^(?:- ){10,40}-?$|^-{20,70}$|^iperf Done\.$|^Reverse mode, remote host \S+ is sending$|^Server listening on (?:\S{1,255} port )?\d{1,5}(?: \(test #\d+\))?$|^Test Complete\. Summary Results:$|^CPU Utilization: |^(?:snd|rcv)_tcp_congestion \S+$|^Starting Test: protocol: |^Time: \S|^TCP MSS: |^Control connection MSS |^\s*Cookie: \S+$|^iperf 3\.\d+|^Finished omit period|^\[ {0,2}(?:\d{1,3}|SUM)\] \((?:sender|receiver) statistics not available\)$|^\[ {0,2}(?:\d{1,3}|SUM)\](?:\[[TR]X-[CS]\])?\s+[\d.]+-[\d.]+ {1,3}sec {1,3}\d+ datagrams received out-of-order$/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.length > 240) return 'none';
  if (HEAD.test(text) || ROW.test(text) || TITLES.test(text) || ERROR.test(text)) return 'strong';
  if (CONNECTED.test(text)) return 'strong';
  return FURNITURE.test(text) ? 'weak' : 'none';
}

type Draft = { -readonly [K in keyof IperfRun]: IperfRun[K] } & { readonly intervals: Interval[] };

function parse(lines: readonly string[]): Parsed<Iperf> | undefined {
  const runs: Draft[] = [];
  const unread: number[] = [];
  let understood = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    if (take(runs, text, index + 1)) understood += 1;
    else unread.push(index + 1);
  }
  return understood === 0 ? undefined : { content: { runs }, unread };
}

/** Whether the line was understood. */
function take(runs: Draft[], text: string, line: number): boolean {
  const head = HEAD.exec(text);
  const connected = CONNECTED.exec(text);
  const interval = intervalIn(text, line);
  const error: string | undefined = ERROR.exec(text)?.[1];
  if (head?.groups !== undefined) {
    const { host, client, port } = head.groups;
    begin(runs, line, host ?? client ?? null, port);
  } else if (connected !== null) {
    const run = current(runs, line);
    // What a client connects from says nothing.
    if (run.host === null) run.port = Number(connected[2]);
    run.host ??= connected[1] ?? null;
  } else if (interval !== undefined) current(runs, line).intervals.push(interval);
  else if (error !== undefined) current(runs, line).error = { line, said: error };
  else if (text.startsWith('Reverse mode')) current(runs, line).isReverse = true;
  else return TITLES.test(text) || FURNITURE.test(text);
  return true;
}

function begin(runs: Draft[], line: number, host: string | null, port: string | undefined): Draft {
  const run: Draft = {
    line,
    host,
    port: port === undefined ? null : Number(port),
    isReverse: false,
    intervals: [],
    error: null,
  };
  runs.push(run);
  return run;
}

function current(runs: Draft[], line: number): Draft {
  return runs.at(-1) ?? begin(runs, line, null, undefined);
}

function intervalIn(text: string, line: number): Interval | undefined {
  const [, stream, from, to, transfer = '', rest = ''] = ROW.exec(text) ?? [];
  if (stream === undefined) return undefined;
  const [, lost, total] = LOSS.exec(rest) ?? [];
  const side: string | undefined = /\b(sender|receiver)\s*$/.exec(rest)?.[1];
  return {
    line,
    stream,
    from: Number(from),
    to: Number(to),
    transfer,
    isZero: Number.parseFloat(transfer) === 0,
    side: side === 'sender' || side === 'receiver' ? side : null,
    lost: lost === undefined ? null : Number(lost),
    total: total === undefined ? null : Number(total),
  };
}
