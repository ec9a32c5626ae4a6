import { type Fields, isFields, jsonObjectsIn, listAt, textAt } from '../ip-json/objects.ts';

/** A line as `nft` prints it without `-j`, and the line that says it, from 1. */
export interface ListedLine {
  readonly line: number;
  readonly text: string;
}

const HEAD = /^\s*\{\s*"nftables"\s*:\s*\[/;

/** Whether a line begins what `nft -j` prints, on one line or as jq lays it out. */
export function beginsNftJson(line: string): boolean {
  return HEAD.test(line) || /^\s*"nftables"\s*:\s*\[\s*$/.test(line);
}

/** The lines of `nft list` as they are, or as it would have printed them without `-j` (libnftables-json(5)). */
export function asListed(lines: readonly string[]): readonly ListedLine[] {
  const head = lines.findIndex(beginsNftJson);
  if (head < 0) return lines.map((text, index) => ({ line: index + 1, text }));
  // Without its wrapper every object of the list stands by itself and has its own line.
  const bare = lines.map((text, index) =>
    index < head
      ? ''
      : index > head
        ? text
        : text.replace(HEAD, '').replace(/^\s*"nftables"\s*:\s*\[\s*$/, ''),
  );
  const { objects } = jsonObjectsIn(bare);
  const chains = new Map<string, ListedLine[]>();
  const listed: ListedLine[] = [];
  for (const { fields, line } of objects) {
    const [sort = '', own] = Object.entries(fields)[0] ?? [];
    if (!isFields(own)) continue;
    const [family, table, name] = ['family', 'table', 'name'].map((key) => textAt(own, key) ?? '');
    if (sort === 'chain') chains.set(`${family} ${table} ${name}`, [...chainLines(own, line)]);
    else if (sort === 'rule')
      chains.get(`${family} ${table} ${textAt(own, 'chain')}`)?.push({ line, text: ruleText(own) });
    else if (sort === 'set' || sort === 'map') listed.push(...setLines(own, line));
  }
  for (const own of chains.values())
    listed.push(...own, { line: own.at(-1)?.line ?? 1, text: '}' });
  return listed;
}

function chainLines(chain: Fields, line: number): readonly ListedLine[] {
  const [family, table, name, type, hook, policy] = [
    'family',
    'table',
    'name',
    'type',
    'hook',
    'policy',
  ].map((key) => textAt(chain, key));
  const head = [`table ${family} ${table} {`, `chain ${name} {`];
  const base = `type ${type} hook ${hook} priority ${textAt(chain, 'prio') ?? 0};`;
  const texts =
    hook === undefined
      ? head
      : [...head, policy === undefined ? base : `${base} policy ${policy};`];
  return texts.map((text) => ({ line, text }));
}

function setLines(set: Fields, line: number): readonly ListedLine[] {
  const { elem } = set;
  const elements = Array.isArray(elem) ? elem.map(isMap(set) ? pairText : valueText) : [];
  const texts = [
    `table ${textAt(set, 'family')} ${textAt(set, 'table')} {`,
    `set ${textAt(set, 'name')} {`,
  ];
  // A map differs in what its elements are.
  return [...texts, `elements = { ${elements.join(', ')} }`, '}'].map((text) => ({ line, text }));
}

function isMap({ map }: Fields): boolean {
  return map !== undefined;
}

function ruleText(rule: Fields): string {
  const comment = textAt(rule, 'comment');
  const words = listAt(rule, 'expr').map(statementText);
  return [...words, ...(comment === undefined ? [] : [`comment "${comment}"`])].join(' ');
}

/** One statement; one that is not known is written as a word that no reader of rules knows, so that nothing is concluded from it. */
function statementText(statement: Fields): string {
  const [name = '', own] = Object.entries(statement)[0] ?? [];
  const write = STATEMENTS[name];
  if (write !== undefined && isFields(own)) return write(own, name);
  return PLAIN.has(name) ? name : `unknown-${name}`;
}

const goes = (own: Fields, name: string) => `${name} ${textAt(own, 'target')}`;

const STATEMENTS: Readonly<Record<string, (own: Fields, name: string) => string>> = {
  match: ({ op, left, right }) =>
    `${valueText(left)}${EQUAL.has(op) ? '' : ` ${op}`} ${valueText(right)}`,
  vmap: ({ key, data }) => `${valueText(key)} vmap ${valueText(data)}`,
  counter: (own) =>
    `counter packets ${textAt(own, 'packets') ?? 0} bytes ${textAt(own, 'bytes') ?? 0}`,
  jump: goes,
  goto: goes,
  reject: (own) =>
    `reject with ${textAt(own, 'type') ?? ''} ${textAt(own, 'expr') ?? ''}`.trimEnd(),
  mangle: () => 'meta mark set 0',
  masquerade: ({ flags }) => `masquerade ${valueText(flags)}`,
  dnat: ({ addr, port }) =>
    `dnat to ${bareText(addr)}${port === undefined ? '' : `:${bareText(port)}`}`,
};

/** Operators that are not written. */
const EQUAL: ReadonlySet<unknown> = new Set([undefined, '==', 'in']);

const PLAIN: ReadonlySet<string> = new Set([
  ...[
    'accept',
    'drop',
    'return',
    'reject',
    'masquerade',
    'queue',
    'snat',
    'redirect',
    'log',
    'notrack',
  ],
]);

/** A value, a list, a range, a prefix, or the field of a packet that is compared. */
function valueText(value: unknown): string {
  if (typeof value === 'string') return value.startsWith('@') ? value : `"${value}"`;
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `{ ${value.map(pairText).join(', ')} }`;
  if (!isFields(value)) return '';
  const [name = '', own] = Object.entries(value)[0] ?? [];
  if (name === 'set') return valueText(Array.isArray(own) ? own : [own]);
  if (name === '&' && Array.isArray(own)) return own.map(valueText).join(' & ');
  if (name === 'concat' && Array.isArray(own)) return own.map(bareText).join(' . ');
  if (name === 'range' && Array.isArray(own)) return own.map(bareText).join('-');
  return isFields(own) ? objectText(name, own) : name;
}

function objectText(name: string, own: Fields): string {
  if (name === 'elem') return valueText(own.val);
  if (name === 'prefix') return `${textAt(own, 'addr')}/${textAt(own, 'len')}`;
  if (name === 'payload') return `${textAt(own, 'protocol')} ${textAt(own, 'field')}`;
  if (name === 'meta') return `meta ${textAt(own, 'key')}`;
  if (name === 'numgen') return `numgen ${textAt(own, 'mode')} mod ${textAt(own, 'mod')}`;
  if (name === 'ct') return `ct ${textAt(own, 'key')}`;
  if (name === 'jump' || name === 'goto') return `${name} ${textAt(own, 'target')}`;
  return `unknown-${name}`;
}

/** An element, or one with its verdict: `["established", {"accept": null}]`. */
function pairText(one: unknown): string {
  return Array.isArray(one) ? one.map(bareText).join(' : ') : bareText(one);
}

function bareText(value: unknown): string {
  return valueText(value).replaceAll('"', '');
}
