import type { App } from '@slack/bolt';
import { atOnceWords } from '../render/slack/at-once-words.ts';
import { wrongForm } from '../render/slack/wrong-form.ts';
import { tryToOpen, tryToSend } from './at-once.ts';
import type { Job } from './job.ts';
import type { ListenerPorts } from './slack-app.ts';
import { botUserIn, parsed, placeOf, record, textOr, userOf, workspaceOf } from './slack-bodies.ts';
import { listenToForms, openPasteForm } from './slack-forms.ts';
import { readMessage } from './slack-message.ts';

/** Everything that reaches the app, made into jobs; what needs an answer within three seconds gets it here. */
export function listen(app: App, ports: ListenerPorts): void {
  listenToCommand(app, ports);
  listenToMessages(app, ports);
  listenToButtons(app, ports);
  listenToForms(app, ports);
  app.shortcut('diagnose', async ({ ack, body, shortcut }) => {
    await ack();
    const { message, channel, response_url: responseUrl, trigger_id: trigger } = record(shortcut);
    const written = readMessage(message);
    const { id } = record(channel);
    if (written === null || typeof id !== 'string' || typeof responseUrl !== 'string') return;
    const threadTs = textOr(record(message).thread_ts, written.ts);
    await tryToSend(ports, {
      kind: 'shortcut',
      ...workspaceOf(body),
      channel: id,
      threadTs,
      user: userOf(body),
      message: written,
      responseUrl,
      trigger: textOr(trigger, written.ts),
    });
  });
}

/** `/netdx` with text is queued; alone it opens the form. */
function listenToCommand(app: App, ports: ListenerPorts): void {
  app.command('/netdx', async ({ command, ack }) => {
    const workspace = workspaceOf(command);
    const { user_id: user, channel_id: channel, response_url: responseUrl } = command;
    if (command.text.trim() === '') {
      const origin = { channel, threadTs: null, case: null, responseUrl };
      const opened = await openPasteForm(ports, workspace, user, command.trigger_id, origin);
      return opened ? ack() : ack({ response_type: 'ephemeral', text: wordsOf(ports).noForm });
    }
    const kept = await tryToSend(ports, {
      kind: 'command',
      ...workspace,
      channel,
      user,
      text: command.text,
      responseUrl,
      trigger: command.trigger_id,
    });
    return ack({ response_type: 'ephemeral', text: kept ?? wordsOf(ports).reading });
  });
}

/** Subtypes of messages that a person writes; joins, topics and the like are none. */
const WRITTEN = new Set([undefined, 'file_share', 'thread_broadcast']);

function listenToMessages(app: App, ports: ListenerPorts): void {
  app.event('app_mention', async ({ event, body }) => {
    await queueWritten(ports, body, event, true);
  });
  app.event('message', async ({ event, body }) => {
    const { subtype, channel, message, previous_message: previous } = record(event);
    if (WRITTEN.has(subtype as undefined)) {
      await queueWritten(ports, body, event, false);
    } else if (subtype === 'message_deleted') {
      await queueDeleted(ports, body, record(event));
    } else if (subtype === 'message_changed' && differs(record(message), record(previous))) {
      // Slack itself edits messages too, to show what a link leads to; then the text stays.
      await queueWritten(ports, body, { ...record(message), channel }, false);
    }
  });
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home') return;
    const event_ = textOr(record(body).event_id, event.event_ts);
    await ports.queue.send({ kind: 'home', ...workspaceOf(body), user: event.user, event: event_ });
  });
  const removed = async ({ body }: { readonly body: unknown }) => {
    const event = textOr(record(body).event_id, 'removed');
    await ports.queue.send({ kind: 'removed', ...workspaceOf(body), event });
  };
  app.event('app_uninstalled', removed);
  app.event('tokens_revoked', removed);
}

async function queueWritten(
  ports: ListenerPorts,
  body: unknown,
  event: unknown,
  mentioned: boolean,
): Promise<void> {
  const { channel, user, thread_ts: thread, bot_id: bot, channel_type: type } = record(event);
  const message = readMessage(event);
  if (message === null || typeof channel !== 'string' || typeof user !== 'string') return;
  if (typeof bot === 'string') return;
  const botUser = botUserIn(body);
  const direct = type === 'im' || channel.startsWith('D');
  const named = botUser !== '' && (message.text ?? '').includes(`<@${botUser}`);
  const asked = mentioned || named || direct;
  // Outside threads nobody but who is addressed answers.
  if (!asked && typeof thread !== 'string') return;
  await ports.queue.send({
    kind: 'written',
    ...workspaceOf(body),
    channel,
    threadTs: textOr(thread, message.ts),
    user,
    ts: message.ts,
    message,
    asked,
    foreigners: record(body).is_ext_shared_channel === true && !direct,
    direct: direct && typeof thread !== 'string',
    botUser,
  });
  ports.log.info('queued', { kind: 'written' });
}

async function queueDeleted(
  ports: ListenerPorts,
  body: unknown,
  event: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { channel, deleted_ts: ts, previous_message: previous } = event;
  if (typeof channel !== 'string' || typeof ts !== 'string') return;
  const threadTs = textOr(record(previous).thread_ts, ts);
  await ports.queue.send({ kind: 'deleted', ...workspaceOf(body), channel, threadTs, ts });
}

function differs(
  now: Readonly<Record<string, unknown>>,
  before: Readonly<Record<string, unknown>>,
): boolean {
  return now.text !== before.text || count(now.files) !== count(before.files);
}

function count(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}

function listenToButtons(app: App, ports: ListenerPorts): void {
  app.action(/^steps-/, async ({ ack, body, action }) => {
    await ack();
    const value = textOr(record(action).value, '');
    await press(ports, body, action, (pressed) => ({ kind: 'steps', ...pressed, value }));
  });
  app.action('share', async ({ ack, body, action }) => {
    await ack();
    const one = textOr(record(action).value, '');
    await press(ports, body, action, (pressed) => ({ kind: 'share', ...pressed, case: one }));
  });
  app.action('more', async ({ ack, body, action }) => {
    await ack();
    const chosen = textOr(record(record(action).selected_option).value, '');
    const [what, one = ''] = chosen.split(':');
    await press(ports, body, action, (pressed) =>
      what === 'forget' ? { kind: 'forget', ...pressed, case: one } : { kind: 'kept', ...pressed },
    );
  });
  app.action('ran-it', async ({ ack, body, action }) => {
    await ack();
    const { case: one, command, host } = record(parsed(record(action).value));
    const at = placeOf(body);
    if (at === null) return;
    // An answer that one person sees has a case of its own; one in a thread is the thread's.
    const own = at.alone && typeof one === 'string' ? one : null;
    const { channel, threadTs, responseUrl } = at;
    const origin = { channel, threadTs: own === null ? threadTs : null, case: own, responseUrl };
    const trigger = textOr(record(body).trigger_id, '');
    const ran = { command: textOr(command, '') || null, host: textOr(host, '') || null };
    await openPasteForm(ports, workspaceOf(body), userOf(body), trigger, origin, ran);
  });
  app.action('feedback', async ({ ack, body, action }) => {
    await ack();
    const value = textOr(record(action).value, '');
    const [verdict = '', report = '', cause = ''] = value.split(' ');
    ports.log.info('feedback', { verdict, report, cause });
    if (verdict !== 'wrong') return;
    await tryToOpen(ports, workspaceOf(body), async (slack) => {
      const language = (await slack.languageOf(userOf(body))) ?? ports.language;
      const metadata = JSON.stringify({ answer: report, said: cause });
      return slack.openView(textOr(record(body).trigger_id, ''), wrongForm(language, metadata));
    });
  });
}

/** What every pressed button has. */
type Pressed = Omit<Extract<Job, { readonly kind: 'kept' }>, 'kind'>;

async function press(
  ports: ListenerPorts,
  body: unknown,
  action: unknown,
  toJob: (pressed: Pressed) => Job,
): Promise<void> {
  const place = placeOf(body);
  const pressed = record(action).action_ts;
  if (place === null || typeof pressed !== 'string') return;
  await tryToSend(ports, toJob({ ...workspaceOf(body), ...place, user: userOf(body), pressed }));
}

function wordsOf(ports: ListenerPorts) {
  return atOnceWords[ports.language];
}
