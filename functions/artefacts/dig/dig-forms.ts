import { digArguments, plainName } from './arguments.ts';
import { type Form, failed, form, from, none, rcode } from './form.ts';

/** bin/dig of BIND 9.10 to 9.20 (dighost.c, dig.c), Knot's kdig (utils/common/exec.c, netio.c), ldns' drill. */
export const DIG_FORMS: readonly Form[] = [
  form('strong', '<<>> DiG', /^; ?<<>> DiG (?:\S+) <<>>(?<rest>.*)$/, ({ rest = '' }) => ({
    is: 'banner',
    asked: digArguments(rest),
  })),
  form(
    'strong',
    '->>HEADER<<-',
    /^;; ->>HEADER<<- opcode: ?\w+[,;] (?:status|rcode): (?<status>\w+)/,
    ({ status = '' }) => ({ is: 'status', outcome: rcode(status) }),
  ),
  form(
    'strong',
    'lags:',
    /^;; [Ff]lags:(?<flags>[a-z ]*);(?:.*?\bANSWER: (?<answers>\d{1,6}))?/,
    ({ flags = '', answers }) => ({
      is: 'flags',
      flags: flags.split(' ').filter((flag) => flag !== ''),
      answers: answers === undefined ? null : Number(answers),
    }),
  ),
  form(
    'strong',
    ' SECTION:',
    /^;; (?<section>QUESTION|ANSWER|AUTHORITY|ADDITIONAL|ZONE|PREREQUISITE|UPDATE) SECTION:/,
    ({ section }) => ({
      is: 'section',
      answer: section === 'ANSWER',
    }),
  ),
  form('strong', 'PSEUDOSECTION', /^;; \w+ PSEUDO-?SECTION:/, none),
  form(
    'strong',
    'Query time:',
    /^;; Query time: (?<ms>\d{1,7}) (?<unit>msec|usec)/,
    ({ ms, unit }) => ({
      is: 'time',
      ms: unit === 'usec' ? Math.round(Number(ms) / 1000) : Number(ms),
    }),
  ),
  form(
    'strong',
    'SERVER:',
    /^;; SERVER: (?<server>[^\s#]+)(?:#\d+)?(?:\([^)]*\))?(?: \((?<over>UDP|TCP|DoT|DoH|HTTPS|TLS)\))?/,
    ({ server = '', over }) => ({
      is: 'server',
      server,
      tcp: over === undefined ? null : over !== 'UDP',
      ms: null,
      ends: false,
    }),
  ),
  form(
    'strong',
    'From ',
    /^;; From (?<server>[^\s@]+)@\d+\((?<over>\w+)\) in (?<ms>\d{1,7})(?:\.\d+)? ms/,
    from,
  ),
  form(
    'strong',
    'Received ',
    /^;; Received \d+ bytes from (?<server>[^\s#]+)#\d+(?:\([^)]*\))? in (?<ms>\d{1,7}) ms/,
    from,
  ),
  form('strong', ' SIZE ', /^;; MSG SIZE +rcvd: \d+/, () => ({ is: 'end' })),
  form('strong', 'XFR size', /^;; XFR size: /, () => ({ is: 'end' })),
  form('strong', 'WHEN:', /^;; WHEN: /, none),
  form(
    'strong',
    'communications error to ',
    /^;; communications error to (?<server>[^\s#]+)#\d+: (?<said>.+)$/,
    ({ server, said }) => failed(server, said, false),
  ),
  form(
    'strong',
    ' failed: ',
    /^;; (?<how>Connection to|UDP setup with) (?<server>[^\s#]+)#\d+(?:\([^)]*\))? for (?<name>\S+) failed: (?<said>.+)$/,
    ({ how, server, name, said }) => failed(server, said, how === 'Connection to', name),
  ),
  form(
    'strong',
    'no servers could be reached',
    /^;; (?:connection timed out; )?no servers could be reached/,
    () => ({
      is: 'given-up',
    }),
  ),
  form('strong', 'Truncated, retrying in TCP', /^;; Truncated, retrying in TCP mode\.?/, () => ({
    is: 'truncated',
  })),
  form('strong', 'truncated reply from', /^;; WARNING: truncated reply from /, () => ({
    is: 'truncated',
  })),
  form(
    'strong',
    'reply from unexpected source',
    /^;; reply from unexpected source: (?<from>[^\s#]+)#\d+, expected (?<asked>[^\s#]+)#/,
    ({ from: source = '', asked = '' }) => ({ is: 'strange', from: source, asked }),
  ),
  form(
    'strong',
    'reply source ',
    /^;; WARNING: unexpected reply source (?<from>[^\s@]+)@\d+/,
    ({ from: source = '' }) => ({
      is: 'strange',
      from: source,
      asked: null,
    }),
  ),
  form('strong', 'ID mismatch', /^;; Warning: ID mismatch: expected ID \d+, got \d+/, () => ({
    is: 'other-id',
  })),
  form('strong', 'reply ID', /^;; WARNING: reply ID \(\d+\) is different from query ID/, () => ({
    is: 'other-id',
  })),
  form(
    'strong',
    'timeout for ',
    /^;; WARNING: (?:response|connection) timeout for (?<server>[^\s@]+)@\d+\((?<over>\w+)\)/,
    ({ server, over }) => failed(server, 'timed out', over !== 'UDP'),
  ),
  form('strong', 'failed to query server', /^;; ERROR: failed to query server /, () => ({
    is: 'given-up',
  })),
  form(
    'strong',
    "can't connect",
    /^;; WARNING: can't connect to (?<server>[^\s@]+)@\d+\((?<over>\w+)\)/,
    ({ server, over }) => failed(server, 'connection refused', over !== 'UDP'),
  ),
  form('strong', 'recursion not available from', /^;; Got recursion not available from /, none),
  form(
    'strong',
    'SERVFAIL reply from',
    /^;;? ?\(?(?:Got )?SERVFAIL reply from (?<server>[^\s#,)]+)/,
    none,
  ),
  form('strong', 'EDE: ', /^;? ?EDE: (?<text>\d{1,5}.*)$/, ({ text = '' }) => ({
    is: 'extended-error',
    text,
  })),
  form('strong', 'EDNS: version', /^;;? ?EDNS: version/, none),
  form('strong', 'Version: ', /^;; Version: \d+; flags: /, none),
  form('strong', 'Got answer', /^;; Got answer:$/, none),
  form('strong', 'Sending:', /^;; Sending:$/, none),
  form('strong', 'QUERY SIZE', /^;; QUERY SIZE: \d+/, () => ({ is: 'sent' })),
  form('strong', 'global options', /^;; global options: /, none),
  form('strong', 'server found)', /^; \(\d+ servers? found\)$/, none),
  form(
    'strong',
    ';;',
    /^;; (?:WARNING: (?:The answer packet was truncated|recursion requested|\.local is reserved|EDNS query|Messages has)|You are currently testing what happens|Warning: (?:Message parser|query response|short \(|Client COOKIE|message contains)|Warning, |Got bad packet|query again with TCP |Question section mismatch|BAD (?:\(HORIZONTAL\) )?REFERRAL|Couldn't verify signature|Received \d+ B$|Time \d{4}-|Rcvd |expected opt record)/,
    none,
  ),
  form(
    'weak',
    '; ',
    /^; (?:(?:CLIENT-|SERVER-)?COOKIE|NSID|KEEPALIVE|CLIENT-SUBNET|PAD|OPT=\d+|TCP KEEPALIVE|EXPIRE)[:(]? ?/,
    none,
  ),
  form(
    'strong',
    'IN',
    /^;;? ?(?<name>[^\s;]+)\s+(?:IN|CH|HS)\s+(?<type>[A-Z][A-Z0-9]{0,9})$/,
    ({ name = '', type = '' }) =>
      name.endsWith('.') ? { is: 'question', name: plainName(name), type } : undefined,
  ),
  form('weak', ';;', /^;;\s*$/, none),
];
