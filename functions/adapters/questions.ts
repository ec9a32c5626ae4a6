import {
  renderCauseList,
  renderCausePage,
  renderRunbook,
  renderUnknownCause,
} from '../render/slack/causes.ts';
import { renderHelp } from '../render/slack/help.ts';
import type { SlackMessage } from '../render/slack.ts';
import type { Language } from '../report/schema.ts';
import type { Desk } from './desk.ts';

/** What may stand behind `/netdx` besides a paste. */
export type Question =
  | { readonly about: 'help' | 'causes' }
  | { readonly about: 'explain' | 'runbook'; readonly cause: string };

/** The question in the text of a command; null where it is a paste. */
export function questionIn(text: string): Question | null {
  const [word = '', cause = '', ...rest] = text.trim().toLowerCase().split(/\s+/, 3);
  if (rest.length > 0) return null;
  if (word === 'help' || word === 'causes') return cause === '' ? { about: word } : null;
  return word === 'explain' || word === 'runbook' ? { about: word, cause } : null;
}

/** The answer, out of the catalogue. */
export function renderQuestion(
  question: Question,
  language: Language,
  desk: Pick<Desk, 'core' | 'id'>,
): SlackMessage {
  const { core, id } = desk;
  if (!('cause' in question)) {
    return question.about === 'help'
      ? renderHelp(language, id)
      : renderCauseList(core.causes(language), language, id);
  }
  const page = core.explain(question.cause, language);
  if (page === undefined) {
    return renderUnknownCause(question.cause, core.like(question.cause), language, id);
  }
  return question.about === 'explain' ? renderCausePage(page, id) : renderRunbook(page, id);
}
