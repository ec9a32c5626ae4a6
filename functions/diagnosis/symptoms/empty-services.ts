import type { Evidence } from '../../artefacts/evidence.ts';
import { objectsOf } from '../../facts/objects.ts';
import type { Symptom } from '../symptoms.ts';

/** A cluster whose pods ask another server may keep it empty; rules of their own tell when its DNS is missed. */
const DNS = /^(?:kube-dns|coredns|rke2-coredns\S*|dns-default)$/;

/**
 * Services that somebody asked for by name and that have no endpoint, as the last look at each shows. A list of all of them
 * holds locks, and Services whose endpoints others keep.
 */
export function emptyServices(evidence: readonly Evidence[]): readonly Symptom[] {
  const shown = objectsOf(evidence, 'endpoints');
  return shown.flatMap(({ object, at, artefact }, index): readonly Symptom[] => {
    const own = shown.filter((one) => one.artefact === artefact);
    const isOver = shown.slice(index + 1).some((later) => later.object.name === object.name);
    const { isSlice, ready, unready, more } = object;
    const isEmpty = !isSlice && ready.length + unready.length + more === 0;
    if (own.length > 1 || isOver || !isEmpty || DNS.test(object.name)) return [];
    const target = object.name;
    return [
      { id: 'service-without-endpoints', host: null, target, outcome: '', server: null, at: [at] },
    ];
  });
}
