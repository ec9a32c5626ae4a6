import type { Catalogue } from '../catalogue/catalogue.ts';
import { renderCauseList, renderNoSuchCause } from '../render/html/cause-list.ts';
import { renderCausePage } from '../render/html/cause-page.ts';
import { causesIn, causesLike, explain } from '../report/explanation.ts';
import type { Language } from '../report/schema.ts';

export interface RunbookPage {
  readonly status: 200 | 404;
  readonly page: string;
}

/** `/causes` or `/causes/CAUSE`, behind whatever a stage of API Gateway puts before it. */
const ADDRESS = /(?:^|\/)causes(?:\/([^/]*))?$/;

/** Whether an address is one of these pages'. */
export function isRunbookPath(path: string): boolean {
  return ADDRESS.test(path);
}

/** The list of causes, a cause's page, or which causes the address may have meant. Links are relative. */
export function runbookPage(path: string, language: Language, catalogue: Catalogue): RunbookPage {
  const found = ADDRESS.exec(path);
  if (found === null) return notFound(null, language, catalogue, '/causes');
  const cause = found[1];
  if (cause === undefined) {
    return {
      status: 200,
      page: renderCauseList(causesIn(catalogue, language), language, 'causes'),
    };
  }
  const page = explain(cause, catalogue, { language, runbookBase: null });
  return page === undefined
    ? notFound(cause, language, catalogue, '../causes')
    : { status: 200, page: renderCausePage(page, '../causes') };
}

function notFound(
  asked: string | null,
  language: Language,
  catalogue: Catalogue,
  list: string,
): RunbookPage {
  const like = asked === null ? [] : causesLike(asked, catalogue);
  const lines = new Map(causesIn(catalogue, language).map((line) => [line.cause, line]));
  const nearest = like.flatMap((cause) => lines.get(cause) ?? []);
  return { status: 404, page: renderNoSuchCause(asked, nearest, language, list) };
}
