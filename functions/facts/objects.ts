import type { ClusterObject } from '../artefacts/cluster.ts';
import { type Artefact, cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import { inOrder } from './order.ts';

/** An object of a cluster, the line that shows it, and the output that it stands in. */
export interface Shown<T> {
  readonly object: T;
  readonly at: Citation;
  readonly artefact: Artefact;
  /** Its namespace, by its own text or by the command. */
  readonly namespace: string | null;
}

type OfSort<S extends ClusterObject['sort']> = Extract<ClusterObject, { readonly sort: S }>;

/** The objects of one sort that kubectl printed anywhere in the paste, earliest first: they are of the cluster, not of a host. */
export function objectsOf<S extends ClusterObject['sort']>(
  all: readonly Evidence[],
  sort: S,
): readonly Shown<OfSort<S>>[] {
  return outputsIn(all).flatMap(({ artefact, content }) =>
    content.objects.flatMap((object) => {
      if (!isOf(object, sort)) return [];
      const own = 'namespace' in object ? object.namespace : null;
      const namespace = own ?? namespaceIn(artefact.command);
      return [{ object, at: cite(artefact, object.line), artefact, namespace }];
    }),
  );
}

/** Everything that kubectl printed, earliest first. */
export function outputsIn(all: readonly Evidence[]) {
  const outputs = [
    ...ofKind(all, 'kubectl'),
    ...ofKind(all, 'kubectl-describe'),
    ...ofKind(all, 'kubectl-object'),
  ];
  return inOrder(outputs.toSorted((a, b) => all.indexOf(a) - all.indexOf(b)));
}

function isOf<S extends ClusterObject['sort']>(
  object: ClusterObject,
  sort: S,
): object is OfSort<S> {
  return object.sort === sort;
}

/** `-n kube-system`, `--namespace=kube-system`. */
export function namespaceIn(command: string | null): string | null {
  return (
    /\s(?:-n[ =]?|--namespace[ =])([a-z0-9][a-z0-9-]{0,62})(?=\s|$|;|\|)/.exec(
      command ?? '',
    )?.[1] ?? null
  );
}
