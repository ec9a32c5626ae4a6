import { parseAddress } from '../../primitives/address.ts';
import { wordsOf } from '../../primitives/words.ts';
import type { Parsed } from '../define.ts';

/** One row of the status or the statistics: `DNS Servers: 192.0.2.1 192.0.2.2`; its values may go on in the lines below. */
interface Row {
  readonly line: number;
  /** `Global`, or the link's device; null before any heading. */
  readonly link: string | null;
  readonly name: string;
  readonly values: readonly string[];
}

/** One `resolvectl query`: `NAME: 192.0.2.1 -- link: eth0`, or `NAME: resolve call failed: …`. */
interface Lookup {
  readonly line: number;
  readonly name: string;
  readonly reason: LookupReason;
}

export type LookupReason =
  | 'resolved'
  | 'dnssec'
  | 'not-found'
  | 'no-record'
  | 'servfail'
  | 'no-server'
  | 'timeout'
  | 'refused'
  | 'other';

/** What systemd-resolved wrote to the journal. */
interface Notice {
  readonly line: number;
  readonly text: string;
}

export interface Resolvectl {
  readonly settings: readonly Row[];
  readonly lookups: readonly Lookup[];
  readonly notices: readonly Notice[];
}

const LINK = /^Link \d{1,6} \(([\w.:@+-]{1,60})\)(?::(?: .{1,400})?)?$/;
/** `resolvectl dns` and `resolvectl domain` print a link's values behind its name. */
const LISTED = /^(?:Global|Link \d{1,6} \([\w.:@+-]{1,60}\)):(?: (.{1,400}))?$/;
/** Of the global servers, version 252 prints no colon. */
const BARE = /^(DNS Servers|Fallback DNS Servers|DNS Domain) ([\w~.:].{0,2000})$/;
const SECTION =
  /^(?:Global(?::(?: .{1,400})?)?|Transactions|Cache|DNSSEC Verdicts|Failure Transactions|Delegate \S{1,80})$/;
const ROW =
  /^(Current Scopes|Protocols|resolv\.conf mode|Current DNS Server|DNS Servers?|Fallback DNS Servers?|DNS Domain|Default Route|DefaultRoute setting|LLMNR setting|MulticastDNS setting|DNSOverTLS setting|DNSSEC setting|DNSSEC supported|DNSSEC NTA|Current Transactions|Total Transactions|Current Cache Size|Cache Hits|Cache Misses|Total Timeouts(?: \(Stale Data Served\))?|Total Failure Responses(?: \(Stale Data Served\))?|Secure|Insecure|Bogus|Indeterminate|DNSSEC supported by current servers): ?(.{0,2000})$/;
/** Words that no other tool prints before a colon. */
const PROOF =
  /^(?:Current Scopes: (?:none|DNS|LLMNR|mDNS)|Protocols: [+-]\w|resolv\.conf mode: \w|Current DNS Server: \S|(?:LLMNR|MulticastDNS|DNSSEC|DNSOverTLS|DefaultRoute) setting: |DNSSEC supported: |DNSSEC supported by current servers: |Fallback DNS Servers?: |(?:Current|Total) Transactions: \d|Current Cache Size: \d|Cache (?:Hits|Misses): \d+$|Total (?:Timeouts|Failure Responses)(?: \(Stale Data Served\))?: \d|DNSSEC Verdicts$|-- Information acquired via protocol )/;
/** Before version 253 without the words in between. */
const FAILURE =
  /^(\S{1,260}): (?:resolve call failed: (?=.)|(?=Name '|No appropriate name servers|All attempts to contact|DNSSEC validation failed|Could not resolve '))(.{1,400})$/;
const REASONS: readonly (readonly [RegExp, LookupReason])[] = [
  [/^DNSSEC validation failed/, 'dnssec'],
  [/does not have any RR of the requested type/, 'no-record'],
  [/ not found/, 'not-found'],
  [/returned error (?:SERVFAIL|SERVER-FAILURE)/, 'servfail'],
  [/^(?:No appropriate name servers|All attempts to contact name servers)/, 'no-server'],
  [/timed out|timeout/i, 'timeout'],
  [/refused/i, 'refused'],
];
const NOTICE =
  /systemd-resolved(?:\[\d{1,10}\])?: (.{0,40}(?:degraded feature set|DNSSEC validation failed|mitigating potential DNS violation|Switching to (?:fallback )?DNS server|Failed to send hostname reply|Server .{1,60} does not support DNSSEC).{0,400})$/;
/** An answer, or a value that goes on below its row. */
const VALUE = /^[\da-fA-F:.]{3,45}(?:%[\w.-]{1,20})?(?:#\S{1,253})?$/;
const ANSWER =
  /^(?:\S{1,260}: )?[\da-fA-F:.]{3,45}(?:%\S{1,20})? +-- link: \S{1,60}$|^-- (?:Information acquired|Data (?:is authenticated|from|was))/;

const ANSWERED = /^(\S{1,260}): +[\da-fA-F:.]{3,45}(?:%\S{1,20})? +-- link: \S{1,60}$/;

export function isHeading(text: string): boolean {
  return LINK.test(text) || SECTION.test(text) || ROW.test(text) || BARE.test(text);
}

export function isProof(text: string): boolean {
  return PROOF.test(text) || (/^Link .*\):/.test(text) && LISTED.test(text)) || ANSWERED.test(text);
}

export function isFailure(text: string): boolean {
  return FAILURE.test(text);
}

export function isNotice(text: string): boolean {
  return NOTICE.test(text);
}

/** What may stand below a row, and lines of an answer. */
export function isColumn(text: string): boolean {
  return VALUE.test(text) || ANSWER.test(text) || /^~?[\w-]+(?:\.[\w-]+){1,20}\.?$/.test(text);
}

interface Draft {
  readonly settings: (Row & { readonly values: string[] })[];
  readonly lookups: Lookup[];
  readonly notices: Notice[];
  link: string | null;
}

/** Reads status, statistics, failed queries and the journal's lines, in any mixture. */
export function parseResolvectl(lines: readonly string[]): Parsed<Resolvectl> | undefined {
  const draft: Draft = { settings: [], lookups: [], notices: [], link: null };
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text !== '' && !take(draft, text, index + 1)) unread.push(index + 1);
  }
  const { settings, lookups, notices } = draft;
  if (settings.length + lookups.length + notices.length === 0) return undefined;
  return { content: { settings, lookups, notices }, unread };
}

function take(draft: Draft, text: string, line: number): boolean {
  const link = LINK.exec(text)?.[1] ?? (text.startsWith('Global') ? 'Global' : undefined);
  const [, name, value = ''] = ROW.exec(text) ?? BARE.exec(text) ?? [];
  const [, asked, why = ''] = FAILURE.exec(text) ?? [];
  const notice = NOTICE.exec(text)?.[1];
  if (link !== undefined) {
    draft.link = link;
    const listed = wordsOf(LISTED.exec(text)?.[1] ?? '');
    const isServers = listed.every((one) => VALUE.test(one));
    const is = isServers ? 'DNS Servers' : 'DNS Domain';
    if (listed.length > 0) draft.settings.push({ line, link, name: is, values: listed });
  } else if (name !== undefined) {
    draft.settings.push({ line, link: draft.link, name: plural(name), values: wordsOf(value) });
  } else if (asked !== undefined) {
    const reason = REASONS.find(([shape]) => shape.test(why))?.[1] ?? 'other';
    draft.lookups.push({ line, name: asked, reason });
  } else if (ANSWERED.test(text))
    draft.lookups.push({ line, name: ANSWERED.exec(text)?.[1] ?? '', reason: 'resolved' });
  else if (notice !== undefined) draft.notices.push({ line, text: notice });
  else if (isMore(text, draft.settings.at(-1)?.name)) draft.settings.at(-1)?.values.push(text);
  else return SECTION.test(text) || ANSWER.test(text);
  return true;
}

/** Servers and domains stand one below the other in versions before 249 and where the line is full. */
function isMore(text: string, above: string | undefined): boolean {
  if (above === 'DNS Servers' || above === 'Fallback DNS Servers' || above === 'Current DNS Server')
    return parseAddress(text.split('#', 1)[0]?.split('%', 1)[0] ?? '') !== undefined;
  return (above === 'DNS Domain' || above === 'DNSSEC NTA') && /^~?[\w.-]+$/.test(text);
}

function plural(name: string): string {
  return name.endsWith('DNS Server') && name !== 'Current DNS Server' ? `${name}s` : name;
}
