import { type ConnectOutcome, NUMBERS, outcomeOf, wordedIn } from './outcome.ts';
import { programErrorIn } from './program-errors.ts';

/** Times as `-w` names them, in seconds since the start. */
export type Times = Readonly<Partial<Record<TimeName, number>>>;
export type TimeName =
  | 'namelookup'
  | 'connect'
  | 'appconnect'
  | 'pretransfer'
  | 'redirect'
  | 'starttransfer'
  | 'total';

/** What one line tells. */
export type CurlEvent =
  | { readonly is: 'times'; readonly times: Times; readonly code: number | null }
  | { readonly is: 'row'; readonly cells: readonly number[] }
  | {
      readonly is: 'attempt';
      readonly host: string | null;
      readonly address: string | null;
      readonly port: number | null;
      readonly outcome: ConnectOutcome | null;
    }
  | {
      readonly is: 'end';
      readonly outcome: ConnectOutcome;
      /** curl's own number: `curl: (28)`. */
      readonly number: number | null;
      /** Only the number tells: what stood above in words counts for more. */
      readonly vague?: boolean;
      readonly host: string | null;
      readonly port: number | null;
    }
  | { readonly is: 'answer'; readonly status: number }
  | { readonly is: 'furniture' };

type Groups = Readonly<Record<string, string | undefined>>;

interface Form {
  readonly word: string;
  readonly shape: RegExp;
  readonly strength: 'strong' | 'weak';
  readonly event: (groups: Groups) => CurlEvent;
}

const FORMS: readonly Form[] = [
  strong('curl: (', /^curl: \((?<number>\d{1,3})\) (?<said>.+)$/, curlError),
  strong(
    'Trying ',
    /^(?:\* +)?Trying (?<address>\[[\d.:a-fA-F]{3,45}\]|\d{1,3}(?:\.\d{1,3}){3}|[\d.:a-fA-F]{3,45})(?::(?<port>\d+))?\.\.\.$/,
    attempt(null),
  ),
  strong(
    'Connected to ',
    /^(?:\* )?Connected to (?<host>\S+) \((?<address>[^)]*)\) port (?<port>\d+)/,
    attempt('established'),
  ),
  // telnet, and ftp
  strong('Connected to ', /^Connected to (?<address>[\w.:-]{2,253})\.$/, attempt('established')),
  weak('Connection closed', /^Connection closed(?: by foreign host)?\.$/, furniture),
  strong(
    'connect to ',
    /^(?:\* )?connect to (?<address>\S+) port (?<port>\d+)(?: from \S+ port \d+)? failed: (?<said>.+)$/,
    ended,
  ),
  strong(
    'Failed to connect',
    /^(?:\* )?Failed to connect to (?<host>\S+) port (?<port>\d+)(?: after \d+ ms)?: (?<said>.+)$/,
    ended,
  ),
  strong(
    'Immediate connect fail',
    /^\* {1,3}Immediate connect fail for (?<address>\S+): (?<said>.+)$/,
    ended,
  ),
  strong('Could not resolve host', /^\* Could not resolve host: (?<host>\S+)/, unresolved),
  strong(
    'milliseconds',
    /^\* (?<said>(?:Connection|Operation|Resolving|SSL connection) time(?:d )?out(?: after)? \d+ milliseconds.*)$/,
    ended,
  ),
  strong(
    'port [',
    /^Connection to (?<host>\S+)(?: \([^)]*\))? (?<port>\d+) port \[[^\]]*\] (?<said>succeeded)!/,
    ended,
  ),
  strong(
    'nc: connect to',
    /^nc: connect to (?<host>\S+)(?: \([^)]*\))? port (?<port>\d+) \((?:tcp|udp)\) (?<said>timed out|(?:timed out|failed): .+)$/,
    ended,
  ),
  // telnet of inetutils and of the BSDs
  strong(
    'telnet: ',
    /^telnet: (?:Unable to connect to remote host|connect to address (?<address>[\d.:a-fA-F]{2,45})): (?<said>.+)$/,
    ended,
  ),
  weak('Escape character', /^Escape character is '.{1,3}'\.$/, furniture),
  // Test-NetConnection of PowerShell: refused and silent look alike there
  strong(
    'TCP connect to (',
    /^WARNING: TCP connect to \((?<address>[^\s)]{2,253}) : (?<port>\d{1,5})\) (?<said>failed)$/,
    ended,
  ),
  weak(
    ' : ',
    /^(?:ComputerName|RemoteAddress|RemotePort|InterfaceAlias|SourceAddress|NameResolutionResults|PingSucceeded|PingReplyDetails \(RTT\)|TcpTestSucceeded) +: /,
    furniture,
  ),
  // The second line of libpq's error
  weak('Is the server running', /^Is the server running (?:on|locally)\b/, furniture),
  strong('Ncat: Connected', /^Ncat: (?<said>Connected) to (?<host>[^\s]+):(?<port>\d+)\.$/, ended),
  strong(
    'Ncat: ',
    /^Ncat: (?<said>Connection refused|No route to host|Connection timed out|TIMEOUT|Network is unreachable|Could not resolve hostname.*)\.?$/,
    ended,
  ),
  weak('Ncat: ', /^Ncat: .+$/, furniture),
  strong(
    '] ',
    /^(?:\S+ )?\(?(?:UNKNOWN|[\w.-]+)\)? ?\[(?<address>[\d.]+)\] (?<port>\d+) \([^)]*\)(?: :)? (?<said>open|Connection refused|Connection timed out|No route to host)/,
    ended,
  ),
  weak(') open', /^(?<host>\S+) \((?<address>[\d.]+):(?<port>\d+)\) (?<said>open)$/, ended),
  strong('nc: ', /^nc: (?<host>\S+) \((?<address>[\d.]+):(?<port>\d+)\): (?<said>.+)$/, ended),
  strong(
    'Connecting to ',
    /^Connecting to (?<host>\S+) \([^)]*\)\|(?<address>[^|]+)\|:(?<port>\d+)\.\.\. (?<said>.+)$/,
    ended,
  ),
  strong(
    'Connecting to ',
    /^Connecting to (?<host>[\d.]+|\[[\da-fA-F:]+\]):(?<port>\d+)\.\.\. (?<said>.+)$/,
    ended,
  ),
  weak(
    'Connecting to ',
    /^Connecting to (?<host>\S+) \((?<address>[\d.]+):(?<port>\d+)\)$/,
    attempt(null),
  ),
  strong(
    'wget: ',
    /^wget: (?:can't connect to remote host(?: \((?<address>[^)]+)\))?: )?(?<said>.+)$/,
    ended,
  ),
  weak('Resolving ', /^Resolving \S+ \(\S+\)\.\.\. (?<said>.+)$/, furniture),
  strong(
    'Read error',
    /^HTTP request sent, awaiting response\.\.\. (?<said>Read error .*)$/,
    ended,
  ),
  weak(
    'HTTP request sent',
    /^HTTP request sent, awaiting response\.\.\. (?<status>\d{3})\b.*$/,
    answer,
  ),
  weak('HTTP request sent', /^HTTP request sent, awaiting response\.\.\. .*$/, furniture),
  strong('HTTP/', /^< HTTP\/\d(?:\.\d)? (?<status>\d{3})\b/, answer),
  // `curl -i` and `-I`, beside a header of which the line alone would say little
  weak('HTTP/', /^HTTP\/\d(?:\.\d)? (?<status>\d{3})(?: [A-Za-z][A-Za-z -]{1,40})?$/, answer),
  strong('HTTP/', /^> [A-Z]{3,7} \S+ HTTP\/\d/, furniture),
  strong(
    '* ',
    /^\* (?:TLSv1|SSL connection|ALPN|Closing connection|Connection #\d|Mark bundle|Using HTTP2|Server certificate| {1,2}(?:subject|start date|expire date|issuer):|Rebuilt URL|TCP_NODELAY|Host \S+ was resolved|IPv[46]: |After \d+ms connect|CAfile| {1,2}CAfile|successfully set|Added \S+ to DNS cache|Recv failure|Request completely sent|Established connection|Empty reply|shutting down|\[HTTP\/2\]|h2h3|old SSL)/,
    furniture,
  ),
  weak('%', /^% Total +% Received % Xferd/, furniture),
  weak(
    ':',
    /^\d{1,3} +[\d.]+[kMGTP]? +\d{1,3} +[\d.]+[kMGTP]? +\d{1,3} +[\d.]+[kMGTP]? +[\d.]+[kMGTP]? +[\d.]+[kMGTP]? +[\d:-]{7,} +[\d:-]{7,} +[\d:-]{7,} +[\d.]+[kMGTP]?$/,
    furniture,
  ),
  weak('Dload', /^ *Dload +Upload +Total/, furniture),
];

const PAIR =
  /(?:\btime_?|\b)(namelookup|lookup|dns|connect|tcp|appconnect|tls|ssl|pretransfer|redirect|starttransfer|ttfb|first_?byte|total|time)(?:_time)?["']?\s{0,12}[:=]\s{0,12}(\d{1,4}\.\d{1,9})/gi;
const NAMES: Readonly<Record<string, TimeName>> = {
  namelookup: 'namelookup',
  lookup: 'namelookup',
  dns: 'namelookup',
  connect: 'connect',
  tcp: 'connect',
  appconnect: 'appconnect',
  tls: 'appconnect',
  ssl: 'appconnect',
  pretransfer: 'pretransfer',
  redirect: 'redirect',
  starttransfer: 'starttransfer',
  ttfb: 'starttransfer',
  firstbyte: 'starttransfer',
  first_byte: 'starttransfer',
  total: 'total',
  time: 'total',
};

/** How sure the line is of being this kind. */
export function strengthOf(line: string): 'strong' | 'weak' | 'none' {
  const text = line.trim();
  if (text.length === 0 || text.length > 600) return 'none';
  const found = formOf(text);
  if (found !== undefined) return found.form.strength;
  if (programErrorIn(text) !== undefined) return 'strong';
  const times = timesIn(text);
  if (times !== undefined)
    return /\btime_(?:namelookup|connect|appconnect|pretransfer|starttransfer|total)\b/.test(
      text,
    ) || Object.keys(times).length >= 3
      ? 'strong'
      : 'weak';
  return cellsIn(text) === undefined ? 'none' : 'weak';
}

/** What the line tells; undefined when it is none of these programs'. */
export function eventOf(line: string): CurlEvent | undefined {
  const text = line.trim();
  if (text.length === 0 || text.length > 600) return undefined;
  const found = formOf(text);
  if (found !== undefined) return found.form.event(found.groups);
  const told = programErrorIn(text);
  if (told !== undefined)
    return {
      is: 'end',
      outcome: outcomeOf(told.said),
      number: null,
      host: told.host,
      port: told.port,
    };
  const times = timesIn(text);
  if (times !== undefined) {
    const code = /(?:http_?)?code["']?\s{0,8}[:=]\s{0,8}(\d{3})\b/i.exec(text)?.[1];
    return { is: 'times', times, code: code === undefined ? null : Number(code) };
  }
  const cells = cellsIn(text);
  return cells === undefined ? undefined : { is: 'row', cells };
}

function formOf(text: string): { readonly form: Form; readonly groups: Groups } | undefined {
  for (const form of FORMS) {
    if (!text.includes(form.word)) continue;
    const match = form.shape.exec(text);
    if (match !== null) return { form, groups: match.groups ?? {} };
  }
  return undefined;
}

/** Labelled times: `time_connect: 0.01`, `code=200 size=200 time=0.001`; one bare word with a number is prose. */
function timesIn(text: string): Times | undefined {
  if (!/[:=]/.test(text)) return undefined;
  const times: Partial<Record<TimeName, number>> = {};
  let labelled = 0;
  for (const [, name = '', value = ''] of text.matchAll(PAIR)) {
    const key = NAMES[name.toLowerCase()];
    if (key !== undefined) times[key] ??= Number(value);
    labelled += 1;
  }
  const alone = labelled === 1 && !/\btime_\w|\bcode=/.test(text);
  return labelled === 0 || alone ? undefined : times;
}

/** `0.001210 0.009811 200`: times with six digits behind the point, as curl prints them, and perhaps the status. */
function cellsIn(text: string): readonly number[] | undefined {
  const code = text.charCodeAt(0);
  if (code < 48 || code > 57 || text.length > 120) return undefined;
  const cells = text.split(/[\s,;|]+/);
  const times = cells.filter((cell) => /^\d{1,3}\.\d{6}$/.test(cell));
  const whole = cells.every((cell) => /^\d{1,3}\.\d{6}s?$/.test(cell) || /^\d{3}$/.test(cell));
  return whole && cells.length >= 2 && times.length >= 1 ? cells.map(Number.parseFloat) : undefined;
}

function strong(word: string, shape: RegExp, event: Form['event']): Form {
  return { word, shape, strength: 'strong', event };
}

function weak(word: string, shape: RegExp, event: Form['event']): Form {
  return { word, shape, strength: 'weak', event };
}

function answer({ status }: Groups): CurlEvent {
  return { is: 'answer', status: Number(status) };
}

function furniture(): CurlEvent {
  return { is: 'furniture' };
}

function attempt(outcome: ConnectOutcome | null): Form['event'] {
  return ({ host, address, port }) => ({
    is: 'attempt',
    host: host ?? null,
    address: address ?? null,
    port: port === undefined ? null : Number(port),
    outcome,
  });
}

/** The name in the words of curl and BusyBox wget: `Could not resolve host: x`, `bad address 'x:8080'`. */
const UNRESOLVED = /(?:[Cc]ould not resolve (?:host|hostname)[: "]+|bad address ')([\w.-]{1,253})/;

function ended({ host, address, port, said = '' }: Groups): CurlEvent {
  const outcome = outcomeOf(said);
  return {
    is: 'end',
    outcome,
    number: null,
    vague: outcome === 'other',
    host: host ?? address ?? UNRESOLVED.exec(said)?.[1] ?? null,
    port: port === undefined ? null : Number(port),
  };
}

const SLOWEST_REFUSAL_MS = 1000;

function unresolved({ host }: Groups): CurlEvent {
  return { is: 'end', outcome: 'unresolved', number: null, host: host ?? null, port: null };
}

function curlError({ number = '', said = '' }: Groups): CurlEvent {
  const target = /to (?<host>\S+) port (?<port>\d+)/.exec(said)?.groups;
  const name = UNRESOLVED.exec(said)?.[1];
  const worded = wordedIn(said);
  // A refusal comes back within a round trip; three seconds are the kernel's ARP requests (curl 8 says the same of both).
  const isLate = Number(/ after (\d{1,9}) ms: /.exec(said)?.[1] ?? 0) >= SLOWEST_REFUSAL_MS;
  return {
    is: 'end',
    outcome: worded ?? (number === '7' && isLate ? 'other' : NUMBERS[number]) ?? 'other',
    number: Number(number),
    vague: worded === undefined,
    host: target?.host ?? name ?? null,
    port: target?.port === undefined ? null : Number(target.port),
  };
}
