import type { FactValue } from '../artefacts/define.ts';
import type { FactSheet } from '../facts/define.ts';

/** Puts named values into a fixed sentence. */
export function fillWords(text: string, values: Readonly<Record<string, string | number | null | undefined>>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined || value === null ? whole : String(value);
  });
}

/** Puts fact values into a page's text: `{fact.id}` and `{fact.id|what to say when it is unknown}`. */
export function fillFacts(text: string, sheet: FactSheet, host: string): string {
  return text.replace(/\{([a-z][\w.-]*)(?:\|([^}]*))?\}/g, (whole, id: string, fallback: string | undefined) => {
    if (id === 'host') return host;
    if (!id.includes('.')) return whole;
    const reading = sheet(id);
    return reading.known ? show(reading.value) : (fallback ?? '?');
  });
}

function show(value: FactValue): string {
  return typeof value === 'object' ? value.join(', ') : String(value);
}
