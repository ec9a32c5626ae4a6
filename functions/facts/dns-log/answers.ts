import type { Citation } from '../../primitives/reading.ts';
import { isClusterName, isProbe, type Logged } from './entries.ts';

/** How many of the answers of one sort are so, and the lines that show some of them. */
export interface Share {
  readonly count: number;
  readonly of: number;
  /** Null where lines were left out before pasting. */
  readonly percent: number | null;
  readonly name: string;
  readonly at: readonly Citation[];
}

type Query = ReturnType<Logged['queries']>[number];

/** Domain knowledge: names that a server answers from memory take a few ms; 100 ms of its own time is an overload. */
const LATE_S = 0.1;
/** An upstream that takes so long makes programs wait, though it is no time-out yet. */
const UPSTREAM_LATE_S = 0.5;
const MOST_LINES = 4;

/** Answers that the server gave out of its own zones: authoritative, and without the RA bit that forwarders pass on. */
export function lateOwnAnswersIn(logged: Logged): Share | undefined {
  if (logged.isCache) return undefined;
  const own = logged.queries().filter(({ said }) => isOwn(said));
  const late = own.filter(({ said }) => said.seconds >= LATE_S);
  // One name alone may be a Service of type ExternalName: its answer is authoritative and waits for an upstream.
  const isOneName = new Set(late.map(({ said }) => said.name)).size < 2;
  return shareOf(own, ({ said }) => said.seconds >= LATE_S && !isOneName, logged);
}

/** Answers that came from an upstream. */
export function lateForwardedAnswersIn(logged: Logged): Share | undefined {
  const forwarded = logged
    .queries()
    .filter(({ said }) => said.flags.includes('ra') && !isProbe(said));
  return shareOf(forwarded, ({ said }) => said.seconds >= UPSTREAM_LATE_S, logged);
}

/** SERVFAIL to anybody but the server itself. */
export function servfailsIn(logged: Logged): Share | undefined {
  const asked = logged.queries().filter(({ said }) => !isProbe(said));
  const share = shareOf(asked, ({ said }) => said.rcode === 'SERVFAIL', logged);
  // `log … { class error }` writes down nothing else: then the share is of nothing.
  return share !== undefined && share.count === share.of ? { ...share, percent: null } : share;
}

/** NXDOMAIN for a name with a suffix, where the name itself is asked too: steps of a search list. */
export function searchStepsIn(logged: Logged): Share | undefined {
  const queries = logged.queries();
  const asked = new Set(
    queries.filter(({ said }) => !isClusterName(said.name)).map(({ said }) => said.name),
  );
  return shareOf(
    queries,
    ({ said: { name, rcode } }) => rcode === 'NXDOMAIN' && isStepOf(name, asked),
    logged,
  );
}

/** Whether a name is one of the asked ones with something behind it. */
function isStepOf(name: string, asked: ReadonlySet<string>): boolean {
  for (
    let dot = name.indexOf('.');
    dot >= 0 && dot < name.length - 1;
    dot = name.indexOf('.', dot + 1)
  ) {
    const head = name.slice(0, dot + 1);
    // A lone label is the first step of a short name, and the name of a Service.
    if (head.indexOf('.') < dot && asked.has(head)) return true;
  }
  return false;
}

/** Names whose A question is answered, by the log. */
export function answeredNamesIn(logged: Logged): ReadonlySet<string> {
  return new Set(
    logged
      .queries()
      .filter(({ said }) => said.type === 'A' && said.rcode === 'NOERROR')
      .map(({ said }) => said.name),
  );
}

function isOwn({ flags, type }: Query['said']): boolean {
  return flags.includes('aa') && !flags.includes('ra') && type !== 'HINFO';
}

function shareOf(
  all: readonly Query[],
  isWanted: (query: Query) => boolean,
  { isSelected }: Logged,
): Share | undefined {
  if (all.length === 0) return undefined;
  const found = all.filter(isWanted);
  const shown = found.length > 0 ? found : all;
  return {
    count: found.length,
    of: all.length,
    percent: isSelected ? null : Math.round((1000 * found.length) / all.length) / 10,
    name: shown[0]?.said.name ?? '',
    at: shown.slice(0, MOST_LINES).flatMap(({ at }) => at),
  };
}
