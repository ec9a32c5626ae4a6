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

/** Puts fact values into a page's text, codes as words: `{fact.id}` and `{fact.id|what to say when it is unknown}`. */
export function fillFacts(
  text: string,
  sheet: FactSheet,
  host: string,
  language: Language,
): string {
  const filled = text.replace(
    /\{([a-z][\w.-]*)(?:\|([^}]*))?\}/g,
    (whole, id: string, fallback: string | undefined) => {
      if (id === 'host') return host;
      if (!id.includes('.')) return whole;
      const reading = sheet(id);
      return reading.known ? worded(id, show(reading.value), language) : (fallback ?? '?');
    },
  );
  return filled.replace(ONE, (_, thing: string, verb: string | undefined) =>
    thing === 'time' ? `once${verb ?? ''}` : `1 ${thing}${VERBS[verb ?? ''] ?? verb ?? ''}`,
  );
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
  return text.replace(
    /\{([a-z][\w.-]*)(?:\|([^}]*))?\}/g,
    (whole, id: string, fallback: string | undefined) => {
      if (id !== 'host' && !id.includes('.')) return whole;
      const reading = id === 'host' ? undefined : sheet(id);
      const value = id === 'host' ? host : reading?.known ? show(reading.value) : null;
      return value !== null && PLAIN.test(value)
        ? value
        : (fallback ?? id.replace(/^.*\./, '').toUpperCase());
    },
  );
}

const PLAIN = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,252}$/;

function show(value: FactValue): string {
  return typeof value === 'object' ? value.join(', ') : String(value);
}

/** A command as it stands in a guide: nothing is known, so that every blank shows its name. */
export function blankCommand(text: string): string {
  return fillCommand(text, () => unknown('nothing was pasted'), null);
}
