/** How one question ended, as a tool that asks a server itself tells it. */
export type LookupOutcome =
  /** NOERROR with an answer. */
  | 'answered'
  /** NOERROR without one: the name exists, this type of it does not. */
  | 'empty'
  | 'nxdomain'
  | 'servfail'
  | 'refused'
  | 'formerr'
  | 'notimp'
  /** Another rcode, or a refusal that names none. */
  | 'not-found'
  | 'timed-out'
  /** ICMP port unreachable or a RST: connection refused. */
  | 'port-refused'
  /** No way there: host or network unreachable. */
  | 'unreachable'
  /** The TCP connection ended before the answer. */
  | 'closed';

/** One try that got no answer, or one that could not be used. */
export interface FailedTry {
  readonly line: number;
  readonly server: string | null;
  readonly outcome: LookupOutcome;
  /** Over TCP, as far as the line tells. */
  readonly tcp: boolean;
}

/** One question to one server or to the servers of resolv.conf in turn, and how it ended. */
export interface Lookup {
  /** The line that tells how it ended. */
  readonly line: number;
  /** Lines that name the question and the server, where they are others. */
  readonly beside: readonly number[];
  /** Lower case, without the trailing dot. */
  readonly name: string | null;
  /** `A`, `AAAA` …; null where the tool asks for several and does not say which. */
  readonly type: string | null;
  /** The address that answered, or the last that did not. */
  readonly server: string | null;
  /** The server that the command named; null: those of resolv.conf. */
  readonly asked: string | null;
  readonly outcome: LookupOutcome | null;
  /** Over TCP, as far as the output tells. */
  readonly tcp: boolean | null;
  /** Milliseconds from the question to its answer (`;; Query time`): tries before that one are not in it. */
  readonly ms: number | null;
  /** The line that says so. */
  readonly msLine: number | null;
  /** What the clock of `time` measured around the whole command, in milliseconds. */
  readonly elapsedMs: number | null;
  /** Addresses in the answer, A and AAAA. */
  readonly addresses: readonly string[];
  readonly answers: number | null;
  /** Header flags; null where none are shown. */
  readonly flags: readonly string[] | null;
  /** The line that says that the answer over UDP was truncated. */
  readonly truncated: number | null;
  readonly failed: readonly FailedTry[];
  /** An answer from another address than was asked: `;; reply from unexpected source`. */
  readonly strange: { readonly line: number; readonly from: string; readonly asked: string } | null;
  /** The line of an answer with another id than the question had: it was thrown away. */
  readonly otherId: number | null;
  /** The zone whose SOA stands in the authority section: of a denial, the one that says so. */
  readonly zone: string | null;
  /** RFC 8914: what the server itself says of its failure. */
  readonly extendedError: string | null;
  /** Words with a plus: `tcp`, `bufsize=4096`, `trace`. */
  readonly options: readonly string[];
}

/** What one run of dig, nslookup or host, or several of them, told. */
export interface Lookups {
  readonly lookups: readonly Lookup[];
}
