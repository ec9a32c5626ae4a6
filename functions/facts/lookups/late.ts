import type { Citation } from '../../primitives/reading.ts';
import type { View } from '../define.ts';
import { type Asked, askedIn, isAnswer, isClusterName, silentTries } from './asked.ts';

/** A server that answers names of the cluster at once, and others late, with SERVFAIL after a wait, or not at all. */
export interface SlowUpstream {
  readonly name: string;
  readonly server: string;
  readonly at: readonly Citation[];
}

const AT_ONCE_MS = 100;
/** An upstream has two seconds before CoreDNS asks the next (plugin/forward, readTimeout). */
const WAITED_MS = 1900;

/** Splits the server's own work from that of the servers behind it. */
export function slowUpstreamIn(view: View): SlowUpstream | undefined {
  const lookups = askedIn(view.own);
  const quick = lookups.find(
    (one) =>
      isClusterName(one.name) &&
      (one.outcome === 'answered' || one.outcome === 'nxdomain') &&
      (one.lookup.ms ?? Number.POSITIVE_INFINITY) < AT_ONCE_MS,
  );
  if (quick === undefined) return undefined;
  const late = lookups.find(
    (one) =>
      one.name?.includes('.') &&
      !isClusterName(one.name) &&
      one.server === quick.server &&
      !one.tcp &&
      (one.outcome === 'timed-out'
        ? silentTries(one) >= 2
        : isAnswer(one) && (one.lookup.ms ?? 0) >= WAITED_MS),
  );
  if (late?.name == null || late.server === null) return undefined;
  return {
    name: late.name,
    server: late.server,
    at: [...late.at.slice(0, 3), ...quick.at.slice(0, 2)],
  };
}

/** A server that is late with everything, and one that is not. */
export interface SlowServer {
  readonly server: string;
  readonly ms: number;
  readonly other: string;
  /** It answered for zones of its own, so that nobody else kept it waiting. */
  readonly knows: boolean;
  readonly at: readonly Citation[];
}

/** dig measures each try by itself (dighost.c, received): a lost packet makes no answer late. */
const LATE_MS = 500;
const LEAST_ANSWERS = 2;

/** Every answer of one server is late over UDP, and every one of another quick. */
export function slowServerIn(view: View): SlowServer | undefined {
  const timed = askedIn(view.own).filter(
    (one) => one.server !== null && !one.tcp && one.lookup.ms !== null && isTold(one),
  );
  const byServer = [...Map.groupBy(timed, ({ server }) => server ?? '')];
  const quick = byServer.find(([, own]) => own.every((one) => msOf(one) < AT_ONCE_MS));
  const slow = byServer.find(
    ([, own]) => own.length >= LEAST_ANSWERS && own.every((one) => msOf(one) >= LATE_MS),
  );
  if (quick === undefined || slow === undefined) return undefined;
  const [server, late] = slow;
  return {
    server,
    ms: Math.min(...late.map(msOf)),
    other: quick[0],
    knows: late.some(
      ({ name, lookup }) => isClusterName(name) || lookup.flags?.includes('aa') === true,
    ),
    at: [...late.slice(0, 3).flatMap(timeOf), ...quick[1].slice(0, 1).flatMap(timeOf)],
  };
}

/** Of what a search left of the output only the time is told, which stands under an answer alone. */
function isTold(one: Asked): boolean {
  return isAnswer(one) || one.outcome === null;
}

function msOf({ lookup }: Asked): number {
  return lookup.ms ?? 0;
}

function timeOf({ at, lookup }: Asked): readonly Citation[] {
  const [first] = at;
  if (first === undefined || lookup.msLine === null) return at.slice(0, 1);
  return [{ artefact: first.artefact, line: first.line - lookup.line + lookup.msLine }];
}
