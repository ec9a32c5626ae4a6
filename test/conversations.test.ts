import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { valuesOf } from './support/block-kit.ts';
import { type BotOptions, bot, COUNTERS, recorder } from './support/bot.ts';
import { type BuiltLambdas, builtLambdas } from './support/built.ts';
import type { KeptMessage } from './support/fake-slack.ts';
import {
  commandBody,
  composed,
  eventBody,
  otherEventBody,
  pressBody,
  queueEvent,
  shortcutBody,
  submitBody,
} from './support/slack-events.ts';

let lambdas: BuiltLambdas;
beforeAll(async () => {
  lambdas = await builtLambdas();
});
afterAll(() => lambdas.remove());

const ROUTES = 'default via 10.0.0.1 dev eth0\n';
const start = (options: Partial<BotOptions> = {}, core = recorder().core) =>
  bot(lambdas, core, options);
type Bot = ReturnType<typeof start>;

/** Somebody writes in a thread, and Slack tells the app. */
async function writes(it: Bot, text: string, threadTs?: string, more: object = {}) {
  const place = { channel: 'C1', user: 'U1', ...(threadTs === undefined ? {} : { threadTs }) };
  const kept = it.slack.write({ ...place, text, ...more });
  const type = text.includes('<@UBOT>') ? 'app_mention' : 'message';
  await it.request(eventBody(type, kept, 'C1', `Ev${kept.ts}`));
  await it.work();
  return kept;
}

const answersIn = (it: Bot, ts: string): readonly KeptMessage[] =>
  it.slack.thread('C1', ts).filter((one) => one.bot_id === 'BBOT');

test('evidence that does not change the verdict edits the answer', async () => {
  const it = start();
  const root = await writes(it, `<@UBOT> ${COUNTERS}`);
  const [before] = answersIn(it, root.ts);
  await writes(it, `once more ${COUNTERS}`, root.ts);
  const after = answersIn(it, root.ts);
  expect(after).toHaveLength(1);
  expect(after[0]?.ts).toBe(before?.ts);
  expect(valuesOf(after[0]?.blocks, 'block_id')).not.toEqual(valuesOf(before?.blocks, 'block_id'));
});

test('evidence that changes the verdict is answered anew, and the old answer says so', async () => {
  const it = start();
  const root = await writes(it, `<@UBOT> ${ROUTES}`);
  await writes(it, COUNTERS, root.ts);
  const [old, fresh, ...others] = answersIn(it, root.ts);
  expect(others).toEqual([]);
  expect(old?.text).toContain('Superseded');
  expect(old?.text).toContain(`/archives/C1/p${fresh?.ts.replace('.', '')}`);
  expect(fresh?.text).toContain('Root cause');
});

test('an answer that is out of sight is not edited but given again', async () => {
  const it = start();
  const root = await writes(it, `<@UBOT> ${COUNTERS}`);
  for (let index = 0; index < 12; index += 1) await writes(it, `talk ${index}`, root.ts);
  it.clock.ms += 60 * 60_000;
  await writes(it, `again ${COUNTERS}`, root.ts);
  expect(answersIn(it, root.ts)).toHaveLength(2);
});

test('talk in an answered thread, and evidence in a thread without an answer, stay unanswered', async () => {
  const it = start();
  const root = await writes(it, `<@UBOT> ${COUNTERS}`);
  await writes(it, 'thanks, looking', root.ts);
  expect(answersIn(it, root.ts)).toHaveLength(1);
  const other = it.slack.write({ channel: 'C1', user: 'U2', text: 'lunch?' });
  await writes(it, COUNTERS, other.ts);
  expect(answersIn(it, other.ts)).toEqual([]);
});

test('a second mention without anything new is told so, to the asker alone', async () => {
  const it = start();
  const root = await writes(it, `<@UBOT> ${COUNTERS}`);
  await writes(it, '<@UBOT>', root.ts);
  expect(answersIn(it, root.ts)).toHaveLength(1);
  expect(it.slack.shownTo('U1')).toHaveLength(1);
  expect(JSON.stringify(it.slack.shownTo('U1'))).toContain('nothing new');
});

test('a mention before its evidence: the notice goes when the evidence comes', async () => {
  const it = start();
  const root = await writes(it, '<@UBOT>');
  expect(answersIn(it, root.ts)[0]?.text).toContain('There is no text here');
  await writes(it, COUNTERS, root.ts);
  const answers = answersIn(it, root.ts);
  expect(answers.map((one) => one.text.slice(0, 10))).toEqual(['Root cause']);
});

test('the twin of a mention brings the files, and one answer has them', async () => {
  const { given, core } = recorder();
  const it = start({ history: false }, core);
  const file = it.slack.upload('counters.txt', COUNTERS, 'C1');
  const kept = it.slack.write({ channel: 'C1', user: 'U1', text: '<@UBOT> look' });
  await it.request(eventBody('app_mention', kept, 'C1', 'Ev1'));
  await it.request(
    eventBody('message', kept, 'C1', 'Ev2', { files: [file], subtype: 'file_share' }),
  );
  await it.work();
  expect(answersIn(it, kept.ts)).toHaveLength(1);
  expect(answersIn(it, kept.ts)[0]?.text).toContain('Root cause');
  expect(given.at(-1)?.map((one) => one.name)).toContain('counters.txt');
});

test('deleting the paste makes the case forget it', async () => {
  const it = start({ history: false });
  const root = await writes(it, `<@UBOT> ${ROUTES}`);
  const paste = await writes(it, COUNTERS, root.ts);
  const erase = async (message: KeptMessage) => {
    it.slack.erase('C1', message.ts);
    const gone = { type: 'message', subtype: 'message_deleted', channel: 'C1' };
    const about = { deleted_ts: message.ts, previous_message: message };
    await it.request(otherEventBody({ ...gone, ...about, ts: '9.9' }, `Ev-del-${message.ts}`));
    await it.work();
  };
  await erase(paste);
  const rest = answersIn(it, root.ts).at(-1);
  expect(JSON.stringify(rest)).not.toContain('insert_failed=5');
  expect(rest?.text).toContain('Healthy');
  await erase(root);
  expect(answersIn(it, root.ts).at(-1)?.text).toContain('was deleted');
});

test('a deleted paste beside files that cannot be read now leaves a case that can be asked again', async () => {
  const it = start({ history: false });
  const root = await writes(it, `<@UBOT> ${COUNTERS}`);
  const file = it.slack.upload('routes.txt', ROUTES, 'C1');
  const added = it.slack.write({ channel: 'C1', user: 'U1', text: '', threadTs: root.ts });
  await it.request(
    eventBody('message', added, 'C1', 'Ev-file', { files: [file], subtype: 'file_share' }),
  );
  await it.work();
  it.slack.lose(file.id);
  it.slack.erase('C1', root.ts);
  const gone = { type: 'message', subtype: 'message_deleted', channel: 'C1', ts: '9.9' };
  const about = { deleted_ts: root.ts, previous_message: root };
  await it.request(otherEventBody({ ...gone, ...about }, 'Ev-gone'));
  await it.work();
  const told = answersIn(it, root.ts).at(-1);
  expect(told?.text).toContain('cannot be read just now');
  expect(told?.text).toContain('routes.txt');
});

test('an answer keeps the language of its asker, whoever adds or takes away evidence', async () => {
  const it = start({ history: false, locales: { U1: 'zh-CN', U2: 'en-GB' } });
  const root = await writes(it, `<@UBOT> ${ROUTES}`);
  const added = it.slack.write({ channel: 'C1', user: 'U2', text: COUNTERS, threadTs: root.ts });
  await it.request(eventBody('message', added, 'C1', 'Ev-added'));
  await it.work();
  expect(answersIn(it, root.ts).at(-1)?.text).toContain('根因');
  it.slack.erase('C1', added.ts);
  const gone = { type: 'message', subtype: 'message_deleted', channel: 'C1', ts: '9.9' };
  const about = { deleted_ts: added.ts, previous_message: added };
  await it.request(otherEventBody({ ...gone, ...about }, 'Ev-gone'));
  await it.work();
  expect(answersIn(it, root.ts).at(-1)?.text).toContain('未见异常');
});

test('an edited paste is read again', async () => {
  const { given, core } = recorder();
  const it = start({}, core);
  const root = await writes(it, `<@UBOT> ${ROUTES}`);
  it.slack.edit('C1', root.ts, `<@UBOT> ${COUNTERS}`);
  const edited = it.slack.thread('C1', root.ts)[0];
  const change = { type: 'message', subtype: 'message_changed', channel: 'C1' };
  const event = { ...change, message: edited, previous_message: root, ts: '9.9' };
  await it.request(otherEventBody(event, 'Ev-edit'));
  await it.work();
  expect(given.at(-1)?.[0]?.text).toContain('insert_failed=5');
  expect(answersIn(it, root.ts)).toHaveLength(1);
  expect(answersIn(it, root.ts)[0]?.text).toContain('Root cause');
});

test('the message shortcut answers in the thread; outside the channel to the person alone', async () => {
  const inside = start();
  const message = inside.slack.write({ channel: 'C1', user: 'U2', text: COUNTERS });
  await inside.request(shortcutBody(message, 'C1', inside.slack.responseUrl('s')));
  await inside.work();
  expect(answersIn(inside, message.ts)).toHaveLength(1);
  const outside = start({ outside: ['C1'], history: false });
  const far = outside.slack.write({ channel: 'C1', user: 'U2', text: COUNTERS });
  await outside.request(shortcutBody(far, 'C1', outside.slack.responseUrl('s')));
  await outside.work();
  expect(answersIn(outside, far.ts)).toEqual([]);
  expect(outside.slack.privately('s')).toHaveLength(1);
});

test('the form: hosts and interfaces, one more place, files, and what is wrong with it', async () => {
  const { given, core } = recorder();
  const it = start({ locales: { U1: 'zh-CN' } }, core);
  await it.request(commandBody('', it.slack.responseUrl('r')));
  const [view] = it.slack.views;
  expect(JSON.stringify(view)).toContain('网络诊断');
  const more = { type: 'button', action_id: 'paste-more', value: 'x' };
  const pressed = new URLSearchParams(pressBody(more, { channel: 'C1', ts: '1.1' }));
  const payload = {
    ...JSON.parse(pressed.get('payload') ?? ''),
    view: { ...view, state: { values: { 'output-1': {} } } },
  };
  await it.request(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
  expect(valuesOf(it.slack.views.at(-1), 'block_id')).toContain('output-2');
  const empty = await it.request(submitBody(view ?? {}, { 'output-1': ' ' }));
  expect(JSON.parse(empty.body)).toMatchObject({ response_action: 'errors' });
  const file = it.slack.upload('b.txt.gz', gzipSync('from a file'), 'C9');
  const filled = { 'host-1': 'node-a', 'interface-1': 'cni0', 'output-1': COUNTERS };
  expect((await it.request(submitBody(view ?? {}, filled, [file]))).body).toBe('');
  await it.work();
  expect(given).toEqual([
    [
      { name: 'b.txt', text: 'from a file' },
      { name: null, text: COUNTERS, at: { host: 'node-a', interface: 'cni0' } },
    ],
  ]);
  expect(JSON.stringify(it.slack.privately('r'))).toContain('根因');
});

test('a private answer can be shared, and is a thread from then on', async () => {
  const it = start();
  await it.request(commandBody(COUNTERS, it.slack.responseUrl('r')));
  await it.work();
  const shareable = valuesOf(it.slack.privately('r'), 'action_id');
  expect(shareable).toContain('share');
  const value = valuesOf(it.slack.privately('r'), 'value').find((one) =>
    /^[0-9a-f]{16}$/.test(String(one)),
  );
  const place = { channel: 'C1', ts: '1700000400.000100' };
  await it.request(pressBody({ action_id: 'share', value }, place, it.slack.responseUrl('s')));
  await it.work();
  const posted = it.slack.calls.find((call) => call.method === 'chat.postMessage');
  expect(posted?.args.channel).toBe('C1');
  expect(JSON.stringify(posted?.args.blocks)).not.toContain('"share"');
});

test('with zero retention nothing pasted is in the store, and there is nothing to share', async () => {
  const it = start({ hours: 0 });
  await it.request(commandBody(COUNTERS, it.slack.responseUrl('r')));
  await it.work();
  expect(valuesOf(it.slack.privately('r'), 'action_id')).not.toContain('share');
  const root = await writes(it, `<@UBOT> ${COUNTERS}`);
  expect(answersIn(it, root.ts)).toHaveLength(1);
  const raw = valuesOf(answersIn(it, root.ts)[0]?.blocks, 'value').map(String);
  const id = raw.find((one) => one.startsWith('forget:'))?.slice(7) ?? '';
  expect(await it.store.get(`case:${id}`)).not.toBeNull();
  expect(await it.store.get(`raw:${id}`)).toBeNull();
});

test('“Forget this” takes the record and the answer away; “What is kept” tells', async () => {
  const it = start();
  const root = await writes(it, `<@UBOT> ${COUNTERS}`);
  const [answer] = answersIn(it, root.ts);
  const options = valuesOf(answer?.blocks, 'options')[0] as readonly { readonly value: string }[];
  const press = (index: number, url: string) =>
    pressBody(
      {
        type: 'overflow',
        action_id: 'more',
        selected_option: options[index],
        action_ts: `1.${index}`,
      },
      { channel: 'C1', ts: answer?.ts ?? '', threadTs: root.ts },
      it.slack.responseUrl(url),
    ).replace('%22is_ephemeral%22%3Atrue', '%22is_ephemeral%22%3Afalse');
  await it.request(press(1, 'kept'));
  await it.work();
  expect(JSON.stringify(it.slack.privately('kept'))).toContain('24 hours');
  const id = options[0]?.value.slice(7);
  expect(await it.store.get(`raw:${id}`)).not.toBeNull();
  await it.request(press(0, 'gone'));
  await it.work();
  expect(answersIn(it, root.ts)).toEqual([]);
  expect(await it.store.get(`case:${id}`)).toBeNull();
  expect(await it.store.get(`raw:${id}`)).toBeNull();
  expect(JSON.stringify(it.slack.privately('gone'))).toContain('Forgotten');
});

test('“I ran it” opens a form with the command, and its paste joins the thread', async () => {
  const { given, core } = recorder();
  const it = start({}, core);
  const root = await writes(it, `<@UBOT> ${COUNTERS}`);
  const [answer] = answersIn(it, root.ts);
  const value = valuesOf(answer?.blocks, 'value').find((one) => String(one).startsWith('{"case"'));
  const place = { channel: 'C1', ts: answer?.ts ?? '', threadTs: root.ts };
  const press = pressBody({ action_id: 'ran-it', value }, place);
  await it.request(press);
  const view = it.slack.views.at(-1) ?? {};
  expect(JSON.stringify(view)).toContain(JSON.parse(String(value)).command);
  await it.request(submitBody(view, { 'host-1': 'node-c', 'output-1': '#1 SMP Debian 6.1' }));
  await it.work();
  expect(given.at(-1)).toContainEqual({
    name: 'message 2',
    text: '#1 SMP Debian 6.1',
    at: { host: 'node-c', interface: null },
  });
  expect(answersIn(it, root.ts)).toHaveLength(1);
});

test('a long paste that reaches a direct conversation in parts is one case', async () => {
  const { given, core } = recorder();
  const it = start({ history: false }, core);
  const parts = [COUNTERS, 'cpu=1 found=2', 'cpu=2 found=3'];
  for (const [index, text] of parts.entries()) {
    const kept = it.slack.write({ channel: 'D1', user: 'U1', text });
    const body = eventBody('message', kept, 'D1', `Ev${index}`, { channel_type: 'im' });
    await it.request(body);
    await it.work();
  }
  expect(given.at(-1)?.map((one) => one.text)).toEqual(parts);
  const answers = it.slack.thread('D1', '1700000001.000100').filter((one) => one.bot_id);
  expect(answers).toHaveLength(1);
});

test('in a channel shared with another organisation the asker alone sees the answer', async () => {
  const it = start();
  const kept = it.slack.write({ channel: 'C1', user: 'U1', text: `<@UBOT> ${COUNTERS}` });
  const body = JSON.parse(eventBody('app_mention', kept, 'C1', 'Ev1'));
  await it.request(JSON.stringify({ ...body, is_ext_shared_channel: true }));
  await it.work();
  expect(answersIn(it, kept.ts)).toEqual([]);
  expect(it.slack.shownTo('U1')).toHaveLength(1);
});

test('questions about causes are answered out of the catalogue', async () => {
  const it = start(
    {},
    lambdas.diagnose.coreIn(lambdas.directory, 'https://runbooks.example/causes'),
  );
  const ask = async (text: string) => {
    await it.request(
      commandBody(text, it.slack.responseUrl(text.split(' ')[0] ?? ''), `t-${text}`),
    );
    await it.work();
    return JSON.stringify(it.slack.privately(text.split(' ')[0] ?? '').at(-1));
  };
  expect(await ask('help')).toContain('/netdx explain CAUSE');
  expect(await ask('causes')).toContain('mtu-blackhole');
  expect(await ask('explain mtu-blackhole')).toContain('MTU');
  expect(await ask('explain mtu')).toContain('mtu-blackhole');
  expect(await ask('explain <!channel>')).not.toContain('<!channel>');
  expect(await ask('runbook mtu-blackhole')).toContain(
    'https://runbooks.example/causes/mtu-blackhole',
  );
});

test('the home speaks the language of whoever opens it', async () => {
  const it = start({ locales: { U1: 'zh-CN' } });
  const event = {
    type: 'app_home_opened',
    user: 'U1',
    channel: 'D1',
    tab: 'home',
    event_ts: '1.1',
  };
  await it.request(otherEventBody(event, 'Ev1'));
  await it.work();
  expect(it.slack.views).toMatchObject([{ type: 'home' }]);
  expect(JSON.stringify(it.slack.views)).toContain('隐私');
});

test('“wrong cause” asks which it was; the words are kept, and never logged', async () => {
  const it = start();
  const press = { type: 'feedback_buttons', action_id: 'feedback', value: 'wrong ab12 some-cause' };
  await it.request(pressBody(press, { channel: 'C1', ts: '1.1' }));
  const view = it.slack.views.at(-1) ?? {};
  expect(view.callback_id).toBe('wrong-cause');
  await it.request(submitBody(view, { cause: 'QX7SECRET', comment: 'QX7SECRET' }));
  await it.work();
  expect((await it.store.get(`label:ab12:${view.id}`))?.value).toContain('QX7SECRET');
  expect(it.logged.join('\n')).not.toContain('QX7SECRET');
});

test('a missing scope is named', async () => {
  const it = start({ lacks: ['channels:history'] });
  const root = await writes(it, `<@UBOT> ${COUNTERS}`);
  expect(JSON.stringify(answersIn(it, root.ts))).toContain('channels:history');
  const mute = start({ lacks: ['chat:write'] });
  const kept = mute.slack.write({ channel: 'C1', user: 'U1', text: COUNTERS });
  await mute.request(shortcutBody(kept, 'C1', mute.slack.responseUrl('s')));
  await mute.work();
  expect(JSON.stringify(mute.slack.privately('s'))).toContain('chat:write');
  expect(mute.dead[0]?.reason).toBe('DeliveryRefused missing_scope');
});

test('a rate limit puts the work off for as long as Slack asks', async () => {
  const it = start();
  const kept = it.slack.write({ channel: 'C1', user: 'U1', text: `<@UBOT> ${COUNTERS}` });
  await it.request(eventBody('app_mention', kept, 'C1', 'Ev1'));
  const [body = ''] = it.queue.take();
  it.slack.interrupt('chat.postMessage', { status: 429, headers: { 'retry-after': '30' } });
  expect((await it.worker(queueEvent([body]))).batchItemFailures).toHaveLength(1);
  expect(it.logged.join('\n')).toContain('"seconds":30');
  expect((await it.worker(queueEvent([body], 2))).batchItemFailures).toEqual([]);
  expect(answersIn(it, kept.ts)).toHaveLength(1);
});

test('a worker that dies after it posted does not post again', async () => {
  const it = start();
  const kept = it.slack.write({
    channel: 'C1',
    user: 'U1',
    text: '<@UBOT>',
    blocks: composed('<@UBOT>', { code: COUNTERS }),
  });
  await it.request(eventBody('app_mention', kept, 'C1', 'Ev1'));
  const [body = ''] = it.queue.take();
  await it.worker(queueEvent([body]));
  // As if the worker had died between posting and writing that down.
  const options = valuesOf(answersIn(it, kept.ts)[0]?.blocks, 'options')[0] as readonly {
    readonly value: string;
  }[];
  const id = options[0]?.value.slice(7);
  await it.store.remove(`case:${id}`);
  await it.store.remove(`raw:${id}`);
  it.clock.ms += 25 * 3_600_000;
  await it.freshWorker()(queueEvent([body], 2));
  expect(answersIn(it, kept.ts)).toHaveLength(1);
});
