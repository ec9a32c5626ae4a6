/** One element's opening tag as read from a page. */
export interface Tag {
  readonly name: string;
  readonly attributes: string;
}

/** A page taken apart by a grammar stricter than HTML's: whatever it refuses, a browser might read otherwise. */
export interface PageRead {
  readonly text: string;
  readonly tags: readonly Tag[];
  /** Angle brackets that belong to no tag, and tags that close nothing or stay open. */
  readonly faults: readonly string[];
}

const VOID = new Set(['meta', 'link', 'input', 'br']);
const TAG = /<(\/?)([a-z][a-z0-9]*)((?: [a-zA-Z-]+(?:="[^"<>]*")?)*)>/g;

/** Reads a page that this project made. */
export function readPage(page: string): PageRead {
  const body = page
    .replace(/^<!doctype html>\n/, '')
    .replace(/(<(style|script)>)[\s\S]*?(<\/\2>)/g, '$1$3');
  const tags: Tag[] = [];
  const faults: string[] = [];
  const open: string[] = [];
  for (const [tag, slash, name = '', attributes = ''] of body.matchAll(TAG)) {
    if (slash === '/') {
      if (open.pop() !== name) faults.push(tag);
      continue;
    }
    tags.push({ name, attributes });
    if (!VOID.has(name)) open.push(name);
  }
  const rest = body.replace(TAG, '');
  faults.push(...open, ...(rest.match(/.{0,20}[<>].{0,20}/g) ?? []));
  return { text: unescaped(rest), tags, faults };
}

function unescaped(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

/** A text without the white space and the backticks that a face may set otherwise. */
export function squeezed(text: string): string {
  return text.replace(/[\s`…]+/g, '');
}
