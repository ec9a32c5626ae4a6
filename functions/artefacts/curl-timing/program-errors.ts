import { CLIENT_ERRORS } from './client-errors.ts';

/**
 * What programs write into their own logs when a connection fails, with the errno in their runtime's words: Go (net.OpError),
 * Node (libuv through lib/internal/errors.js), nginx (ngx_event_connect.c), HAProxy, Java (java.net) and Python (OSError). The rest of
 * such a line is the program's own.
 */
export interface ProgramError {
  readonly host: string | null;
  readonly port: number | null;
  /** The errno in words, or its name. */
  readonly said: string;
}

const HOST = String.raw`(?<host>\[[\da-fA-F:.]{2,45}\]|[\w.-]{1,253}):(?<port>\d{1,5})`;
const ERRNO = String.raw`(?<said>cannot assign requested address|connection refused|no route to host|network is unreachable|connection timed out|i\/o timeout)`;

/**
 * One way to write it. Groups of `shape`: `host` with its `port`, or `name` and its `address`; `said`, or `errno` as Linux
 * numbers it.
 */
export interface ErrorForm {
  /** A piece of text that every such line holds. */
  readonly word: string;
  readonly shape: RegExp;
  /** Where the line names none. */
  readonly port?: number;
}

/** include/uapi/asm-generic/errno.h. */
const ERRNO_WORDS: Readonly<Record<string, string>> = {
  99: 'Cannot assign requested address',
  101: 'Network is unreachable',
  104: 'Connection reset by peer',
  110: 'Connection timed out',
  111: 'Connection refused',
  113: 'No route to host',
};

const FORMS: readonly ErrorForm[] = [
  // `dial tcp 10.0.0.9:9000: connect: cannot assign requested address`, `dial tcp 10.0.0.9:9000: i/o timeout`
  {
    word: 'dial tcp',
    shape: new RegExp(`\\bdial tcp[46]? (?:\\S{3,60}->)?${HOST}: (?:connect: )?${ERRNO}\\b`),
  },
  // `Error: connect ECONNREFUSED 10.0.0.9:9000`, `connect EADDRNOTAVAIL 10.0.0.9:9000 - Local (10.0.0.4:0)`
  {
    word: 'connect E',
    shape: new RegExp(
      `\\bconnect (?<said>EADDRNOTAVAIL|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT) ${HOST}\\b`,
    ),
  },
  // `connect() to 10.0.0.9:9000 failed (99: Cannot assign requested address) while connecting to upstream`
  {
    word: 'connect() to ',
    shape: new RegExp(
      `\\bconnect\\(\\) to ${HOST} failed \\(\\d{1,3}: (?<said>Cannot assign requested address|Connection refused|No route to host|Network is unreachable|Connection timed out)\\)`,
    ),
  },
  // ngx_http_upstream.c: `upstream timed out (110: Connection timed out) while connecting to upstream, …, upstream: "http://10.0.0.9:80/"`
  {
    word: ' while connecting to upstream',
    shape: new RegExp(
      `\\(\\d{1,3}: (?<said>Cannot assign requested address|Connection refused|No route to host|Network is unreachable|Connection timed out)\\) while connecting to upstream, .{0,1000}?\\bupstream: "[a-z]{2,7}://${HOST}`,
    ),
  },
  // The same, once it is connected: `recv() failed (104: …)`, `upstream prematurely closed connection`, `upstream timed out (110: …)`
  {
    word: ' from upstream, ',
    shape: new RegExp(
      `(?<said>upstream prematurely closed connection|upstream timed out|Connection reset by peer)(?: \\(110: Connection timed out\\)|\\))? while reading (?:response header|upstream) from upstream, .{0,1000}?\\bupstream: "[a-z]{2,7}://${HOST}`,
    ),
  },
  // ngx_http_upstream_round_robin.c: every server of the group has failed of late; the group's name stands for an address
  {
    word: 'no live upstreams while connecting to upstream',
    shape:
      /\b(?<said>no live upstreams) while connecting to upstream, .{0,1000}?\bupstream: "[a-z]{2,7}:\/\/(?<name>[\w.-]{1,100})/,
  },
  // net/http of Go: `Get "https://registry.example/v2/": net/http: TLS handshake timeout`
  {
    word: 'TLS handshake timeout',
    shape:
      /"https:\/\/(?<name>[\w.-]{1,253})(?::(?<port>\d{1,5}))?[/?"].{0,500}?: net\/http: (?<said>TLS handshake timeout)/,
    port: 443,
  },
  // net/http and context of Go, where no socket says what it waited for: `Get "https://10.0.0.1:6443/…": context deadline exceeded`
  {
    word: '": ',
    shape:
      /\b(?:Get|Head|Post|Put|Patch|Delete) \\?"https?:\/\/(?<name>\[[\da-f:.]{2,45}\]|[\w.-]{1,253})(?::(?<port>\d{1,5}))?[/?"\\][^"]{0,500}": (?<said>context deadline exceeded|net\/http: request canceled|net\/http: timeout awaiting response headers)/,
  },
  // iperf_client_api.c: the host stands in the command
  {
    word: 'iperf3: error - unable to connect',
    shape:
      /^iperf3: error - unable to connect to server[^:]{0,80}: (?<said>Connection timed out|Connection refused|No route to host|Network is unreachable|Operation timed out)/,
  },
  // src/check.c of HAProxy, where a name stands for the address: `Server be_app/app1 is DOWN, reason: Layer4 timeout, check duration: 2001ms`
  {
    word: ' is DOWN, reason: Layer4',
    shape:
      /\bServer [\w.-]{1,100}\/[\w.-]{1,100} is DOWN, reason: Layer4 (?<said>timeout|connection problem, info: "[^"]{1,80}")/,
  },
  // `java.net.ConnectException: Cannot assign requested address (connect failed)`
  {
    word: 'java.net.',
    shape:
      /\bjava\.net\.(?:Connect|NoRouteToHost|Bind|Socket)Exception: (?<said>Cannot assign requested address)\b/,
  },
  // `Connect() failed for backend be_app: no free ports.` of HAProxy (proto_tcp.c)
  {
    word: 'Connect() failed for backend ',
    shape: /\bConnect\(\) failed for backend \S{1,100}: (?<said>no free ports)\b/,
  },
  // `OSError: [Errno 99] Cannot assign requested address`
  { word: '[Errno 99]', shape: /\bOSError: \[Errno 99\] (?<said>Cannot assign requested address)/ },
];
const ALL: readonly ErrorForm[] = [...FORMS, ...CLIENT_ERRORS];

/** Other kinds read these lines: CoreDNS and kubectl are Go programs too. */
const OTHERS =
  /\bplugin\/|^(?:Unable to connect to the server|Error from server(?!: Get ))|\b(?:lookup|read udp) /;

/** The failed connection that a line of a program's log tells of. */
export function programErrorIn(text: string): ProgramError | undefined {
  for (const { word, shape, port: usual } of ALL) {
    if (!text.includes(word)) continue;
    const { host, name, address, port, errno, said } = shape.exec(text)?.groups ?? {};
    const told = said ?? ERRNO_WORDS[errno ?? ''];
    if (told === undefined || OTHERS.test(text)) continue;
    const at = port === undefined ? (usual ?? null) : Number(port);
    return { host: address ?? name ?? host ?? null, port: at, said: told };
  }
  return undefined;
}
