import { isInterrupt, unansweredHello } from './curl-timing/interrupted.ts';
import { type CurlEvent, eventOf, strengthOf, type Times } from './curl-timing/lines.ts';
import { nmapEventOf, scannedIn } from './curl-timing/nmap.ts';
import { opensslEventOf } from './curl-timing/openssl.ts';
import type { ConnectOutcome } from './curl-timing/outcome.ts';
import { endsTcpTest, tcpTestAt } from './curl-timing/test-net-connection.ts';
import { type DatedCertificate, datedCertificateIn } from './dated-certificate.ts';
import { defineArtefact, found, type Local, missing } from './define.ts';

/** One request: what it measured, how it ended. */
export interface Request {
  readonly line: number;
  readonly host: string | null;
  readonly port: number | null;
  readonly outcome: ConnectOutcome | null;
  readonly number: number | null;
  /** The status that HTTP answered with, the last where it was sent elsewhere; null where none is shown. */
  readonly status: number | null;
  /** Named times; empty where the row has no names. */
  readonly times: Times;
  /** The figures of a row in their order; what each means stands in the command only. */
  readonly cells: readonly number[];
  /** The server's certificate, where the client refuses it for its dates. */
  readonly certificate?: DatedCertificate & { readonly line: number };
  /** Where the output ends while TLS waits for the server's first word: the line of the client's. */
  readonly helloLine?: number;
}

interface Requests {
  readonly requests: readonly Request[];
}

/**
 * What curl, wget, nc, telnet, openssl and Test-NetConnection tell of a connection: figures of `curl -w`, the trace of `-v`, the
 * error at the end; and what clients of databases and other programs write when one fails.
 */
export const curlTiming = defineArtefact({
  kind: 'curl-timing',
  title: 'curl, wget, nc and other clients',
  ask: "for i in $(seq 50); do curl -so /dev/null -m 15 -w '%{time_namelookup} %{time_connect} %{time_total} %{http_code}\\n' URL; done",
  hint: /(?:^|[\s;&|/])(?:curl|wget|nc|ncat|netcat|telnet|openssl\s+s_client|redis-cli|psql|mysql|mariadb|iperf3?|Test-NetConnection|tnc|nmap)\s+\S/i,
  recognise,
  continues: (line) =>
    isInterrupt(line) || /^\s*(?:[<>*{}] |[<>]\s*$|\* |[<>{}]$|<?[A-Za-z-]+: )/.test(line),
  parse,
  size: ({ requests }) => ({ count: requests.length, unit: 'requests' }),
  facts: {
    slowestLookupMs: slowest('namelookup', 'slowest name lookup that is labelled as such'),
  },
});

function recognise(line: string) {
  const event = opensslEventOf(line) ?? nmapEventOf(line.trim(), null);
  if (endsTcpTest(line) || scannedIn(line.trim()) !== undefined) return 'strong';
  // What kubectl could not do is told by the kind of commands that failed.
  if (datedCertificateIn(line) !== undefined && !KUBECTL.test(line)) return 'strong';
  if (event === undefined) return strengthOf(line);
  return event.is === 'furniture' ? 'weak' : 'strong';
}

function slowest(name: 'namelookup' | 'total', is: string) {
  return {
    type: 'count' as const,
    is: `${is}, in milliseconds`,
    of: ({ requests }: Requests): Local<number> => {
      const timed = requests.filter(({ times }) => times[name] !== undefined);
      const worst = timed.toSorted((a, b) => (b.times[name] ?? 0) - (a.times[name] ?? 0))[0];
      return worst === undefined
        ? missing('no such time is labelled')
        : found(Math.round((worst.times[name] ?? 0) * 1000), [worst.line]);
    },
  };
}

function parse(lines: readonly string[]) {
  const requests: Request[] = [];
  const unread: number[] = [];
  let understood = 0;
  let scanned: string | null = null;
  for (const [index, text] of lines.entries()) {
    const begun = isInterrupt(text) ? unansweredHello(lines, index) : undefined;
    if (begun !== undefined) record(SILENCE, begun + 1, requests);
    recordTcpTest(lines, index, requests);
    const certificate = datedCertificateIn(text);
    scanned = scannedIn(text.trim()) ?? scanned;
    const event =
      opensslEventOf(text) ??
      nmapEventOf(text.trim(), scanned) ??
      eventOf(text) ??
      (certificate && refusedIn(text, requests));
    if (event === undefined) {
      if (text.trim() !== '' && !isFurniture(text, requests.at(-1))) unread.push(index + 1);
      continue;
    }
    understood += 1;
    if (event.is !== 'furniture') record(event, index + 1, requests);
    if (certificate !== undefined) recordCertificate(certificate, index + 1, requests);
  }
  recordOpenHello(lines, requests);
  return understood === 0 ? undefined : { content: { requests }, unread };
}

function recordOpenHello(lines: readonly string[], requests: Request[]): void {
  const begun = unansweredHello(lines, lines.length);
  const last = requests.at(-1);
  if (begun === undefined || last?.outcome !== 'established') return;
  requests[requests.length - 1] = { ...last, helloLine: begun + 1 };
}

/** The warning above the table tells the same failure. */
function recordTcpTest(lines: readonly string[], index: number, requests: Request[]): void {
  const test = tcpTestAt(lines, index);
  const last = requests.at(-1);
  if (test === undefined) return;
  const { host, port } = test;
  const outcome = test.succeeded ? 'established' : 'not-connected';
  if (last?.outcome !== outcome || last.port !== port)
    requests.push({ ...EMPTY, line: index + 1, host, port, outcome });
}

/** Headers and TLS details of `-v` begin with a sign, those of `-i` follow the status; a body or anything else is not ours. */
function isFurniture(text: string, last: Request | undefined): boolean {
  if (isInterrupt(text) || /^\s*(?:[<>*{}](?:\s|$))/.test(text)) return true;
  return last?.status != null && /^[A-Za-z][A-Za-z\d-]{1,40}: \S/.test(text);
}

type Told = Exclude<CurlEvent, { is: 'furniture' }>;

/** Connected, and then nothing came until somebody gave up. */
const SILENCE: Told = { is: 'end', outcome: 'stalled', number: null, host: null, port: null };

const KUBECTL = /^\s*(?:Unable to connect to the server|Error from server)/;
const NOTHING_NEW: CurlEvent = { is: 'furniture' };

/** A program's own line; the trace of `curl -v` and the second line of wget's error say it of the connection above. */
function refusedIn(text: string, { length }: readonly Request[]): CurlEvent {
  if (/^(?:\*|Issued certificate)/.test(text.trim()) && length > 0) return NOTHING_NEW;
  const [, host = null] = /"https?:\/\/([\w.-]{1,253})[:/"]/.exec(text) ?? [];
  return { is: 'end', outcome: 'tls', number: null, host, port: null };
}

/** It is the certificate of the server that the lines above connect to; s_client says so first, and then goes on. */
function recordCertificate(certificate: DatedCertificate, line: number, requests: Request[]): void {
  const last = requests.at(-1);
  if (last === undefined)
    requests.push({ ...EMPTY, line, outcome: 'tls', certificate: { ...certificate, line } });
  else requests[requests.length - 1] = { ...last, certificate: { ...certificate, line } };
}

function record(event: Told, line: number, requests: Request[]): void {
  const last = requests.at(-1);
  if (event.is === 'row') requests.push({ ...EMPTY, line, cells: event.cells });
  else if (event.is === 'answer') recordAnswer(event.status, line, requests);
  else if (event.is === 'times') recordTimes(event, line, requests);
  else if (event.is === 'attempt') {
    const { host, address, port, outcome: how } = event;
    const own = { host: host ?? address, port, outcome: how };
    if (last !== undefined && how === 'established' && last.outcome === null && last.port === port)
      requests[requests.length - 1] = { ...last, ...own, line };
    else requests.push({ ...EMPTY, ...own, line });
  } else recordEnd(event, line, requests);
}

/** The trace of `-v` has told of the connection before; `-i` and `-I` begin with the answer. */
function recordAnswer(status: number, line: number, requests: Request[]): void {
  const last = requests.at(-1);
  const isOf = last?.outcome === 'established' && last.status === null;
  if (last !== undefined && isOf) requests[requests.length - 1] = { ...last, status };
  else requests.push({ ...EMPTY, line, status, outcome: 'established' });
}

function recordEnd(event: Extract<Told, { is: 'end' }>, line: number, requests: Request[]): void {
  const last = requests.at(-1);
  if (last !== undefined && isSummary(last, event)) {
    requests[requests.length - 1] = { ...last, number: event.number ?? last.number };
    return;
  }
  const { outcome: how, number, host, port, vague } = event;
  // The error at the end repeats what the trace above has told.
  if (
    last !== undefined &&
    last.cells.length === 0 &&
    Object.keys(last.times).length === 0 &&
    (last.outcome === null || number !== null || isItsEnd(last, event))
  )
    requests[requests.length - 1] = {
      ...last,
      line,
      outcome: vague === true ? (last.outcome ?? how) : endOf(last, how),
      number,
      host: host ?? last.host,
      port: port ?? last.port,
    };
  else requests.push({ ...EMPTY, line, outcome: how, number, host, port });
}

/** `Failed to connect to …: Couldn't connect to server` of curl 8, below the line that says why. */
function isSummary(last: Request, { vague, port }: Extract<Told, { is: 'end' }>): boolean {
  const isFailed = last.outcome !== null && last.outcome !== 'established';
  return vague === true && isFailed && port !== null && last.port === port;
}

/** What broke off the connection that the trace has just shown: such a line names no host of its own. */
function isItsEnd(last: Request, { outcome: how, host }: Extract<Told, { is: 'end' }>): boolean {
  const isBroken = how === 'timed-out' || how === 'stalled' || how === 'reset';
  return last.outcome === 'established' && host === null && isBroken;
}

/** curl calls it a timeout of the connection too where TCP was connected and TLS got no answer. */
function endOf({ outcome: before }: Request, how: ConnectOutcome): ConnectOutcome {
  return how === 'timed-out' && (before === 'established' || before === 'stalled')
    ? 'stalled'
    : how;
}

/** `-w` with a label a line: figures that were not there yet belong to the request above. */
function recordTimes(
  { times, code }: Extract<Told, { is: 'times' }>,
  line: number,
  requests: Request[],
): void {
  const last = requests.at(-1);
  const known: readonly string[] = Object.keys(last?.times ?? {});
  const fresh = Object.keys(times).every((name) => !known.includes(name));
  if (last !== undefined && known.length > 0 && fresh && last.times.total === undefined)
    requests[requests.length - 1] = {
      ...last,
      times: { ...last.times, ...times },
      status: code ?? last.status,
    };
  else requests.push({ ...EMPTY, line, times, status: code });
}

const EMPTY = {
  host: null,
  port: null,
  outcome: null,
  number: null,
  status: null,
  times: {},
  cells: [],
} as const;
