import { cutText, visibleText } from '../../primitives/visible-text.ts';

/** How a cut is announced: given the number of characters left out, the words that say so and where the rest is. */
export type CutNote = (left: number) => string;

/**
 * Escapes the three characters Slack's markup knows, so that text can neither ping anyone nor make a link, and keeps
 * `:100:` in an address from turning into an emoji. Control characters become visible codes.
 */
export function escapeText(text: string): string {
  return shown(text)
    .replace(/[&<>]/g, (character) => ENTITIES.get(character) ?? character)
    .replace(EMOJI_LIKE, ':\u200b');
}

/** Escapes a text and cuts it so that what results has at most `most` characters; a cut is announced inside them. */
export function fitEscaped(text: string, most: number, note: CutNote): string {
  const whole = escapeText(text);
  if (whole.length <= most) return whole;
  return cutTo(text, most, note, escapeText);
}

/** The same for places where Slack reads no markup: cut, announced, and made visible, but not escaped. */
export function fitLiteral(text: string, most: number, note: CutNote): string {
  const whole = shown(text);
  if (whole.length <= most) return whole;
  return cutTo(text, most, note, shown);
}

/** Control characters, bidirectional overrides and lone surrogates as visible codes; line ends stay. */
export function shown(text: string): string {
  return text.split('\n').map(visibleText).join('\n');
}

// Of the names made of digits only `:100:` and `:1234:` exist; times such as 09:15:22 stay as they are.
const EMOJI_LIKE = /:(?=(?:100|1234|[0-9_+'-]{0,50}[a-z][a-z0-9_+'-]{0,100}):)/gi;

const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
]);

/** One source character may become up to eleven (`\u{10ffff}`); bisecting keeps this at a few passes over `most` characters. */
function cutTo(text: string, most: number, note: CutNote, draw: (text: string) => string): string {
  const total = cutText(text, 0).total;
  let low = 0;
  let high = Math.min(total, most);
  let best = '';
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const head = cutText(text.slice(0, most * 2), middle).shown;
    const candidate = `${draw(head)}… ${note(total - middle)}`;
    if (candidate.length <= most) {
      best = candidate;
      low = middle + 1;
    } else high = middle - 1;
  }
  return best;
}

/** JSON without the three characters that Slack escapes when it echoes a message. */
export function escaped(json: string): string {
  return json.replace(/[&<>]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
}
