import type { FactValue } from '../artefacts/define.ts';
import type { FactSheet } from '../facts/define.ts';
import { unknown } from '../primitives/reading.ts';
import { worded } from './code-words.ts';
import type { Language } from './schema.ts';

/** Puts named values into a fixed sentence. */
export function fillWords(
  text: string,
  values: Readonly<Record<string, string | number | null | undefined>>,
): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined || value === null ? whole : String(value);
  });
}

/**
 * Puts fact values into a page's text, codes as words: `{fact.id}` and `{fact.id|what to say when it is unknown}`. Several
 * facts may stand before that, `{fact.id|other.id|SERVER}`: the first that is known.
 */
export function fillFacts(
  text: string,
  sheet: FactSheet,
  host: string,
  language: Language,
): string {
  const filled = text.replace(PLACE, (whole, id: string, rest: string | undefined) => {
    if (id === 'host') return host;
    if (!id.includes('.')) return whole;
    const { ids, fallback } = alternatives(id, rest);
    const known = firstKnown(ids, sheet);
    return known === undefined ? (fallback ?? '?') : worded(known.id, show(known.value), language);
  });
  return filled.replace(ONE, (_, thing: string, verb: string | undefined) =>
    thing === 'time' ? `once${verb ?? ''}` : `1 ${thing}${VERBS[verb ?? ''] ?? verb ?? ''}`,
  );
}

const PLACE = /\{([a-z][\w.-]*)(?:\|([^}]*))?\}/g;

/** The facts that a placeholder names, in their order, and what stands there when none of them is known. */
function alternatives(
  id: string,
  rest: string | undefined,
): { readonly ids: readonly string[]; readonly fallback: string | undefined } {
  const parts = rest?.split('|') ?? [];
  const facts = parts.slice(0, -1);
  return { ids: [id, ...facts], fallback: parts.at(-1) };
}

function firstKnown(ids: readonly string[], sheet: FactSheet) {
  for (const id of ids) {
    const reading = sheet(id);
    if (reading.known) return { id, value: reading.value };
  }
  return undefined;
}

/** Pages count in the plural; of one thing English speaks otherwise. */
const ONE =
  /(?<![\w.,:%-]|[\d,] )1 (packet|question|answer|connection|line|segment|time)s\b( are| were| have)?/g;
const VERBS: Readonly<Record<string, string>> = { ' are': ' is', ' were': ' was', ' have': ' has' };

/**
 * The same for a command that a person will copy into a shell: a pasted value that is not a plain name, address or
 * number never gets in; the fallback stands instead.
 */
export function fillCommand(text: string, sheet: FactSheet, host: string | null): string {
  return text.replace(PLACE, (whole, id: string, rest: string | undefined) => {
    if (id !== 'host' && !id.includes('.')) return whole;
    const { ids, fallback } = alternatives(id, rest);
    const known = id === 'host' ? undefined : firstKnown(ids, sheet);
    const value = id === 'host' ? host : known === undefined ? null : show(known.value);
    return plainOr(value, fallback ?? id.replace(/^.*\./, '').toUpperCase());
  });
}

/** A value that may stand in a command as it is, and no other: what was pasted must never become a command of its own. */
export function plainOr(value: string | null, fallback: string): string {
  return value !== null && PLAIN.test(value) ? value : fallback;
}

const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,252}$/;

function show(value: FactValue): string {
  return typeof value === 'object' ? value.join(', ') : String(value);
}

/** A command as it stands in a guide: nothing is known, so that every blank shows its name. */
export function blankCommand(text: string): string {
  return fillCommand(text, () => unknown('nothing was pasted'), null);
}

/** The same of a page's text: what is said where nothing is known. */
export function blankText(text: string): string {
  return text.replace(
    PLACE,
    (_, id: string, rest: string | undefined) => alternatives(id, rest).fallback ?? '…',
  );
}
