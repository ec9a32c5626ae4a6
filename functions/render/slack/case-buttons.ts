import type { Report } from '../../report/schema.ts';
import { type ActionsBlock, type Button, plain, slackLimits } from './blocks.ts';
import { escaped, fitLiteral, shown } from './fit.ts';
import type { SlackWords } from './words.ts';

/** "I ran it" under the next command: opens a form whose paste joins this case. */
export function ranItButton(
  report: Report,
  words: SlackWords,
  { id, caseId }: { readonly id: string; readonly caseId: string | null },
): readonly ActionsBlock[] {
  const ask = report.ask[0];
  if (ask === undefined || caseId === null) return [];
  const host = ask.host === null ? null : shown(ask.host);
  const whole = escaped(JSON.stringify({ case: caseId, command: shown(ask.command), host }));
  const value =
    whole.length <= slackLimits.buttonValue
      ? whole
      : escaped(JSON.stringify({ case: caseId, command: null, host: null }));
  const button = labelled('ran-it', value, words.ranIt, words.ranItLabel(ask.command));
  return [{ type: 'actions', block_id: `${id}-ran`, elements: [button] }];
}

/** What a person may do with the case: show it to the others, have it forgotten, see what is kept. */
export function caseActions(
  words: SlackWords,
  options: {
    readonly id: string;
    readonly caseId: string | null;
    readonly audience: 'thread' | 'person';
  },
): readonly ActionsBlock[] {
  const { id, caseId, audience } = options;
  if (caseId === null) return [];
  const share: Button = {
    ...labelled('share', caseId, words.share, words.share),
    confirm: {
      title: plain(words.share),
      text: plain(words.shareConfirm),
      confirm: plain(words.share),
      deny: plain(words.cancel),
    },
  };
  return [
    {
      type: 'actions',
      block_id: `${id}-case`,
      elements: [
        ...(audience === 'person' ? [share] : []),
        {
          type: 'overflow',
          action_id: 'more',
          options: [
            { text: plain(words.forget), value: `forget:${caseId}` },
            { text: plain(words.kept), value: `kept:${caseId}` },
          ],
        },
      ],
    },
  ];
}

function labelled(action: string, value: string, text: string, label: string): Button {
  return {
    type: 'button',
    text: plain(text),
    action_id: action,
    value,
    accessibility_label: fitLiteral(label, slackLimits.buttonText, () => ''),
  };
}
