import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BotOptions, bot, COUNTERS, recorder, SECRET } from './support/bot.ts';
import { type BuiltLambdas, builtLambdas } from './support/built.ts';
import { commandBody, composed, eventBody, queueEvent } from './support/slack-events.ts';

let lambdas: BuiltLambdas;
beforeAll(async () => {
  lambdas = await builtLambdas();
});
afterAll(() => lambdas.remove());

const start = (options: Partial<BotOptions> = {}, core = recorder().core) =>
  bot(lambdas, core, options);

test('a command is answered to the person alone, with its lines as they were pasted', async () => {
  const { given, core } = recorder();
  const it = start({}, core);
  await it.request(commandBody(`${COUNTERS}\ncpu=1 &lt;x&gt;`, it.slack.responseUrl('r')));
  expect(await it.work()).toEqual({ batchItemFailures: [] });
  expect(given).toEqual([[{ name: null, text: `${COUNTERS}\ncpu=1 <x>` }]]);
  expect(it.slack.privately('r')).toHaveLength(1);
  expect(it.slack.privately('r')[0]).toMatchObject({ response_type: 'ephemeral' });
  expect(it.slack.calls.map((call) => call.method)).not.toContain('chat.postMessage');
});

test('a command without text opens the form; where that comes too late, the answer says how to go on', async () => {
  const it = start();
  const opened = await it.request(commandBody('  ', it.slack.responseUrl('r')));
  expect(opened).toMatchObject({ statusCode: 200, body: '' });
  expect(it.slack.views).toMatchObject([{ type: 'modal', callback_id: 'paste' }]);
  const late = await it.request(commandBody('', it.slack.responseUrl('r'), 'expired'));
  expect(JSON.parse(late.body).text).toContain('Type `/netdx` and paste');
  expect(it.queue.take()).toEqual([]);
});

test('a command speaks the language of the person', async () => {
  const it = start({ locales: { U1: 'zh-CN' } });
  await it.request(commandBody(COUNTERS, it.slack.responseUrl('r')));
  await it.work();
  expect(JSON.stringify(it.slack.privately('r'))).toContain('根因');
});

test('a command is told at once when the queue does not take it', async () => {
  const broken = { send: () => Promise.reject(new Error('down')) };
  const logged: string[] = [];
  const it = start();
  const ingest = lambdas.slack.slackHandler({
    signingSecrets: ['old', SECRET],
    language: 'zh',
    queue: broken,
    slackFor: () => Promise.reject(new Error('not here')),
    log: { info: () => undefined, error: (event) => logged.push(event) },
    now: () => it.nowMs,
  });
  const answer = await ingest(it.signed(commandBody(COUNTERS, 'https://hooks.slack.com/x')));
  expect(answer.statusCode).toBe(200);
  expect(JSON.parse(answer.body).text).toContain('暂时无法受理');
  expect(logged).toEqual(['not queued']);
  const kept = it.slack.write({ channel: 'C1', user: 'U1', text: '<@UBOT>' });
  const event = await ingest(it.signed(eventBody('app_mention', kept, 'C1', 'Ev1')));
  expect(event.statusCode).toBe(500);
});

test('an expired or foreign response address ends among the dead with its reason, not in silence', async () => {
  for (const url of [
    'https://hooks.slack.com/commands/T1/gone',
    'https://evil.example.com/x',
    'nonsense',
  ]) {
    const it = start();
    await it.request(commandBody(COUNTERS, url));
    expect((await it.work()).batchItemFailures).toEqual([]);
    expect(it.dead).toMatchObject([{ job: { kind: 'command' } }]);
    expect(it.dead[0]?.reason).toMatch(
      /^DeliveryRefused (?:expired_url|foreign-response-address)$/,
    );
    expect(it.logged.join('\n')).toContain('DeliveryRefused');
  }
});

const thread = (it: ReturnType<typeof start>) => {
  const root = it.slack.write({
    channel: 'C1',
    user: 'U2',
    text: 'slow',
    blocks: composed('node-a:', { code: COUNTERS }, 'and node-b:', { code: 'cpu=1 found=2' }),
  });
  const file = it.slack.upload('node-a.ip-route.txt', 'default via 10.0.0.1 dev eth0\n', 'C1');
  const mention = it.slack.write({
    channel: 'C1',
    user: 'U1',
    text: '<@UBOT> look',
    threadTs: root.ts,
    blocks: composed('<@UBOT> look'),
    files: [file],
  });
  return { root, mention };
};

test('reads the thread, files first, and answers once in it', async () => {
  const { given, core } = recorder();
  const it = start({}, core);
  const { root, mention } = thread(it);
  expect((await it.request(eventBody('app_mention', mention, 'C1', 'Ev1'))).statusCode).toBe(200);
  await it.work();
  expect(given[0]).toEqual([
    { name: 'node-a.ip-route.txt', text: 'default via 10.0.0.1 dev eth0\n' },
    {
      name: 'message 1',
      text: `node-a:\n\`\`\`\n${COUNTERS}\n\`\`\`\nand node-b:\n\`\`\`\ncpu=1 found=2\n\`\`\``,
    },
    { name: 'message 2', text: 'look' },
  ]);
  const answers = it.slack.thread('C1', root.ts).filter((one) => one.bot_id === 'BBOT');
  expect(answers).toHaveLength(1);
  const post = it.slack.calls.find((call) => call.method === 'chat.postMessage');
  expect(post?.args).toMatchObject({
    thread_ts: root.ts,
    unfurl_links: 'false',
    unfurl_media: 'false',
  });
  expect(post?.args).not.toHaveProperty('link_names');
});

test('retries and the twin message give one reply', async () => {
  const it = start();
  const { root, mention } = thread(it);
  const first = eventBody('app_mention', mention, 'C1', 'Ev1');
  await it.request(first);
  await it.request(first, {
    headers: { 'X-Slack-Retry-Num': '1', 'X-Slack-Retry-Reason': 'http_timeout' },
  });
  await it.request(eventBody('message', mention, 'C1', 'Ev2'));
  await it.work();
  await it.request(first, {
    headers: { 'X-Slack-Retry-Num': '2', 'X-Slack-Retry-Reason': 'http_timeout' },
  });
  await it.work();
  expect(it.slack.thread('C1', root.ts).filter((one) => one.bot_id !== undefined)).toHaveLength(1);
});

test('a second environment does not answer again', async () => {
  const it = start();
  const { root, mention } = thread(it);
  await it.request(eventBody('app_mention', mention, 'C1', 'Ev1'));
  const [body = ''] = it.queue.take();
  await it.worker(queueEvent([body]));
  await it.freshWorker()(queueEvent([body]));
  expect(it.slack.thread('C1', root.ts).filter((one) => one.bot_id !== undefined)).toHaveLength(1);
  expect(it.logged.join('\n')).toContain('already answered');
});

test('an event that came without its files still finds them in the thread', async () => {
  const { given, core } = recorder();
  const it = start({}, core);
  const { mention } = thread(it);
  const { files: _, ...bare } = mention;
  await it.request(eventBody('app_mention', bare, 'C1', 'Ev1'));
  await it.work();
  expect(given[0]?.[0]?.name).toBe('node-a.ip-route.txt');
});

test('a thread read back without its files still gets those that came with the event', async () => {
  const { given, core } = recorder();
  const it = start({}, core);
  const mention = it.slack.write({ channel: 'C1', user: 'U1', text: '<@UBOT>' });
  const files = [it.slack.upload('late.txt', COUNTERS, 'C1')];
  await it.request(eventBody('message', mention, 'C1', 'Ev1', { files, subtype: 'file_share' }));
  await it.work();
  expect(given[0]).toEqual([{ name: 'late.txt', text: COUNTERS }]);
});

test('without the right to read history the message itself is read, and the answer says so', async () => {
  const { given, core } = recorder();
  const it = start({ history: false }, core);
  const { root, mention } = thread(it);
  await it.request(eventBody('app_mention', mention, 'C1', 'Ev1'));
  await it.work();
  expect(given[0]?.map((one) => one.name)).toEqual(['node-a.ip-route.txt', null]);
  expect(JSON.stringify(it.slack.thread('C1', root.ts))).toContain(
    'I may not read the rest of this thread',
  );
});

test("the bot's own messages, edits and talk between others start nothing", async () => {
  const it = start();
  const { mention } = thread(it);
  const own = { ...mention, bot_id: 'BBOT', user: 'UBOT' };
  await it.request(eventBody('app_mention', own, 'C1', 'Ev1'));
  await it.request(eventBody('message', own, 'C1', 'Ev2'));
  await it.request(eventBody('message', mention, 'C1', 'Ev3', { subtype: 'message_changed' }));
  const elsewhere = { text: 'no mention here', thread_ts: undefined };
  await it.request(eventBody('message', mention, 'C1', 'Ev4', elsewhere));
  const other = { ...mention, bot_id: 'BOTHER', user: 'UOTHER' };
  await it.request(eventBody('app_mention', other, 'C1', 'Ev6'));
  expect(it.queue.take()).toEqual([]);
  await it.request(
    eventBody('message', mention, 'C1', 'Ev5', { text: 'private', channel_type: 'im' }),
  );
  expect(it.queue.take()).toHaveLength(1);
});

test("text in Slack's own markup is read as it was typed, when a message has no blocks", async () => {
  const { given, core } = recorder();
  const it = start({ history: false }, core);
  const kept = it.slack.write({ channel: 'C1', user: 'U1', text: '<@UBOT> a <b> &lt; & c' });
  const text = `${kept.text} <http://test.example.org|test.example.org> <mailto:a@example.org|a@example.org>`;
  await it.request(eventBody('app_mention', kept, 'C1', 'Ev1', { text }));
  await it.work();
  expect(given[0]?.[0]?.text).toBe('a <b> &lt; & c test.example.org a@example.org');
});

test('files that cannot be read are named with the reason, and the rest is read', async () => {
  const { given, core } = recorder();
  const it = start({}, core);
  const pcap = Uint8Array.from([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]);
  const utf16 = Uint8Array.from([0xff, 0xfe, ...Buffer.from('route via', 'utf16le')]);
  const files = [
    it.slack.upload('a.pcap', pcap, 'C1'),
    it.slack.upload('b.bin', Uint8Array.from([65, 0, 66]), 'C1'),
    it.slack.upload('c.txt', utf16, 'C1'),
    it.slack.upload('d.txt', 'x', 'C1', { size: 6 * 1024 * 1024 }),
    it.slack.upload('e.txt', 'x', 'C1', {
      url_private_download: 'https://evil.example.com/e.txt',
    }),
    it.slack.upload('f.txt', '<!DOCTYPE html><html>sign in</html>', 'C1'),
    { id: 'F99', name: 'g.txt', file_access: 'check_file_info' },
    {
      ...it.slack.upload('h.txt', 'x', 'C2'),
      url_private_download: undefined,
      url_private: undefined,
    },
    { id: it.slack.upload('i.txt', COUNTERS, 'C1').id, file_access: 'check_file_info' },
    it.slack.upload('c.txt', 'second', 'C1'),
  ];
  const mention = it.slack.write({ channel: 'C1', user: 'U1', text: '<@UBOT>', files });
  await it.request(eventBody('app_mention', mention, 'C1', 'Ev1'));
  await it.work();
  expect(given[0]).toEqual([
    { name: 'a.pcap', text: '', capture: pcap },
    { name: 'c.txt', text: 'route via' },
    { name: 'i.txt', text: COUNTERS },
    { name: '2/c.txt', text: 'second' },
  ]);
  const said = JSON.stringify(it.slack.thread('C1', mention.ts));
  for (const reason of [
    'b.bin: not read, it is neither text nor a capture file',
    'd.txt: not read, larger than 5 MB',
    'e.txt: not read: Slack did not give me the file',
    'f.txt: not read: Slack did not give me the file',
    'g.txt: not read: Slack did not give me the file',
    'h.txt: not read: the file does not belong to this conversation',
  ]) {
    expect(said).toContain(reason);
  }
});

test('with nothing to read it says so', async () => {
  const it = start();
  const mention = it.slack.write({ channel: 'C1', user: 'U1', text: '<@UBOT>' });
  await it.request(eventBody('app_mention', mention, 'C1', 'Ev1'));
  await it.work();
  expect(it.slack.thread('C1', mention.ts)[1]?.text).toContain('There is no text here to read');
});

test('the bundled worker diagnoses with the catalogue packed beside it', async () => {
  const it = start({}, lambdas.diagnose.coreIn(lambdas.directory, null));
  await it.request(
    commandBody(`root@node-a:~# conntrack -S\n${COUNTERS}`, it.slack.responseUrl('r')),
  );
  expect(await it.work()).toEqual({ batchItemFailures: [] });
  const diagnosed = it.logged
    .map((line) => JSON.parse(line))
    .find((one) => one.event === 'diagnosed');
  expect(diagnosed).toMatchObject({ lines: 2 });
  expect(JSON.stringify(it.slack.privately('r'))).toContain('conntrack-stats');
});
