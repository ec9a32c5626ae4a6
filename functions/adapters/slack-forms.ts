import type { App } from '@slack/bolt';
import { atOnceWords } from '../render/slack/at-once-words.ts';
import { MOST_PLACES, pasteForm } from '../render/slack/paste-form.ts';
import { tryToOpen, tryToSend } from './at-once.ts';
import type { Workspace } from './installations.ts';
import type { FormPlace, JobOf } from './job.ts';
import type { ListenerPorts } from './slack-app.ts';
import { parsed, record, textOr, userOf, workspaceOf } from './slack-bodies.ts';

/** Where a form was opened from, and so where its answer goes; travels in the view's `private_metadata`. */
interface Origin {
  readonly channel: string | null;
  readonly threadTs: string | null;
  readonly case: string | null;
  readonly responseUrl: string | null;
}

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
    const words = atOnceWords[metadata.language === 'zh' ? 'zh' : 'en'];
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
  const from = originIn(record(view).private_metadata);
  const files = record(record(valuesIn(view).files).value).files;
  const places = placesIn(view).filter(({ output }) => output.trim() !== '');
  const attached = Array.isArray(files) ? files : [];
  if (from === null || (places.length === 0 && attached.length === 0)) return null;
  return {
    kind: 'form',
    ...workspaceOf(body),
    user: userOf(body),
    ...from,
    places,
    files: attached,
    view: textOr(record(view).id, ''),
  };
}

/** Null where the metadata is not what `openPasteForm` wrote. */
function originIn(metadata: unknown): Origin | null {
  const { channel, threadTs, case: ofCase, responseUrl } = record(parsed(metadata));
  const isOne = (value: unknown) => value === null || typeof value === 'string';
  if (![channel, threadTs, ofCase, responseUrl].every(isOne)) return null;
  const text = (value: unknown) => (typeof value === 'string' ? value : null);
  return {
    channel: text(channel),
    threadTs: text(threadTs),
    case: text(ofCase),
    responseUrl: text(responseUrl),
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
