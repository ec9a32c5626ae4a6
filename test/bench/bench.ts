import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeCapture } from './make-capture.ts';
import type { Measured } from './measure.ts';

/**
 * Times netdx beside tcpdump and tshark on the same packets, in turns in one run, so that the ratios hold on any machine.
 * netdx is timed within a fresh process, from the file's first byte; the tools from start to end.
 */
const PACKETS = 300_000;
/** So many print 100 MB of text. */
const MANY = 535_000;
const ROUNDS = 5;

const folder = mkdtempSync(join(tmpdir(), 'netdx-bench-'));
try {
  run();
} finally {
  rmSync(folder, { recursive: true });
}

function run(): void {
  const pcap = join(folder, 'whole.pcap');
  const half = join(folder, 'half.pcap');
  const text = join(folder, 'whole.txt');
  const large = join(folder, 'large.pcap');
  const largeText = join(folder, 'large.txt');
  const lossyText = join(folder, 'lossy.txt');
  const halfText = join(folder, 'half.txt');
  writeCapture(pcap, PACKETS);
  writeCapture(half, PACKETS / 2);
  if (!has('tcpdump')) throw new Error('the bench needs tcpdump, to print the text that is read');
  print(pcap, text);
  print(half, halfText);
  writeCapture(large, MANY);
  print(large, largeText);
  rmSync(large);
  const lossy = withoutSomeAnswers(readFileSync(text, 'latin1'));
  writeFileSync(lossyText, lossy.text);
  console.log(
    `${PACKETS} DNS packets, ${megabytes(pcap)} MB of pcap, ${megabytes(text)} MB of text`,
  );
  console.log(`medians of ${ROUNDS} rounds, tools and netdx in turns\n`);

  const rows: Record<string, number[]> = {};
  const add = (name: string, value: number) => {
    rows[name] = [...(rows[name] ?? []), value];
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    add(
      'tcpdump prints',
      timed(() => print(pcap, '/dev/null')),
    );
    if (has('tshark'))
      add(
        'tshark reads',
        timed(() => quietly('tshark', ['-r', pcap])),
      );
    for (const [name, file, packets] of [
      ['text', text, PACKETS],
      ['half the text', halfText, PACKETS / 2],
      ['pcap', pcap, PACKETS],
      ['text with losses', lossyText, lossy.packets],
      ['100 MB of text', largeText, MANY],
    ] as const) {
      const measured = measure(file, packets);
      add(`netdx reads the ${name}`, measured.read);
      add(`netdx reads and diagnoses the ${name}`, measured.whole);
      add(`${name}, MB of memory`, measured.memory);
    }
  }
  const median = (name: string) => medianOf(rows[name] ?? []);
  for (const [name, values] of Object.entries(rows)) {
    const unit = name.endsWith('memory') ? 'MB' : 'ms';
    const [least, most] = [Math.min(...values), Math.max(...values)];
    console.log(
      `${name.padEnd(50)}${median(name).toFixed(0).padStart(7)} ${unit}  (${least.toFixed(0)}–${most.toFixed(0)})`,
    );
  }
  console.log('');
  const whole = 'netdx reads and diagnoses the';
  ratio(
    'text: tcpdump / netdx (1 or more wanted)',
    median('tcpdump prints') / median(`${whole} text`),
  );
  if (has('tshark'))
    ratio(
      'text: tshark / netdx (2.5 or more wanted)',
      median('tshark reads') / median(`${whole} text`),
    );
  ratio(
    'pcap: tcpdump / netdx (1 or more wanted)',
    median('tcpdump prints') / median(`${whole} pcap`),
  );
  ratio(
    'text: whole / half (2 is linear)',
    median(`${whole} text`) / median(`${whole} half the text`),
  );
  ratio(
    `memory of ${megabytes(largeText)} MB of text, GB (1 or less wanted)`,
    median('100 MB of text, MB of memory') / 1000,
  );
}

/** One answer in a hundred is taken out, so that every client has lost something and everything of it must be followed. */
function withoutSomeAnswers(text: string): { readonly text: string; readonly packets: number } {
  const lines = text.split('\n');
  let answers = 0;
  const kept = lines.filter((line, at) => {
    const body = at % 2 === 0 ? (lines[at + 1] ?? '') : line;
    if (!body.startsWith('    10.43.0.10.53')) return true;
    answers += at % 2;
    return (answers + 1 - (at % 2)) % 100 !== 0;
  });
  return { text: kept.join('\n'), packets: Math.floor(kept.length / 2) };
}

function ratio(name: string, value: number): void {
  console.log(`${name.padEnd(50)}${value.toFixed(2).padStart(7)}`);
}

function measure(file: string, wanted: number): Measured {
  const program = join(import.meta.dirname, 'measure.ts');
  const measured = JSON.parse(
    execFileSync(process.execPath, [program, file], { encoding: 'utf8' }),
  ) as Measured;
  if (measured.packets !== wanted)
    throw new Error(`${file}: ${measured.packets} packets were read, not ${wanted}`);
  return measured;
}

function print(pcap: string, target: string): void {
  const out = openSync(target, 'w');
  execFileSync('tcpdump', ['-r', pcap, '-nn', '-v'], { stdio: ['ignore', out, 'ignore'] });
  closeSync(out);
}

function quietly(program: string, args: readonly string[]): void {
  execFileSync(program, args, { stdio: 'ignore' });
}

function has(program: string): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

function megabytes(path: string): string {
  return (statSync(path).size / 1e6).toFixed(0);
}
