import type { FactValue } from '../artefacts/define.ts';
import { type Artefact, type Evidence, type Kind, ofKind } from '../artefacts/evidence.ts';
import { kinds } from '../artefacts/index.ts';
import { type Following, follow } from '../captures/follow.ts';
import { type Loss, lossesOf } from '../captures/loss.ts';
import { topologyOf } from '../captures/topology.ts';
import { translationsIn } from '../captures/translations.ts';
import type { FactPlaces, FactSheet, View } from '../facts/define.ts';
import { derive, placesOf } from '../facts/index.ts';
import type { KernelFixes } from '../facts/kernel-fixes.ts';

/** One host, with what vanished there, as rules are judged. */
export interface Vantage {
  readonly view: View;
  readonly sheet: FactSheet;
  readonly places: FactPlaces;
}

export interface Vantages {
  readonly following: Following;
  readonly losses: readonly Loss[];
  readonly vantages: readonly Vantage[];
}

/** Sets up the vantage points of a paste: each host once for every place where something vanished, else once. */
export function vantagesOf(evidence: readonly Evidence[], kernelFixes: KernelFixes): Vantages {
  const following = follow(ofKind(evidence, 'tcpdump'), {
    translations: translationsIn(evidence),
    topology: topologyOf(evidence),
  });
  const losses = lossesOf(following);
  const hosts = hostsOf(evidence);
  const vantages = hosts.flatMap((host) => {
    const own = evidence.filter(
      ({ artefact }) =>
        hostOf(artefact) === host || (hostOf(artefact) === null && hosts.length === 1),
    );
    const here = losses.filter(
      ({ from }) => from.host === host || (from.host === null && hosts.length === 1),
    );
    const shared = { host, own, all: evidence, following, kernelFixes };
    const views: readonly View[] =
      here.length === 0 ? [{ ...shared, loss: null }] : here.map((loss) => ({ ...shared, loss }));
    return views.map((view) => ({ view, sheet: derive(view), places: placesOf(view) }));
  });
  return { following, losses, vantages };
}

/** Named hosts first met first; evidence without a host is a vantage of its own unless there is but one named node. */
function hostsOf(all: readonly Evidence[]): readonly (string | null)[] {
  // Where a command failed nothing was seen, so that place is no rival for outputs whose host nothing names.
  const shown = all.filter(({ artefact }) => artefact.kind !== 'command-failed');
  const evidence = shown.length === 0 ? all : shown;
  const hosts = new Set(evidence.map(({ artefact }) => hostOf(artefact)));
  const named = [...hosts].filter((host) => host !== null);
  const nodes = named.filter(
    (host) => !evidence.some(({ artefact }) => hostOf(artefact) === host && artefact.pod),
  );
  return named.length === 1 && nodes.length === 1 ? named : [...hosts];
}

const ANYWHERE: ReadonlySet<Kind> = new Set(
  kinds.flatMap(({ kind, ...rest }) => ('anywhere' in rest && rest.anywhere ? [kind] : [])),
);

/** What tells of the whole cluster belongs to no host, wherever it was typed. */
function hostOf({ kind, host }: Artefact): string | null {
  return ANYWHERE.has(kind) ? null : host;
}

/** Of the facts that are asked for, those that are known at a vantage point, by id. */
export function knownFacts(
  { sheet }: Vantage,
  asked: ReadonlySet<string>,
): ReadonlyMap<string, FactValue> {
  const known = new Map<string, FactValue>();
  for (const id of asked) {
    const reading = sheet(id);
    if (reading.known) known.set(id, reading.value);
  }
  return known;
}
