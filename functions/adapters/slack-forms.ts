import type { App } from '@slack/bolt';
import * as z from 'zod/mini';
import { once } from '../primitives/once.ts';
import { noticeWords } from '../render/slack/notices.ts';
import { MOST_PLACES, pasteForm } from '../render/slack/paste-form.ts';
import { tryToOpen, tryToSend } from './at-once.ts';
import type { Workspace } from './installations.ts';
import type { FormPlace, JobOf } from './job.ts';
import type { ListenerPorts } from './slack-app.ts';
import { parsed, record, textOr, userOf, workspaceOf } from './slack-bodies.ts';

const origin = once(() =>
  z.object({
    channel: z.nullable(z.string()),
    threadTs: z.nullable(z.string()),
    case: z.nullable(z.string()),
    responseUrl: z.nullable(z.string()),
  }),
);

/** Where a form was opened from, and so where its answer goes; travels in the view's `private_metadata`. */
type Origin = z.infer<ReturnType<typeof origin>>;

/** What the "I ran it" button stood under. */
interface Ran {
  readonly command: string | null;
  readonly host: string | null;
}

/** Opens the form in the asker's language; false where Slack did not open it in time. */
export function openPasteForm(
  ports: ListenerPorts,
  workspace: Workspace,
  user: string,
  trigger: string,
  from: Origin,
  ran: Ran | null = null,
): Promise<boolean> {
  return tryToOpen(ports, workspace, async (slack) => {
    const language = (await slack.languageOf(user)) ?? ports.language;
    const metadata = JSON.stringify({ ...from, language, ran });
    return slack.openView(trigger, pasteForm(language, { places: 1, metadata, ran }));
  });
}

/** The forms: one more place, a submitted paste, a label for a wrong cause. */
export function listenToForms(app: App, ports: ListenerPorts): void {
  app.shortcut('paste', async ({ ack, body, shortcut }) => {
    await ack();
    const nowhere = { channel: null, threadTs: null, case: null, responseUrl: null };
    const trigger = textOr(record(shortcut).trigger_id, '');
    await openPasteForm(ports, workspaceOf(body), userOf(body), trigger, nowhere);
  });
  app.action('paste-more', async ({ ack, body }) => {
    await ack();
    const view = record(record(body).view);
    const metadata = textOr(view.private_metadata, '');
    const { language } = record(parsed(metadata));
    const places = Math.min(placesIn(view).length + 1, MOST_PLACES);
    await tryToOpen(ports, workspaceOf(body), (slack) =>
      slack.updateView(
        textOr(view.id, ''),
        textOr(view.hash, ''),
        pasteForm(language === 'zh' ? 'zh' : 'en', { places, metadata, ran: null }),
      ),
    );
  });
  app.view('paste', async ({ ack, body, view }) => {
    const metadata = record(parsed(view.private_metadata));
    const words = noticeWords[metadata.language === 'zh' ? 'zh' : 'en'];
    const job = formJob(body, view);
    if (job === null) {
      return ack({ response_action: 'errors', errors: { 'output-1': words.emptyForm } });
    }
    const kept = await tryToSend(ports, job);
    return kept === null ? ack() : ack({ response_action: 'errors', errors: { 'output-1': kept } });
  });
  app.view('wrong-cause', async ({ ack, body, view }) => {
    const { answer, said } = record(parsed(view.private_metadata));
    const value = (block: string) => fieldOf(view, block).slice(0, 1000);
    const kept = await tryToSend(ports, {
      kind: 'label',
      ...workspaceOf(body),
      user: userOf(body),
      answer: textOr(answer, ''),
      said: textOr(said, ''),
      cause: value('cause'),
      comment: value('comment'),
      view: textOr(record(view).id, ''),
    });
    return kept === null ? ack() : ack({ response_action: 'errors', errors: { comment: kept } });
  });
}

/** The job in a submitted form; null where nothing was pasted or attached. */
function formJob(body: unknown, view: unknown): JobOf<'form'> | null {
  const read = origin().safeParse(parsed(record(view).private_metadata));
  const files = record(record(valuesIn(view).files).value).files;
  const places = placesIn(view).filter(({ output }) => output.trim() !== '');
  const attached = Array.isArray(files) ? files : [];
  if (!read.success || (places.length === 0 && attached.length === 0)) return null;
  return {
    kind: 'form',
    ...workspaceOf(body),
    user: userOf(body),
    ...read.data,
    places,
    files: attached,
    view: textOr(record(view).id, ''),
  };
}

function placesIn(view: unknown): readonly FormPlace[] {
  const count = Object.keys(valuesIn(view)).filter((block) => /^output-\d$/.test(block)).length;
  return Array.from({ length: count }, (_, index) => ({
    host: fieldOf(view, `host-${index + 1}`).trim() || null,
    interface: fieldOf(view, `interface-${index + 1}`).trim() || null,
    output: fieldOf(view, `output-${index + 1}`),
  }));
}

function fieldOf(view: unknown, block: string): string {
  return textOr(record(record(valuesIn(view)[block]).value).value, '');
}

function valuesIn(view: unknown): Readonly<Record<string, unknown>> {
  return record(record(record(view).state).values);
}
