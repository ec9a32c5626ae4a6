import type { ReportFinding, ReportRemedy } from '../../report/schema.ts';
import {
  apart,
  type Button,
  bold,
  line,
  mrkdwn,
  piece,
  plain,
  preformatted,
  prose,
  type RichTextPart,
  type SectionBlock,
  slackLimits,
} from './blocks.ts';
import { escaped, escapeText, fitEscaped, fitLiteral, shown } from './fit.ts';
import type { SlackWords } from './words.ts';

/** a, b and c stand in the message; what a page lists beyond them goes under Details. */
export const MOST_REMEDIES = 3;

/** What a Steps button carries, so that showing the steps needs no store and gives the report's own words again. */
export interface Steps {
  readonly language: 'en' | 'zh';
  readonly key: string;
  readonly title: string;
  readonly steps: readonly string[];
  readonly commands: readonly string[];
  readonly variants: readonly string[];
  readonly preferWhen: string;
  readonly cost: string;
  readonly risk: string;
  readonly verify: string;
  readonly rollback: string;
}

/** Remedies a to c, one section each: what, when to choose it, its risk, and a button that shows the steps. */
export function remedySections(
  finding: ReportFinding,
  words: SlackWords,
  id: string,
): readonly SectionBlock[] {
  return finding.remedies.slice(0, MOST_REMEDIES).map((remedy) => {
    const button = stepsButton(remedy, words);
    const facts = [
      remedy.prefer_when === ''
        ? ''
        : `${words.preferWhen}${words.colon}${gist(remedy.prefer_when)}`,
      remedy.risk === '' ? '' : `${words.risk}${words.colon}${gist(remedy.risk)}`,
      button === undefined ? words.stepsUnderDetails : '',
    ].filter((fact) => fact !== '');
    const title = fitEscaped(remedy.title, 200, words.cutProse);
    const rest = fitEscaped(facts.join(' · '), 400, words.cutProse);
    return {
      type: 'section',
      block_id: `${id}-remedy-${remedy.key}`,
      text: mrkdwn(`*${escapeText(remedy.key)})* ${title}\n${rest}`.trim()),
      ...(button === undefined ? {} : { accessory: button }),
    };
  });
}

/** Up to the first semicolon; the mark of omission says that Steps has the rest. */
function gist(text: string): string {
  const end = /[;；]/.exec(text)?.index;
  return end === undefined ? text : `${text.slice(0, end)}…`;
}

/** Those of remedies a to c whose steps no button could carry: they go under Details instead. */
export function withoutButton(finding: ReportFinding, words: SlackWords): readonly ReportRemedy[] {
  return finding.remedies
    .slice(0, MOST_REMEDIES)
    .filter((remedy) => stepsButton(remedy, words) === undefined);
}

/** The steps of one remedy as a reply of its own: numbered, one copyable block per command. */
export function stepsParts(
  steps: Steps,
  words: SlackWords,
  by: string | null,
): readonly RichTextPart[] {
  const labelled = (label: string, text: string) =>
    text === '' ? [] : [line(bold(`${label}${words.colon}`), ...prose(shown(text)))];
  return apart([
    line(bold(`${steps.key}) `), ...prose(shown(steps.title))),
    ...(steps.steps.length === 0
      ? []
      : [
          {
            type: 'rich_text_list' as const,
            style: 'ordered' as const,
            elements: steps.steps.map((step) => line(...prose(shown(step)))),
          },
        ]),
    ...steps.commands.map((command) => preformatted(shown(command))),
    ...steps.variants.map((variant) => line(...prose(shown(variant)))),
    ...labelled(words.verify, steps.verify),
    ...labelled(words.rollback, steps.rollback),
    ...labelled(words.preferWhen, steps.preferWhen),
    ...labelled(words.cost, steps.cost),
    ...labelled(words.risk, steps.risk),
    line(piece(words.nothingRun)),
    ...(by === null ? [] : [line(piece(words.chosenBy), { type: 'user', user_id: by })]),
  ]);
}

/** The steps in words, for Details: nothing is lost when a button could not hold them. */
export function stepsLines(remedy: ReportRemedy, words: SlackWords): readonly string[] {
  return [
    `${remedy.key}) ${remedy.title}`,
    ...remedy.steps,
    ...remedy.commands.map((command) => (command.includes('`') ? command : `\`${command}\``)),
    ...(remedy.prefer_when === ''
      ? []
      : [`${words.preferWhen}${words.colon}${remedy.prefer_when}`]),
    ...remedy.variants,
    ...(remedy.cost === '' ? [] : [`${words.cost}${words.colon}${remedy.cost}`]),
    ...(remedy.risk === '' ? [] : [`${words.risk}${words.colon}${remedy.risk}`]),
    ...(remedy.verify === '' ? [] : [`${words.verify}${words.colon}${remedy.verify}`]),
    ...(remedy.rollback === '' ? [] : [`${words.rollback}${words.colon}${remedy.rollback}`]),
  ];
}

function stepsButton(remedy: ReportRemedy, words: SlackWords): Button | undefined {
  const { prefer_when: preferWhen, ...rest } = remedy;
  const { key, title, steps, commands } = rest;
  if (!/^[a-z0-9]{1,8}$/.test(key) || steps.length + commands.length === 0) return undefined;
  const language = words.language;
  const value = encode({ language, ...rest, preferWhen });
  if (value.length > slackLimits.buttonValue) return undefined;
  return {
    type: 'button',
    text: plain(words.steps(key)),
    action_id: `steps-${key}`,
    value,
    accessibility_label: fitLiteral(words.stepsLabel(title), slackLimits.buttonText, () => ''),
  };
}

/** JSON without control characters and without the three characters that Slack escapes when it echoes a message. */
function encode(steps: Steps): string {
  const readable = (_: string, value: unknown) =>
    typeof value === 'string' ? shown(value) : value;
  return escaped(JSON.stringify(steps, readable));
}
