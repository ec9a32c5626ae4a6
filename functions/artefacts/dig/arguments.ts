import { parseAddress } from '../../primitives/address.ts';

/** What a command line asks: `dig +tcp @10.0.0.1 example.com AAAA`. */
export interface Question {
  readonly name: string | null;
  readonly type: string | null;
}

export interface Asked {
  /** The server named with an at sign, or behind the name for nslookup and host. */
  readonly server: string | null;
  readonly questions: readonly Question[];
  readonly options: readonly string[];
}

const TYPES: ReadonlySet<string> = new Set(
  (
    'A AAAA ANY AXFR CAA CDNSKEY CDS CNAME DNAME DNSKEY DS HINFO HTTPS IXFR LOC MX NAPTR NS NSEC NSEC3 OPT PTR RRSIG SOA ' +
    'SPF SRV SSHFP SVCB TLSA TXT URI'
  ).split(' '),
);
const CLASSES: ReadonlySet<string> = new Set(['IN', 'CH', 'HS', 'ANY']);
const MOST_WORDS = 60;

interface Draft {
  server: string | null;
  readonly questions: { name: string | null; type: string | null }[];
  readonly options: string[];
  /** A type that stands before the first name holds for it. */
  early: string | null;
}

/** Reads the words behind `dig`; each name begins a question of its own. */
export function digArguments(text: string): Asked {
  const draft: Draft = { server: null, questions: [], options: [], early: null };
  const words = wordsIn(text);
  for (let at = 0; at < words.length; at += 1)
    at += word(words[at] ?? '', words[at + 1] ?? '', draft);
  const { server, questions, options } = draft;
  // dig(1): A where the command names no type.
  return {
    server,
    questions: questions.map(({ name, type }) => ({ name, type: type ?? 'A' })),
    options,
  };
}

/** Takes one word, and tells how many of those behind it belong to it. */
function word(text: string, next: string, draft: Draft): 0 | 1 {
  const { questions, options, early } = draft;
  if (text.startsWith('@')) draft.server ??= text.slice(1);
  else if (text.startsWith('+')) options.push(text.slice(1).toLowerCase());
  else if (text.startsWith('-')) {
    if (text === '-x') questions.push({ name: reverseName(next), type: 'PTR' });
    else if (text === '-q') questions.push({ name: plainName(next), type: early });
    else if (text === '-t') setType(next.toUpperCase(), draft);
    return /^-[xqtbcfkpy]$/.test(text) ? 1 : 0;
  } else if (TYPES.has(text.toUpperCase())) setType(text.toUpperCase(), draft);
  else if (!CLASSES.has(text.toUpperCase())) questions.push({ name: plainName(text), type: early });
  return 0;
}

function setType(type: string, draft: Draft): void {
  const last = draft.questions.at(-1);
  if (last === undefined) draft.early = type;
  else last.type = type;
}

/** Reads the words behind `nslookup` or `host`: the name, then the server. */
export function plainArguments(text: string): Asked {
  const words = wordsIn(text);
  const type = words
    .map((word) => /^-(?:q|type|querytype)=(\w+)$/i.exec(word)?.[1])
    .find((found) => found !== undefined);
  const bare = words.filter(
    (word, at) => !word.startsWith('-') && !/^-[tWRcmN]$/.test(words[at - 1] ?? ''),
  );
  const flagged = words[words.indexOf('-t') + 1];
  const named = type ?? (words.includes('-t') ? flagged : undefined);
  const [name, server] = bare;
  return {
    server: server ?? null,
    questions: [
      { name: name === undefined ? null : plainName(name), type: named?.toUpperCase() ?? null },
    ],
    options: words.includes('-T') || words.includes('-vc') ? ['tcp'] : [],
  };
}

/** A name as it is compared: lower case, without the dot at its end. */
export function plainName(name: string): string {
  const bare = name.length > 1 && name.endsWith('.') ? name.slice(0, -1) : name;
  return bare.toLowerCase();
}

/** `-x 10.42.1.7` asks for `7.1.42.10.in-addr.arpa`. */
function reverseName(address: string): string | null {
  const parsed = parseAddress(address);
  if (parsed === undefined) return null;
  if (parsed.family === 4) return `${address.split('.').toReversed().join('.')}.in-addr.arpa`;
  const digits = parsed.bits.toString(16).padStart(32, '0');
  return `${[...digits].toReversed().join('.')}.ip6.arpa`;
}

/** Words up to a pipe, a redirection or the next command. */
function wordsIn(text: string): readonly string[] {
  const end = text.search(/[|;&<>]/);
  const own = end < 0 ? text : text.slice(0, end);
  return own
    .split(/\s+/)
    .filter((word) => word !== '' && !/^\d$/.test(word))
    .slice(0, MOST_WORDS)
    .map((word) => word.replace(/^['"]|['"]$/g, ''));
}
