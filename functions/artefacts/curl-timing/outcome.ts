import { inAnyLanguage, type LibcMessage } from '../../primitives/libc-messages.ts';

/** How an attempt to connect ended. */
export type ConnectOutcome =
  | 'established'
  | 'timed-out'
  | 'refused'
  | 'no-route'
  | 'unreachable'
  | 'reset'
  | 'unresolved'
  | 'no-port'
  | 'no-answer'
  | 'closed-unanswered'
  | 'unanswered'
  | 'not-connected'
  | 'stalled'
  | 'tls'
  | 'other';

/** curl(1) by its EXIT CODES, where the number alone tells. */
export const NUMBERS: Readonly<Record<string, ConnectOutcome>> = {
  5: 'unresolved',
  6: 'unresolved',
  7: 'refused',
  28: 'timed-out',
  35: 'tls',
  52: 'no-answer',
  56: 'reset',
  60: 'tls',
};

/** What curl and others say, and strerror(3) of glibc in many languages. */
const WORDS: readonly (readonly [RegExp, ConnectOutcome])[] = [
  // Connected, and then nothing or too little came.
  [/^SSL connection time|^Operation timed out after \d+ milliseconds with/i, 'stalled'],
  [/^Read error \(Connection timed out\)|^TLS handshake timeout/i, 'stalled'],
  [
    /^context deadline exceeded|^net\/http: |^Timeout: No Response|^no server suitable|^TLS key neg|^peer not resp/,
    'unanswered',
  ],
  [/^upstream timed out|^The timeout specified|^Read timed out|^sH$/, 'no-answer'],
  [/^upstream prematurely closed|^lost connection|^SH$|^0$|^socket hang up/, 'closed-unanswered'],
  [/^SC$|^Can't contact|^Failed to connect$/, 'not-connected'],
  [/^sC$/, 'timed-out'],
  [/^no live upstreams/, 'not-connected'],
  [said('Connection refused', 'ECONNREFUSED|actively refused|^refused$'), 'refused'],
  [said('No route to host', 'EHOSTUNREACH'), 'no-route'],
  [said('Network is unreachable', 'ENETUNREACH'), 'unreachable'],
  [said('Cannot assign requested address', 'EADDRNOTAVAIL|no free ports'), 'no-port'],
  [
    said(
      'Connection reset by peer',
      'reset by peer|Connection was reset|^Connection reset|^Broken pipe|ECONNRESET',
    ),
    'reset',
  ],
  [
    said(
      'Name or service not known',
      `${inAnyLanguage('Temporary failure in name resolution')}|Could not resolve|Resolving timed out|Name or service|bad address|unable to resolve|Unknown host|forward host lookup`,
    ),
    'unresolved',
  ],
  // BusyBox wget says `download timed out` of the connection as well as of what comes over it.
  [
    said(
      'Connection timed out',
      'Operation timed out|timed out|TIMEOUT|ETIMEDOUT|execution expired|failed to respond',
    ),
    'timed-out',
  ],
  [/Empty reply/i, 'no-answer'],
  [/^failed$|could not be established/, 'not-connected'],
  [/SSL|TLS|certificate/i, 'tls'],
  [/succeeded|connected|\bopen\b/i, 'established'],
];

function said(message: LibcMessage, others: string): RegExp {
  return new RegExp(`${others}|${inAnyLanguage(message)}`, 'i');
}

/** What the words tell; undefined where they are none of these. */
export function wordedIn(said: string): ConnectOutcome | undefined {
  return WORDS.find(([shape]) => shape.test(said))?.[1];
}

/** The same, where words that tell nothing are an error all the same. */
export function outcomeOf(said: string): ConnectOutcome {
  return wordedIn(said) ?? 'other';
}
