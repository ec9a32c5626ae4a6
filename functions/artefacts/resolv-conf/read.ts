import { parseAddress } from '../../primitives/address.ts';
import { wordsOf } from '../../primitives/words.ts';

/** A comment: `#` or `;` at the start of the line, in both libcs. */
export const COMMENT = /^\s*[#;]/;
const MASKED = /^(?:[\dxX*]{1,3}\.){3}[\dxX*]{1,3}$|^\[?REDACTED\]?$/;

/** `ndots:5` and the like; `value` is null for a word without a number. */
interface ResolverOption {
  readonly line: number;
  readonly value: number | null;
}

export interface ResolvConf {
  readonly nameservers: readonly { readonly line: number; readonly address: string }[];
  /** The last `search` or `domain` line that names anything; null when there is none. */
  readonly search: { readonly line: number; readonly domains: readonly string[] } | null;
  /** Every option as written, uncapped; of a repeated one the last. */
  readonly options: ReadonlyMap<string, ResolverOption>;
  /** Characters of the longest line: musl passes over one of more than 254. */
  readonly longestLine: number;
}

interface Draft {
  readonly nameservers: { readonly line: number; readonly address: string }[];
  search: ResolvConf['search'];
  readonly options: Map<string, ResolverOption>;
}

/** Reads the lines of the file; undefined when none of them sets anything. */
export function parseResolvConf(lines: readonly string[]) {
  const draft: Draft = { nameservers: [], search: null, options: new Map() };
  const unread: number[] = [];
  let longestLine = 0;
  for (const [index, text] of lines.entries()) {
    longestLine = Math.max(longestLine, text.length);
    const words = COMMENT.test(text) ? [] : wordsOf(text);
    if (words.length > 0 && !readDirective(words, index + 1, draft)) unread.push(index + 1);
  }
  if (draft.nameservers.length === 0 && draft.search === null && draft.options.size === 0) {
    return undefined;
  }
  return { content: { ...draft, longestLine }, unread };
}

function readDirective(words: readonly string[], line: number, draft: Draft): boolean {
  const [keyword, ...values] = words;
  const [first = ''] = values;
  switch (keyword) {
    case 'nameserver':
      if (isAddress(first)) draft.nameservers.push({ line, address: first });
      return isAddress(first);
    case 'search':
    case 'domain':
      // An empty search or domain changes nothing in glibc.
      if (first !== '') draft.search = { line, domains: keyword === 'search' ? values : [first] };
      return true;
    case 'options':
      addOptions(values, line, draft.options);
      return true;
    default:
      return keyword === 'sortlist';
  }
}

function addOptions(
  words: readonly string[],
  line: number,
  settings: Map<string, ResolverOption>,
): void {
  for (const word of words) {
    const [, name, digits = ''] = /^([a-z][\w-]*)(?::(\d*))?$/i.exec(word) ?? [];
    if (name === undefined) continue;
    settings.set(name, { line, value: digits === '' ? null : Number(digits) });
  }
}

/** Whether the text stands where an address does: one that can be read, or a masked one (`xx.xx.xx.xx`). */
export function isAddress(text: string): boolean {
  return parseAddress(text) !== undefined || MASKED.test(text);
}
