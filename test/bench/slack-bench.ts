import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildLambdas } from '../../scripts/build.ts';
import { bot } from '../support/bot.ts';
import { loadLambdas } from '../support/built.ts';
import { commandBody, eventBody } from '../support/slack-events.ts';

/**
 * Times what people in Slack wait for, on the bundles as they are deployed: how much longer than an empty handler the
 * receiving Lambda takes to start, how long it takes to acknowledge, and from a paste to the posted answer, with Slack
 * and AWS in this process.
 */
const ROUNDS = 15;
/** The start of a process varies by a third from one to the next: of fewer, the median is another one each time. */
const STARTS = 61;
const root = join(import.meta.dirname, '..', '..');
const folder = mkdtempSync(join(tmpdir(), 'netdx-slack-bench-'));
try {
  await run();
} finally {
  rmSync(folder, { recursive: true });
}

async function run(): Promise<void> {
  const { bundles } = await buildLambdas(folder);
  for (const [what, most, ...files] of [
    ['ingest bundle', 'at most 250', 'index.cjs', 'forms.cjs'],
    ['loaded at its start', '', 'index.cjs'],
  ] as const) {
    const sizes = bundles
      .filter(({ file }) => files.some((name) => file.endsWith(`slack/${name}`)))
      .map(({ bytes }) => bytes);
    print(what, `${(sizes.reduce((sum, one) => sum + one, 0) / 1000).toFixed(0)} kB`, most);
  }

  const empty = join(folder, 'empty.cjs');
  writeFileSync(empty, 'exports.handler = async () => ({ statusCode: 200 });\n');
  const starts: { empty: number[]; ingest: number[] } = { empty: [], ingest: [] };
  for (let round = 0; round < STARTS; round += 1) {
    starts.empty.push(startOf(empty));
    starts.ingest.push(startOf(join(folder, 'slack', 'index.cjs')));
  }
  const [bare, whole] = [median(starts.empty), median(starts.ingest)];
  print('start of an empty handler', `${bare.toFixed(0)} ms`);
  print('start of the ingest handler', `${whole.toFixed(0)} ms`);
  print('ratio', (whole / bare).toFixed(2), 'at most 1.6');

  const lambdas = loadLambdas(folder);
  const it = bot(lambdas, lambdas.diagnose.coreIn(join(folder, 'diagnose'), null));
  const acknowledged: number[] = [];
  for (let round = 0; round < 200; round += 1) {
    const event = it.signed(commandBody('cpu=0 found=1', it.slack.responseUrl('r'), `t${round}`));
    const from = performance.now();
    await it.ingest(event);
    acknowledged.push(performance.now() - from);
  }
  it.queue.take();
  print('warm acknowledgement', `${median(acknowledged).toFixed(2)} ms`, 'at most 20');

  const answered: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const mention = it.slack.write({
      channel: 'C1',
      user: 'U1',
      text: '<@UBOT>',
      files: foundingFiles().map(({ name, text }) => it.slack.upload(name, text, 'C1')),
    });
    const from = performance.now();
    await it.request(eventBody('message', mention, 'C1', `Ev${round}`, { subtype: 'file_share' }));
    const { batchItemFailures } = await it.work();
    answered.push(performance.now() - from);
    const posted = it.slack
      .thread('C1', mention.ts)
      .some((one) => one.text.startsWith('Root cause'));
    if (batchItemFailures.length > 0 || !posted) throw new Error('no answer was posted');
  }
  print('paste to posted answer', `${median(answered).toFixed(0)} ms`, 'at most 100');
}

/** Milliseconds from the start of a process until it has loaded a handler; how long it then takes to end is nobody's wait. */
function startOf(file: string): number {
  const load = `require(${JSON.stringify(file)}); process.stdout.write(String(performance.now()))`;
  const { stdout, status } = spawnSync(process.execPath, ['-e', load], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${file} does not load`);
  return Number(stdout);
}

function foundingFiles() {
  const place = join(root, 'examples', 'founding');
  const names = readdirSync(place).filter((name) => name.endsWith('.txt'));
  return names.map((name) => ({ name, text: readFileSync(join(place, name), 'utf8') }));
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function print(what: string, value: string, wanted = ''): void {
  const line = `${what.padEnd(30)}${value.padStart(10)}   ${wanted}`;
  process.stdout.write(`${line.trimEnd()}\n`);
}
