import type { Language } from '../../report/schema.ts';
import type { SlackMessage } from '../slack.ts';
import { mrkdwn } from './blocks.ts';
import { escapeText, fitEscaped } from './fit.ts';
import { noticeWords } from './notices.ts';
import { type Steps, stepsParts } from './remedies.ts';
import { slackWords } from './words.ts';

const MOST_NOTES = 8;

/** A message in the fixed words of this face; `notes` may hold what a person wrote, and are escaped. */
export function renderNotice(text: string, notes: readonly string[], id: string): SlackMessage {
  const shown = notes
    .slice(0, MOST_NOTES)
    .map((note) => fitEscaped(note, 250, (left) => `[+${left}]`));
  const left = notes.length - shown.length;
  const whole = [text, ...shown, ...(left > 0 ? [`… +${left}`] : [])].join('\n');
  return {
    text: whole,
    blocks: [{ type: 'section', block_id: `${id}-notice`, text: mrkdwn(whole) }],
  };
}

/**
 * The steps of one remedy, as the button under it carried them. `by`: who pressed it, so that the others in the thread
 * see who is at it; null where only that person sees the steps.
 */
export function renderSteps(steps: Steps, id: string, by: string | null): SlackMessage {
  const words = slackWords[steps.language];
  return {
    text: escapeText(`${words.steps(steps.key)}${words.colon}${steps.title}`),
    blocks: [
      { type: 'rich_text', block_id: `${id}-steps`, elements: stepsParts(steps, words, by) },
    ],
  };
}

/** Takes the place of an answer that newer evidence has overtaken; people may have acted on the old one. */
export function renderSuperseded(
  language: Language,
  id: string,
  link: string | null,
): SlackMessage {
  // A link of Slack's own; anything that could end the markup early is no address.
  const plain = link !== null && /^https:\/\/[\w./?=&%-]+$/.test(link) ? link : null;
  return renderNotice(
    noticeWords[language].superseded(plain?.replaceAll('&', '&amp;') ?? null),
    [],
    id,
  );
}

/** Takes the place of an answer whose evidence was taken away. */
export function renderForgotten(language: Language, id: string): SlackMessage {
  return renderNotice(noticeWords[language].evidenceGone, [], id);
}

/** Takes the place of an answer of whose evidence a part was taken away and the rest cannot be read; `notes` say why. */
export function renderRestUnread(
  language: Language,
  notes: readonly string[],
  id: string,
): SlackMessage {
  return renderNotice(noticeWords[language].restUnread, notes, id);
}

/** What is kept of a case; `hours` 0: nothing that anybody wrote. */
export function renderKept(language: Language, hours: number, id: string): SlackMessage {
  return renderNotice(noticeWords[language].kept(hours), [], id);
}
