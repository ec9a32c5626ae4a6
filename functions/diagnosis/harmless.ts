import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { sightedAt } from '../captures/exchanges.ts';
import type { Following } from '../captures/follow.ts';
import { readingsOf } from '../facts/conntrack-clash.ts';
import { citation } from '../facts/loss.ts';
import type { Citation } from '../primitives/reading.ts';

/** Something in the paste that alarms people and proves nothing; `report/words.ts` says why. */
export interface Harmless {
  readonly id: 'checksum-offload' | 'linkdown-bridge' | 'clash-without-drop' | 'search-nxdomain';
  readonly at: readonly Citation[];
}

const MOST_LINES = 3;

/** Finds the look-alikes that are present, so that nobody chases them. */
export function harmlessIn(
  evidence: readonly Evidence[],
  following: Following,
): readonly Harmless[] {
  const found: Harmless[] = [
    { id: 'checksum-offload', at: offloadedChecksums(following) },
    { id: 'linkdown-bridge', at: idleBridges(evidence) },
    { id: 'clash-without-drop', at: clashesWithoutDrop(evidence) },
    { id: 'search-nxdomain', at: searchSteps(evidence, following) },
  ];
  return found
    .filter(({ at }) => at.length > 0)
    .map(({ id, at }) => ({ id, at: at.slice(0, MOST_LINES) }));
}

/** Bad where the sender's card fills it in later, right where the same packet was received (tcpdump print-udp.c). */
function offloadedChecksums({ exchanges }: Following): readonly Citation[] {
  return exchanges.flatMap((exchange) => {
    const all = sightedAt(exchange).flatMap(({ requests, responses }) => [
      ...requests,
      ...responses,
    ]);
    return all.flatMap((bad) => {
      if (bad.packet.checksum !== 'bad') return [];
      const good = all.find(
        ({ packet }) =>
          packet.checksum === 'ok' &&
          packet.ipId === bad.packet.ipId &&
          packet.dns?.response === bad.packet.dns?.response,
      );
      return good === undefined ? [] : [citation(bad), citation(good)];
    });
  });
}

/** docker0 and virbr0 without a container or guest: only their own network is affected. */
function idleBridges(evidence: readonly Evidence[]): readonly Citation[] {
  return ofKind(evidence, 'route').flatMap(({ artefact, content }) =>
    content.routes.flatMap(({ dev, flags, line }) =>
      /^(?:docker|virbr|br-)/.test(dev ?? '') && flags.includes('linkdown')
        ? [cite(artefact, line)]
        : [],
    ),
  );
}

function clashesWithoutDrop(evidence: readonly Evidence[]): readonly Citation[] {
  return readingsOf({ own: evidence }).flatMap(({ artefact, reading, early }) =>
    early
      ? []
      : reading.rows.flatMap(({ line, counters }) =>
          (counters.get('insert_failed') ?? 0) > 0 && counters.get('drop') === 0
            ? [cite(artefact, line)]
            : [],
        ),
  );
}

/** With a search list, NXDOMAIN for `name.suffix` is the normal course until the name itself is tried. */
function searchSteps(evidence: readonly Evidence[], { exchanges }: Following): readonly Citation[] {
  const suffixes = ofKind(evidence, 'resolv-conf').flatMap(
    ({ content }) => content.search?.domains ?? [],
  );
  return exchanges.flatMap((exchange) => {
    const name = exchange.dns?.qname.replace(/\.$/, '') ?? '';
    if (!suffixes.some((suffix) => name.endsWith(`.${suffix}`)) && !name.endsWith('.cluster.local'))
      return [];
    const negative = sightedAt(exchange)
      .flatMap(({ responses }) => responses)
      .find(({ packet }) => packet.dns?.rcode === 'NXDomain');
    return negative === undefined ? [] : [citation(negative)];
  });
}
