import { type Artefact, cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { dialledIn } from '../captures/dialled.ts';
import { addressInName, parseAddress } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { answeredPings } from './answered-pings.ts';

/** A trace of which no hop answered any more at its end, and not the destination. */
interface UnfinishedTrace {
  readonly host: string | null;
  /** The destination's address. */
  readonly target: string;
  /** The last hop that answered; null where none did. */
  readonly last: string | null;
  readonly at: readonly Citation[];
}

/** A slow or busy router may miss the probes of one hop, and of the next. */
const LEAST_SILENT = 3;

/** The traces that end in silence, to addresses that nothing in the whole paste shows to answer. */
export function unfinishedTraces(
  evidence: readonly Evidence[],
  all = evidence,
): readonly UnfinishedTrace[] {
  return silentTraces(evidence).filter(({ target }) => !answers(all, target));
}

/** Traces that end in silence although the destination answers something else. */
export function starsThoughReached(
  evidence: readonly Evidence[],
): { readonly at: readonly Citation[] } | undefined {
  return silentTraces(evidence).find(({ target }) => answers(evidence, target));
}

function silentTraces(evidence: readonly Evidence[]): readonly UnfinishedTrace[] {
  return ofKind(evidence, 'traceroute').flatMap(({ artefact, content }) =>
    content.traces.flatMap(({ hops, address, target: name }): readonly UnfinishedTrace[] => {
      const target = addressInName(address ?? name ?? addressedIn(artefact) ?? '');
      const end = hops.findLastIndex(({ host }) => host !== null);
      const silent = hops.slice(end + 1);
      const [first] = silent;
      const isTold = silent.length >= LEAST_SILENT || isCounted(silent.at(-1));
      const last = hops[end] ?? null;
      if (first === undefined || !isTold || parseAddress(target) === undefined) return [];
      if (last?.host === target || hops.some(({ mark }) => mark !== null)) return [];
      const lines = [...(last === null ? [] : [last.line]), first.line];
      const at = lines.map((line) => cite(artefact, line));
      return [{ host: artefact.host, target, last: last?.host ?? null, at }];
    }),
  );
}

/** mtr ends its report at the first hop behind which nobody answers. */
function isCounted(hop: { lossPercent: number | null; sent: number | null } | undefined): boolean {
  return hop?.lossPercent === 100 && (hop.sent ?? 0) >= LEAST_SILENT;
}

/** Only the command tells where mtr and tracepath go. */
function addressedIn({ command }: Artefact): string | undefined {
  return (command ?? '')
    .split(/\s+/)
    .slice(1)
    .findLast((word) => parseAddress(word) !== undefined);
}

function answers(evidence: readonly Evidence[], target: string): boolean {
  const pinged = answeredPings(evidence).some(({ address }) => address === target);
  const traced = ofKind(evidence, 'traceroute').some(({ content }) =>
    content.traces.some(({ hops }) => hops.at(-1)?.host === target),
  );
  const dialled = dialledIn(evidence).some(
    ({ server, outcome }) => server === target && outcome !== null && HEARD.has(outcome),
  );
  const captured = ofKind(evidence, 'tcpdump').some(({ content }) =>
    content.packets.some(({ source, icmp }) => source.host === target && icmp?.quoted == null),
  );
  return pinged || traced || dialled || captured;
}

/** The server itself has spoken. */
const HEARD: ReadonlySet<string> = new Set(['established', 'refused', 'reset', 'tls']);
