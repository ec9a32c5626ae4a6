import { parseAddress } from '../primitives/address.ts';
import { inAnyLanguage } from '../primitives/libc-messages.ts';
import { defineArtefact, found, missing, type Strength } from './define.ts';

/** How a program's lookup failed, in its runtime's words. */
export type LookupFailure =
  /** No answer in time. */
  | 'timed-out'
  /** The server's port is closed. */
  | 'port-refused'
  | 'unreachable'
  /** An answer with an error in it: SERVFAIL or REFUSED. */
  | 'server-error'
  /** EAI_AGAIN of getaddrinfo(3): no usable answer from any server. */
  | 'try-again'
  /** No such name, or no address of it. */
  | 'unresolved';

/** One failed lookup of a program. */
export interface FailedLookup {
  readonly line: number;
  /** The name that was sought; null where the program does not say it. */
  readonly name: string | null;
  /** The DNS server that was asked; null where the program does not say it. */
  readonly server: string | null;
  readonly outcome: LookupFailure;
}

/**
 * What programs write into their own logs when a name is not resolved: Go (net.DNSError), Node, Java, Python, Ruby, PHP, .NET,
 * Rust, libpq and mysql through getaddrinfo(3), nginx' resolver, git, apt and PowerShell. The rest of such a line is the
 * program's own.
 */
export const lookupError = defineArtefact({
  kind: 'lookup-error',
  title: 'failed lookups of programs',
  ask: 'getent ahosts NAME; cat /etc/resolv.conf',
  hint: /\bResolve-DnsName\b/,
  recognise,
  continues: (line) => CALL.test(line),
  parse,
  size: ({ lookups }) => ({ count: lookups.length, unit: 'lookups' }),
  facts: {
    server: {
      type: 'label',
      is: 'the DNS server that a program asked in vain',
      of: ({ lookups }) => {
        const told = lookups.findLast(({ server }) => server !== null);
        return told?.server == null
          ? missing('no program says which server it asked')
          : found(told.server, [told.line]);
      },
    },
  },
});

const NAME = String.raw`(?<name>[\w.-]{1,253})`;
/**
 * gai_strerror(3) of glibc (sysdeps/posix/gai_strerror-strs.h) and of musl (src/network/gai_strerror.c): EAI_AGAIN, then
 * EAI_NONAME, EAI_NODATA and EAI_FAIL.
 */
const SAID = `(?<said>${inAnyLanguage('Temporary failure in name resolution')}|Try again|${inAnyLanguage('Name or service not known')}|Name does not resolve|${inAnyLanguage('No address associated with hostname')}|Non-recoverable failure in name resolution|Name has no usable address|nodename nor servname provided, or not known)`;

interface Form {
  /** A piece of text that every such line holds. */
  readonly word: string;
  readonly shape: RegExp;
  /** How it ended, where the words say nothing else. */
  readonly as?: LookupFailure;
}

/** Groups: `name`, `server`, and `said`, what stands for the outcome. */
const FORMS: readonly Form[] = [
  // net/net.go, DNSError.Error: `lookup cart on 10.96.0.10:53: read udp 10.244.1.8:4923->10.96.0.10:53: i/o timeout`
  {
    word: 'lookup ',
    shape: new RegExp(
      String.raw`\blookup ${NAME}(?: on (?<server>\[[\da-fA-F:.]{2,45}\]|[\da-fA-F.]{7,15}|[\da-fA-F:]{2,45}):53)?: (?:(?:read|write|dial) (?:udp|tcp)[46]? \S{3,110}: )?(?:(?:connect|read|write): )?(?<said>i/o timeout|no such host|server misbehaving|no answer from DNS server|connection refused|network is unreachable|no route to host|${SAID.slice('(?<said>'.length, -1)})`,
    ),
  },
  // lib/dns.js of Node: `getaddrinfo EAI_AGAIN cart.prod.svc`, `queryA ETIMEOUT cart`
  {
    word: ' E',
    shape: new RegExp(
      String.raw`\b(?:getaddrinfo|query[A-Z][A-Za-z]{0,6}) (?<said>EAI_AGAIN|EAI_NONAME|ENOTFOUND|ETIMEOUT|ESERVFAIL|EREFUSED|ECONNREFUSED|ENODATA) ${NAME}`,
    ),
  },
  // ping of iputils (ping/ping.c), BusyBox and the BSDs; traceroute and its like say the same: `ping: cart.prod.svc: Name or service not known`
  {
    word: ': ',
    shape: new RegExp(
      String.raw`^(?:(?:[\w/]{0,40}ping6?|arping|fping|traceroute6?|tracepath6?): (?:unknown host )?|Failed to resolve host: |mtr: Failed to resolve host: )?${NAME}: (?:${SAID}|Unknown host)$`,
    ),
    as: 'unresolved',
  },
  {
    word: 'ping',
    shape: new RegExp(
      String.raw`^[\w/]{0,40}ping6?: (?:bad address '${NAME}'|unknown host ${NAME}|cannot resolve ${NAME}: Unknown host)`,
    ),
    as: 'unresolved',
  },
  // Netty, DnsResolveContext: `Failed to resolve 'cart.prod.svc' [A(1)] after 2 queries`
  {
    word: "Failed to resolve '",
    shape:
      /\bFailed to resolve '(?<name>[\w.-]{1,253})' (?:\[|after |\(\[Errno -\d\] (?<said>Temporary failure in name resolution|Try again|Name or service not known|Name does not resolve|No address associated with hostname))/,
    as: 'unresolved',
  },
  // java.net.InetAddress: `java.net.UnknownHostException: cart.prod.svc: Temporary failure in name resolution`
  {
    word: 'UnknownHostException: ',
    shape: new RegExp(String.raw`\bUnknownHostException: ${NAME}(?::? ${SAID})?`),
    as: 'unresolved',
  },
  // Modules/socketmodule.c: `socket.gaierror: [Errno -3] Temporary failure in name resolution`
  {
    word: 'gaierror',
    shape: new RegExp(String.raw`\bgaierror\b.{0,20}?\[?Errno -?\d{1,2}\]? ${SAID}`),
  },
  // urllib3 and others that hand on what Python says
  { word: '[Errno -', shape: new RegExp(String.raw`\[Errno -\d{1,2}\] ${SAID}`) },
  // ext/socket of Ruby, main/network.c of PHP, library/std of Rust
  {
    word: 'getaddrinfo',
    shape: new RegExp(String.raw`\bgetaddrinfo(?:\(3\))?(?: for ${NAME})?(?: failed)?: ${SAID}`),
  },
  {
    word: 'failed to lookup address',
    shape: new RegExp(String.raw`\bfailed to lookup address information: ${SAID}`),
  },
  // libpq, fe-connect.c
  {
    word: 'could not translate host name',
    shape: new RegExp(String.raw`\bcould not translate host name "${NAME}" to address: ${SAID}`),
  },
  // libmysql, errmsg.c (CR_UNKNOWN_HOST): `Unknown MySQL server host 'db' (-3)`
  {
    word: 'server host ',
    shape: new RegExp(
      String.raw`\bUnknown (?:MySQL|MariaDB) server host '${NAME}' \((?<said>-?\d{1,5})\)`,
    ),
    as: 'unresolved',
  },
  // SocketException of .NET: `Name or service not known (cart:8080)`
  { word: ' (', shape: new RegExp(String.raw`\b${SAID} \(${NAME}:\d{1,5}\)`) },
  // redis-cli and others through hiredis: `Could not connect to Redis at cart:6379: Temporary failure in name resolution`
  {
    word: 'Could not connect to ',
    shape: new RegExp(String.raw`\bCould not connect to \w{1,20} at ${NAME}:\d{1,5}: ${SAID}`),
  },
  // methods/connect.cc of apt
  {
    word: "resolving '",
    shape: new RegExp(
      String.raw`\b(?<said>Temporary failure|Something wicked happened) resolving '${NAME}`,
    ),
    as: 'unresolved',
  },
  {
    word: "Could not resolve '",
    shape: new RegExp(String.raw`\bCould not resolve '${NAME}'`),
    as: 'unresolved',
  },
  // http.c of git, with libcurl's words
  {
    word: 'fatal: unable to access',
    shape: new RegExp(`^fatal: unable to access '.{1,400}?': Could not resolve host: ${NAME}`),
    as: 'unresolved',
  },
  // ngx_resolver.c: `cart.prod.svc could not be resolved (110: Operation timed out)`
  {
    word: ' could not be resolved (',
    shape: new RegExp(
      String.raw`(?<!\S)${NAME} could not be resolved \(\d{1,3}: (?<said>Operation timed out|Server failure|Host not found|Operation refused|Format error|Unimplemented)\)`,
    ),
  },
  {
    word: 'host not found in ',
    shape: new RegExp(String.raw`\bhost not found in (?:upstream|resolver) "${NAME}(?::\d{1,5})?"`),
    as: 'unresolved',
  },
  // Resolve-DnsName of PowerShell, with the words of winerror.h for DNS_ERROR_*
  {
    word: 'Resolve-DnsName : ',
    shape: new RegExp(
      `^Resolve-DnsName : ${NAME} : (?<said>This operation returned because the timeout period expired|DNS name does not exist|DNS server failure|DNS operation refused|No records found for given DNS query)`,
    ),
  },
];

const OUTCOMES: readonly (readonly [RegExp, LookupFailure])[] = [
  [/i\/o timeout|no answer|ETIMEOUT|timed out|timeout period/, 'timed-out'],
  [/connection refused|ECONNREFUSED/, 'port-refused'],
  [/unreachable|no route/, 'unreachable'],
  [
    /misbehaving|SERVFAIL|EREFUSED|Server failure|server failure|refused|Format|Unimpl|Non-recov/,
    'server-error',
  ],
  [
    new RegExp(
      `${inAnyLanguage('Temporary failure in name resolution')}|Temporary|Try again|EAI_AGAIN|^-3$`,
    ),
    'try-again',
  ],
];

/** CoreDNS, kubectl, curl and ssh say the same, and more; they are read as what they are. */
const OTHERS =
  /\bplugin\/|^(?:Unable to connect to the server|Error from server|curl:|wget:|nc:|ssh:)/;

/** A frame of a stack trace, or its cause's heading. */
const CALL = /^\s{1,20}(?:at|File) \S/;

function failureIn(line: string): Omit<FailedLookup, 'line'> | undefined {
  const text = line.trim();
  if (text.length > MOST_CHARACTERS || OTHERS.test(text)) return undefined;
  for (const { word, shape, as } of FORMS) {
    if (!text.includes(word)) continue;
    const groups = shape.exec(text)?.groups;
    if (groups === undefined) continue;
    const { name = null, server = null, said = '' } = groups;
    const outcome = OUTCOMES.find(([words]) => words.test(said))?.[1] ?? as ?? 'unresolved';
    // A program that opens an address looks nothing up.
    if (name !== null && parseAddress(name) !== undefined) continue;
    return { name, server: server?.replace(/[[\]]/g, '') ?? null, outcome };
  }
  return undefined;
}

/** Lines of logs are long, and anything longer is no line of a log. */
const MOST_CHARACTERS = 4000;

function recognise(line: string): Strength {
  return failureIn(line) === undefined ? 'none' : 'strong';
}

function parse(lines: readonly string[]) {
  const lookups: FailedLookup[] = [];
  const unread: number[] = [];
  for (const [index, line] of lines.entries()) {
    const failure = failureIn(line);
    if (failure !== undefined) lookups.push({ line: index + 1, ...failure });
    else if (line.trim() !== '' && !CALL.test(line)) unread.push(index + 1);
  }
  return lookups.length === 0 ? undefined : { content: { lookups }, unread };
}
