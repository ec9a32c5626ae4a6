import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Citation } from '../../primitives/reading.ts';
import {
  type Asked,
  askedIn,
  isAnswer,
  isClusterName,
  isReverseName,
  isUnchecked,
} from './asked.ts';

/** A lookup that failed, or took as long as a try that got no answer. */
export interface LookupTrouble {
  readonly host: string | null;
  readonly name: string | null;
  readonly server: string | null;
  readonly outcome: string;
  /** Milliseconds, where it is slow and not failed. */
  readonly ms: number | null;
  readonly at: readonly Citation[];
}

const FAILED: ReadonlySet<string> = new Set([
  'timed-out',
  'port-refused',
  'unreachable',
  'closed',
  'servfail',
  'refused',
  'formerr',
  'notimp',
]);

/** An upstream's two seconds (CoreDNS), musl's 2.5 s and glibc's 5 s are above; first answers from afar seldom take so long. */
const SLOW_MS = 1500;
/** What the cluster's own server knows by itself. */
const SLOW_CLUSTER_MS = 500;

/** What went wrong with the lookups of all hosts: of a question that was answered later, nothing. */
export function lookupTroubles(evidence: readonly Evidence[]): readonly LookupTrouble[] {
  const found = ofKind(evidence, 'dig').map(({ artefact }) => artefact);
  const hosts = new Map(found.map(({ id, host }) => [id, host]));
  const lookups = askedIn(evidence);
  const asked = lookups.flatMap((one, index): LookupTrouble[] => {
    const host = hosts.get(one.at[0]?.artefact ?? '') ?? null;
    const told = { host, name: one.name, server: one.server, at: one.at.slice(0, 1) };
    const { outcome } = one;
    if (outcome === 'servfail' && isReverseName(one.name)) return [];
    if (outcome !== null && FAILED.has(outcome))
      return lookups.slice(index + 1).some((later) => mends(one, later))
        ? []
        : [{ ...told, outcome: isOnlyWithEdns(one, lookups) ? 'edns' : outcome, ms: null }];
    const ms = slownessOf(one);
    return ms === null ? [] : [{ ...told, outcome: 'slow', ms }];
  });
  return [...asked, ...slowLibcLookups(evidence)];
}

function mends(failed: Asked, later: Asked): boolean {
  // What is answered only without EDNS is not mended: programs that use it still fail.
  if (later.options.includes('noedns') && !failed.options.includes('noedns')) return false;
  return (
    later.name === failed.name &&
    later.server === failed.server &&
    later.type === failed.type &&
    later.tcp === failed.tcp &&
    isAnswer(later) &&
    !isUnchecked(later) &&
    !FAILED.has(later.outcome ?? '')
  );
}

/** A server that does not know EDNS says FORMERR or NOTIMP to it (RFC 6891, 7), and answers the same question without it. */
function isOnlyWithEdns(failed: Asked, lookups: readonly Asked[]): boolean {
  return (
    (failed.outcome === 'formerr' || failed.outcome === 'notimp') &&
    lookups.some(
      (one) =>
        one.options.includes('noedns') &&
        one.name === failed.name &&
        one.server === failed.server &&
        (one.outcome === 'answered' || one.outcome === 'empty' || one.outcome === 'nxdomain'),
    )
  );
}

function slownessOf({ name, lookup }: Asked): number | null {
  const ms = Math.max(lookup.ms ?? 0, lookup.elapsedMs ?? 0);
  return ms >= (isClusterName(name) ? SLOW_CLUSTER_MS : SLOW_MS) ? ms : null;
}

function slowLibcLookups(evidence: readonly Evidence[]): readonly LookupTrouble[] {
  return ofKind(evidence, 'getent').flatMap(({ artefact, content }) =>
    content.lookups.flatMap(({ elapsedMs, canonical, line }) =>
      elapsedMs === null || elapsedMs < SLOW_MS
        ? []
        : [
            {
              host: artefact.host,
              name: nameIn(artefact.command) ?? canonical,
              server: null,
              outcome: 'slow',
              ms: elapsedMs,
              at: [cite(artefact, line)],
            },
          ],
    ),
  );
}

/** `time getent hosts NAME`. */
function nameIn(command: string | null): string | null {
  return (
    /\bgetent\s+(?:-\S+\s+)*a?hosts(?:v[46])?\s+([\w.-]{1,253})/.exec(command ?? '')?.[1] ?? null
  );
}
