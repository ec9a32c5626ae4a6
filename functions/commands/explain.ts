import { readCatalogue } from '../adapters/catalogue-files.ts';
import type { Arguments } from '../primitives/arguments.ts';
import { renderCauses, renderExplanation } from '../render/explanation.ts';
import { causesIn, causesLike, explain } from '../report/explanation.ts';
import type { Outcome, Surroundings } from './outcome.ts';

/** `netdx causes`: every cause that can be found. */
export function listCauses({ format }: Arguments, around: Surroundings): Outcome {
  const causes = causesIn(readCatalogue(around.directory, around.own), around.language);
  const text =
    format === 'json'
      ? `${JSON.stringify(causes, null, 2)}\n`
      : renderCauses(causes, around.language, around);
  return { text, status: 0 };
}

/** `netdx explain CAUSE`: the page of one cause. */
export function explainCause(
  cause: string,
  { format, runbookBase }: Arguments,
  around: Surroundings,
): Outcome {
  const catalogue = readCatalogue(around.directory, around.own);
  const page = explain(cause, catalogue, { language: around.language, runbookBase });
  if (page === undefined) {
    const like = causesLike(cause, catalogue);
    const hint =
      like.length === 0 ? '`netdx causes` lists them' : `did you mean ${like.join(', ')}?`;
    return { refused: `no cause is called ${cause}; ${hint}` };
  }
  const text =
    format === 'json' ? `${JSON.stringify(page, null, 2)}\n` : renderExplanation(page, around);
  return { text, status: 0 };
}
