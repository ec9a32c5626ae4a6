import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { valuesOf } from '../test/support/block-kit.ts';
import { bot } from '../test/support/bot.ts';
import { loadLambdas } from '../test/support/built.ts';
import { commandBody, composed, eventBody, pressBody } from '../test/support/slack-events.ts';
import { viewThread } from '../test/support/thread-view.ts';

/**
 * The founding incident through the deployed code path, without Slack, AWS or network: signed requests go into the
 * bundles in `dist/`, jobs through the queue's interface, and the answers land in a fake Slack, which prints the thread.
 */
const { values } = parseArgs({
  options: {
    lang: { type: 'string', default: 'en' },
    open: { type: 'boolean', default: false },
  },
});
const root = join(import.meta.dirname, '..');
const folder = join(root, 'examples', 'founding');
const names = { U1: 'ann', U2: 'bo', UBOT: 'netdx' };

const lambdas = loadLambdas(join(root, 'dist'));
const core = lambdas.diagnose.coreIn(join(root, 'dist', 'diagnose'), null);
const locale = values.lang === 'zh' ? 'zh-CN' : 'en-GB';
const it = bot(lambdas, core, { locales: { U1: locale, U2: locale } });

await showCommand();
const thread = await showMention();
await showSteps(thread);

/** `/netdx` with one host's counters pasted behind it. */
async function showCommand(): Promise<void> {
  const paste = `root@master:~# conntrack -S\n${read('master.conntrack-S.before.txt')}`;
  const took = await ask(commandBody(paste, it.slack.responseUrl('demo')));
  title(`A slash command (acknowledged in ${took} ms); only ann sees the answer`);
  const answers = it.slack.privately('demo') as readonly { readonly text: string }[];
  const typed = { user: 'U1', text: '', blocks: composed('/netdx', { code: paste.trimEnd() }) };
  print(
    viewThread(
      [typed, ...answers.map((answer) => ({ ...answer, user: 'UBOT' }))],
      names,
      values.open,
    ),
  );
}

/** A thread with the captures of both hosts as snippets, and a mention; Slack delivers the mention twice. */
async function showMention(): Promise<string> {
  const attached = readdirSync(folder)
    .filter((name) => /\.(?:tcpdump|ip-route|ip-link|resolv\.conf)\.txt$|before\.txt$/.test(name))
    .map((name) => it.slack.upload(name, read(name), 'C1'));
  const first = it.slack.write({
    channel: 'C1',
    user: 'U2',
    text: '',
    blocks: composed('Some lookups from pods hang for 2.5 s. Captures and counters of both hosts:'),
    files: attached,
  });
  const mention = it.slack.write({
    channel: 'C1',
    user: 'U1',
    threadTs: first.ts,
    text: '<@UBOT> have a look, please',
    blocks: composed('<@UBOT> have a look, please'),
  });
  const took = await ask(
    eventBody('app_mention', mention, 'C1', 'Ev1'),
    eventBody('message', mention, 'C1', 'Ev2'),
  );
  title(`A mention in a thread with ${attached.length} snippets (acknowledged in ${took} ms)`);
  print(viewThread(it.slack.thread('C1', first.ts), names, values.open));
  return first.ts;
}

/** Someone presses the first Steps button under the answer. */
async function showSteps(ts: string): Promise<void> {
  const reply = it.slack.thread('C1', ts).find((message) => message.bot_id !== undefined);
  const value = valuesOf(reply?.blocks, 'value').find((one) => String(one).startsWith('{'));
  if (reply === undefined || value === undefined) return;
  const before = it.slack.thread('C1', ts).length;
  await ask(
    pressBody({ action_id: 'steps-a', value }, { channel: 'C1', ts: reply.ts, threadTs: ts }),
  );
  title('bo presses “Steps”');
  print(viewThread(it.slack.thread('C1', ts).slice(before), names, values.open));
}

/** Sends requests in and lets the worker run; gives how long the slowest acknowledgement took, in milliseconds. */
async function ask(...bodies: readonly string[]): Promise<number> {
  const times: number[] = [];
  for (const body of bodies) {
    const from = performance.now();
    const answer = await it.request(body);
    times.push(performance.now() - from);
    if (answer.statusCode !== 200)
      throw new Error(`Slack would have seen status ${answer.statusCode}`);
  }
  const { batchItemFailures } = await it.work();
  if (batchItemFailures.length > 0) throw new Error(it.logged.join('\n'));
  return Math.ceil(Math.max(...times));
}

function read(name: string): string {
  return readFileSync(join(folder, name), 'utf8');
}

function title(text: string): void {
  print(`\n── ${text} ${'─'.repeat(Math.max(2, 75 - text.length))}\n`);
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
