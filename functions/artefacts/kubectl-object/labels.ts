import type { Labels } from '../cluster.ts';
import { fieldsAt, type Tree } from './tree.ts';

/** The labels that a field holds. */
export function labelsAt(tree: Tree | undefined, ...names: readonly string[]): Labels {
  const labels = new Map<string, string>();
  for (const [name, value] of fieldsAt(tree, ...names))
    if (value.is === 'value' && value.value !== null) labels.set(name, String(value.value));
  return labels;
}
