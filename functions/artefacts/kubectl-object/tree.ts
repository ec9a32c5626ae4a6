import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLMap } from 'yaml';

/** A value of a document, and the line (1-based) where it begins. */
export type Tree =
  | {
      readonly line: number;
      readonly is: 'value';
      readonly value: string | number | boolean | null;
    }
  | { readonly line: number; readonly is: 'list'; readonly items: readonly Tree[] }
  | { readonly line: number; readonly is: 'map'; readonly fields: ReadonlyMap<string, Tree> };

/** Deeper ones are no objects of Kubernetes. */
const DEEPEST = 40;

/** A document, and the lines in which it breaks the rules of its language. */
interface Read {
  readonly tree: Tree;
  readonly faults: readonly number[];
}

/**
 * Reads YAML or JSON, which is YAML; what comes behind a fault is left out. Anchors, aliases and tags have no place in what
 * kubectl prints, and are values that are not known. `first` is the line that the document begins in.
 */
export function readTree(lines: readonly string[], first: number): Read | undefined {
  const text = lines.join('\n');
  if (isDeep(lines)) return undefined;
  const counter = new LineCounter();
  try {
    const document = parseDocument(text, {
      lineCounter: counter,
      schema: 'core',
      merge: false,
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'silent',
    });
    const lineAt = (offset: number) => counter.linePos(offset).line + first - 1;
    const tree = treeOf(document.contents, lineAt, 0);
    const faults = document.errors.map(({ pos }) =>
      Math.min(lineAt(pos[0]), first + lines.length - 1),
    );
    return tree === undefined ? undefined : { tree, faults: [...new Set(faults)] };
  } catch {
    // The library throws where a text is no YAML at all; such a text is listed as unread.
    return undefined;
  }
}

type LineAt = (offset: number) => number;

function treeOf(node: Node | null, lineAt: LineAt, depth: number): Tree | undefined {
  if (node === null || depth > DEEPEST) return undefined;
  const line = lineAt(node.range?.[0] ?? 0);
  if (isMap(node)) return { line, is: 'map', fields: fieldsOf(node, lineAt, depth) };
  if (isSeq(node)) {
    const items = node.items.flatMap((item) => treeOf(item as Node, lineAt, depth + 1) ?? []);
    return { line, is: 'list', items };
  }
  return isScalar(node) ? { line, is: 'value', value: plainOf(node.value) } : undefined;
}

/** The line of a field is the one with its name. */
function fieldsOf({ items }: YAMLMap, lineAt: LineAt, depth: number): ReadonlyMap<string, Tree> {
  const fields = new Map<string, Tree>();
  for (const { key, value } of items) {
    if (!isScalar(key)) continue;
    const tree = treeOf(value as Node | null, lineAt, depth + 1);
    const line = lineAt(key.range?.[0] ?? 0);
    fields.set(String(key.value), { ...(tree ?? { is: 'value', value: null }), line });
  }
  return fields;
}

function plainOf(value: unknown): string | number | boolean | null {
  const isPlain =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? value : null;
}

/** Brackets in brackets without end would exhaust the reader's stack. */
function isDeep(lines: readonly string[]): boolean {
  let depth = 0;
  for (const line of lines) {
    for (const character of line) {
      if (character === '{' || character === '[') depth += 1;
      else if (character === '}' || character === ']') depth -= 1;
      if (depth > DEEPEST) return true;
    }
  }
  return false;
}

/** What a field holds, by the names that lead to it. */
export function at(tree: Tree | undefined, ...names: readonly string[]): Tree | undefined {
  let here = tree;
  for (const name of names) here = here?.is === 'map' ? here.fields.get(name) : undefined;
  return here;
}

export function textAt(tree: Tree | undefined, ...names: readonly string[]): string | null {
  const found = at(tree, ...names);
  return found?.is === 'value' && typeof found.value === 'string' ? found.value : null;
}

export function numberAt(tree: Tree | undefined, ...names: readonly string[]): number | null {
  const found = at(tree, ...names);
  return found?.is === 'value' && typeof found.value === 'number' ? found.value : null;
}

export function listAt(tree: Tree | undefined, ...names: readonly string[]): readonly Tree[] {
  const found = at(tree, ...names);
  return found?.is === 'list' ? found.items : [];
}

export function fieldsAt(
  tree: Tree | undefined,
  ...names: readonly string[]
): ReadonlyMap<string, Tree> {
  const found = at(tree, ...names);
  return found?.is === 'map' ? found.fields : new Map();
}
