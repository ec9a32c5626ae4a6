import type { Language } from '../../functions/report/schema.ts';
import { examine } from './examples.ts';

/** The first line of the report on a paste, with its status before it: `suspected: …`. */
export async function told(text: string, language: Language = 'en'): Promise<string> {
  const { status, headline } = await examine([{ name: null, text }], language);
  return `${status}: ${headline}`;
}
