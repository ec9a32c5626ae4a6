import { parseAddress, parsePrefix } from '../../primitives/address.ts';

/** A column of a table of `kubectl get`: which words its cells are made of. */
export interface Column {
  readonly name: string;
  readonly fits: (word: string) => boolean;
  /** The cell may hold nothing: kubectl then prints blanks only. */
  readonly mayBeEmpty: boolean;
  /** The cell may hold several words. */
  readonly isLong: boolean;
}

/** Since 1.5 `5d3h`, before `5d`; duration.HumanDuration. */
const AGE = /^(?:(?:\d{1,5}[smhdy]){1,3}|<unknown>|<invalid>|<none>)$/;
const NAME = /^[a-z0-9][\w.:/-]{0,252}$/i;
const NUMBER = /^\d{1,9}$/;
const MASKED = /^[\da-fA-FxX.:*]{3,45}$/;

const SHAPES: ReadonlyMap<string, (word: string) => boolean> = new Map([
  ['NAMESPACE', (word) => /^[a-z0-9][a-z0-9-]{0,62}$/.test(word)],
  ['NAME', (word) => NAME.test(word)],
  ['READY', (word) => /^\d{1,5}(?:\/\d{1,5})?$/.test(word)],
  ['STATUS', (word) => /^[A-Z][\w:/,-]{1,60}$/.test(word)],
  ['RESTARTS', (word) => NUMBER.test(word)],
  ['AGE', isAge],
  ['LAST SEEN', isAge],
  ['FIRST SEEN', isAge],
  ['COUNT', (word) => NUMBER.test(word)],
  ['IP', isAddressCell],
  ['INTERNAL-IP', isAddressCell],
  ['INTERNALIP', isAddressCell],
  ['TYPE', (word) => /^[A-Z][A-Za-z]{2,20}$/.test(word)],
  ['CLUSTER-IP', (word) => word === 'None' || isAddressCell(word)],
  ['PORT(S)', (word) => word === '<none>' || /^\d{1,5}[\w:/,]*$/.test(word)],
  ['ADDRESSTYPE', (word) => /^(?:IPv4|IPv6|FQDN)$/.test(word)],
  ['ENDPOINTS', (word) => word.startsWith('<') || word.split(',').every(isEndpoint)],
  ['VERSION', (word) => /^v\d+\.\d+/.test(word)],
  ['REASON', (word) => /^[A-Z]\w{1,80}$/.test(word)],
  ['OBJECT', (word) => /^[a-z][\w.]{1,60}(?:\/\S+)?$/.test(word)],
  ['KIND', (word) => /^[A-Z]\w{1,60}$/.test(word)],
  ['SUBOBJECT', (word) => /^(?:spec|status)\b|^metadata\b/.test(word)],
  ['CPU(cores)', (word) => /^\d{1,9}m?$/.test(word)],
  ['MEMORY(bytes)', (word) => /^\d{1,12}(?:[KMGT]i?)?$/.test(word)],
  ['PODCIDR', isPrefixCell],
  ['PODCIDRS', isPrefixCell],
]);

const EMPTY = new Set(['ENDPOINTS', 'SUBOBJECT', 'EXTERNAL-IP', 'SOURCE']);
const LONG = new Set(['OS-IMAGE', 'MESSAGE', 'SELECTOR', 'LABELS', 'POD-SELECTOR', 'SOURCE']);
/** Names of two words. */
const DOUBLE = new Set([
  'LAST SEEN',
  'FIRST SEEN',
  'NODE SELECTOR',
  'NOMINATED NODE',
  'READINESS GATES',
  'LAST SCHEDULE',
]);

/** The columns that a headline names; undefined when the line is none. */
export function columnsIn(line: string): readonly Column[] | undefined {
  if (!/^\s*(?:NAME|NAMESPACE|LAST SEEN|POD)\s/.test(line)) return undefined;
  const columns = wordsIn(line).map(columnOf);
  if (
    columns.length < 2 ||
    columns.some(({ name }) => !SHAPES.has(name) && !/^[A-Z][A-Z\d()_. -]*$/.test(name))
  )
    return undefined;
  return columns;
}

/** The rest of a headline that was broken at the edge of the terminal: `NOMINATED NODE   READINESS GATES`. */
export function moreColumns(line: string): readonly Column[] | undefined {
  const columns = wordsIn(line).map(columnOf);
  const isHead = columns.every(
    ({ name }) => SHAPES.has(name) || DOUBLE.has(name) || LATE.has(name),
  );
  return columns.length > 0 && isHead ? columns : undefined;
}

const LATE = new Set(
  'NODE SELECTOR LABELS EXTERNAL-IP OS-IMAGE KERNEL-VERSION CONTAINER-RUNTIME MESSAGE'.split(' '),
);

function wordsIn(line: string): readonly string[] {
  const words = line.trim().split(/\s+/);
  return words.flatMap((word, at) => {
    if (DOUBLE.has(`${words[at - 1]} ${word}`)) return [];
    const both = `${word} ${words[at + 1]}`;
    return DOUBLE.has(both) ? [both] : [word];
  });
}

export function columnOf(name: string): Column {
  return {
    name,
    fits: SHAPES.get(name) ?? (() => true),
    mayBeEmpty: EMPTY.has(name),
    isLong: LONG.has(name),
  };
}

/** The cells of a row, by the names of their columns; columns that are cut off are left out. Undefined: no such row. */
export function cellsOf(
  line: string,
  columns: readonly Column[],
): ReadonlyMap<string, string> | undefined {
  const words = joined(line.trim().split(/\s+/));
  const cells = new Map<string, string>();
  let at = 0;
  for (const [index, column] of columns.entries()) {
    const word = words[at];
    if (word === undefined) break;
    if (column.isLong) {
      const behind = columns.length - 1 - index;
      const end = Math.max(at + 1, words.length - behind);
      cells.set(column.name, words.slice(at, end).join(' '));
      at = end;
    } else if (column.fits(word)) {
      cells.set(column.name, word);
      at += 1;
    } else if (column.mayBeEmpty) cells.set(column.name, '');
    else return undefined;
  }
  return at < words.length || cells.size < 2 ? undefined : cells;
}

/** `3 (5m ago)` and `10.0.0.7:53 + 2 more...` are one cell each; the remark behind a count goes. */
function joined(words: readonly string[]): readonly string[] {
  const out: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (word.startsWith('(') && words[at + 1] === 'ago)') at += 1;
    else if (word === '+' && /^more/.test(words[at + 2] ?? '')) {
      out.push(`${out.pop() ?? ''} + ${words[at + 1]} more...`);
      at += 2;
    } else out.push(word);
  }
  return out;
}

export function isAge(word: string): boolean {
  return AGE.test(word);
}

function isAddressCell(word: string): boolean {
  return word === '<none>' || parseAddress(word) !== undefined || MASKED.test(word);
}

function isPrefixCell(word: string): boolean {
  const bare = word.replace(/^\[|\]$/g, '').replaceAll('"', '');
  return word === '<none>' || bare.split(/[ ,]/).every((one) => parsePrefix(one) !== undefined);
}

/** `10.0.0.7:53`, `[2001:db8::7]:53`, an address alone; the last may be cut. An age, `12d`, would pass as hexadecimal. */
function isEndpoint(word: string): boolean {
  return (
    !isAge(word) &&
    /^(?:\[?[\da-fA-FxX.:*]{2,45}\]?(?::\d{1,5})?(?: \+ \d{1,6} more.*)?|)$/.test(word)
  );
}
