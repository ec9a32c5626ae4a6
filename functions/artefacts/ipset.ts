import { parseAddress, parsePrefix } from '../primitives/address.ts';
import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';

interface Member {
  readonly line: number;
  readonly address: string;
}

interface IpSet {
  readonly line: number;
  readonly name: string;
  /** How many rules use it; null where that is not printed. */
  readonly references: number | null;
  readonly members: readonly Member[];
}

interface IpSets {
  readonly sets: readonly IpSet[];
}

/** `ipset list` and `ipset save` (ipset lib/session.c: list_create, list_adt); of members only the addresses are read. */
export const ipset = defineArtefact({
  kind: 'ipset',
  title: 'ipset list',
  ask: 'sudo ipset list',
  hint: /\bipset\s+(?:list|-L|save|-S)\b/,
  first: ASCII,
  recognise,
  continues: (line) => FURNITURE.test(line.trim()) || memberIn(line.trim()) !== undefined,
  parse,
  size: ({ sets }) => ({
    count: sets.reduce((sum, { members }) => sum + members.length, 0),
    unit: 'entries',
  }),
  facts: {},
});

const NAME = /^Name: (\S{1,31})$/;
const REFERENCES = /^References: (\d{1,9})$/;
const FURNITURE =
  /^(?:Type: (?:hash|bitmap|list):\S|Revision: \d|Header: \S|Size in memory: \d|References: \d|Number of entries: \d|Members:)/;
const CREATE = /^(?:create|-N) (\S{1,31}) (?:hash|bitmap|list):\S/;
const ADD = /^(?:add|-A) (\S{1,31}) (\S{3,49})(?:\s.*)?$/;
/** The first word of a member: an address or a network, with ports and more behind a comma. */
const MEMBER =
  /^([\da-fA-F.:]{3,45}(?:\/\d{1,3})?)(?:,\S{1,100})?(?: (?:timeout|packets|bytes|comment|nomatch|skb\w+)\b.*)?$/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (CREATE.test(text)) return 'strong';
  if (/^Type: (?:hash|bitmap|list):\S/.test(text)) return 'strong';
  // A name, or an `add` of something, is anybody's.
  return NAME.test(text) || FURNITURE.test(text) || isAdded(text) ? 'weak' : 'none';
}

function isAdded(text: string): boolean {
  const [, , address = ''] = ADD.exec(text) ?? [];
  return addressIn(address) !== undefined;
}

function addressIn(word: string): string | undefined {
  const [address = ''] = word.split(',');
  const isKnown = parseAddress(address) !== undefined || parsePrefix(address) !== undefined;
  return isKnown ? address : undefined;
}

function memberIn(text: string): string | undefined {
  return addressIn(MEMBER.exec(text)?.[1] ?? '');
}

function parse(lines: readonly string[]): Parsed<IpSets> | undefined {
  const sets = new Map<string, IpSet & { readonly members: Member[] }>();
  const unread: number[] = [];
  let open = '';
  const begin = (name: string, line: number) => {
    open = name;
    sets.set(name, { line, name, references: null, members: [] });
  };
  const add = (name: string, address: string, line: number) => {
    if (!sets.has(name)) sets.set(name, { line, name, references: null, members: [] });
    sets.get(name)?.members.push({ line, address });
  };
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const line = index + 1;
    const name = NAME.exec(text)?.[1] ?? CREATE.exec(text)?.[1];
    const [, into, word = ''] = ADD.exec(text) ?? [];
    const references = REFERENCES.exec(text)?.[1];
    const address = into === undefined ? memberIn(text) : addressIn(word);
    const set = sets.get(open);
    if (name !== undefined) begin(name, line);
    else if (address !== undefined && (into ?? open) !== '') add(into ?? open, address, line);
    else if (references !== undefined && set !== undefined)
      sets.set(open, { ...set, references: Number(references) });
    else if (text !== '' && !FURNITURE.test(text)) unread.push(line);
  }
  return sets.size === 0 ? undefined : { content: { sets: [...sets.values()] }, unread };
}
