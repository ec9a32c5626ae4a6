import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type {
  FactType,
  FactValue,
  Local,
  OwnPlace,
  Parsed,
} from '../functions/artefacts/define.ts';
import * as index from '../functions/artefacts/index.ts';
import { compactJson, jsonable } from './support/compact-json.ts';

/** A kind seen without its content type, so that one loop can run all of them. */
interface Kind {
  readonly kind: string;
  readonly first?: string;
  readonly recognise: (line: string) => 'strong' | 'weak' | 'none';
  readonly continues?: (line: string) => boolean;
  readonly parse: (lines: readonly string[]) => Parsed<unknown> | undefined;
  readonly size: (content: never) => { readonly count: number };
  readonly place?: (content: never) => OwnPlace;
  readonly facts: Readonly<
    Record<string, { readonly type: FactType; readonly of: (content: never) => Local<FactValue> }>
  >;
}

interface Sample {
  readonly kind: string;
  readonly path: string;
  readonly lines: readonly string[];
}

const kinds: readonly Kind[] = index.kinds;
const folder = new URL('artefacts/', import.meta.url);
const samples = kinds.flatMap(({ kind }) => samplesOf(kind));
const JS_TYPE = { count: 'number', flag: 'boolean', label: 'string', list: 'object' } as const;

describe.each(kinds)('$kind', (kind) => {
  const own = samples.filter((sample) => sample.kind === kind.kind);

  test('has two samples or more', () => {
    expect(own.length).toBeGreaterThanOrEqual(2);
  });

  test.each(own)('$path is recognised before every other kind', ({ lines }) => {
    const others = kinds.filter((other) => other !== kind);
    const rivals = others.map((other) => ({ kind: other.kind, share: shareOf(other, lines) }));
    const share = shareOf(kind, lines);
    expect(rivals.filter((rival) => share - rival.share < 0.2)).toEqual([]);
    expect(share).toBeGreaterThan(0);
  });

  test('knows no line that begins with another character than it says', () => {
    const { first } = kind;
    if (first === undefined) return;
    const known = samples
      .flatMap(({ lines }) => lines)
      .flatMap((line) => [line, line.trimStart().slice(1)])
      .filter((line) => kind.recognise(line) !== 'none');
    expect(known.filter((line) => !first.includes(line.trimStart().charAt(0)))).toEqual([]);
  });

  test.each(own)('$path is read as written beside it', async ({ path, lines }) => {
    const expected = new URL(path.replace(/txt$/, 'json'), folder).pathname;
    await expect(`${compactJson(readingOf(kind, lines))}\n`).toMatchFileSnapshot(expected);
  });

  test.each(own)(
    '$path cut off anywhere is read or refused, and never beyond its end',
    ({ lines }) => {
      expect(readingOf(kind, lines)).not.toBeNull();
      for (const cut of cutsOf(lines)) expectSound(kind, cut);
    },
  );

  test('reads its samples shuffled and spliced with all others without throwing', () => {
    const random = randomFrom(20_260_303);
    const foreign = samples.flatMap(({ lines }) => lines);
    for (const { lines } of own) {
      for (let round = 0; round < 20; round += 1) {
        expectSound(kind, shuffled(lines, random));
        expectSound(kind, shuffled([...lines, ...pick(foreign, 12, random)], random));
        expectSound(
          kind,
          pick(foreign, 20, random).map((line) => spliced(line, foreign, random)),
        );
      }
    }
  });

  test('reads nothing out of nothing', () => {
    expect(kind.parse([])).toBeUndefined();
    expect(kind.parse(['', ' ', '\t'])).toBeUndefined();
    expect(kind.recognise('')).toBe('none');
  });
});

test('every folder of samples belongs to a kind', () => {
  const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  const named = new Set(kinds.map(({ kind }) => kind));
  expect(folders.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([]);
});

// What looks like a kind and is not; each line was chosen because a looser pattern would take it.
test.each([
  ['conntrack-stats', 'cpu=2 memory=4Gi'],
  ['conntrack-stats', 'entries  allocs destroys hash_grows lookups hits res_failed'],
  ['conntrack-stats', 'found=3 of 4 hosts'],
  ['conntrack-count', '10.42.0.16'],
  ['conntrack-count', '3 entries'],
  ['neighbour-count', '1024'],
  ['neighbour-count', '12 failed'],
  ['neighbour-count', '10.0.0.7 dev eth0 FAILED'],
  ['sysctl', 'net.ipv4.ip_forward is 0 on that node, which is = wrong'],
  ['sysctl', 'net income = 5'],
  ['sysctl', 'method=auto'],
  ['sysctl', 'ipv4.method:                            auto'],
  ['sysctl', 'connection.id = eth0'],
  ['sysctl', 'core.bare=false'],
  ['sysctl', 'net.sf.cache.timeout = 30'],
  ['sysctl', 'error: pathspec is an unknown key'],
  ['dmesg', '[1595037214.261234] 64 bytes from 10.0.0.1: icmp_seq=1 ttl=64 time=0.4 ms'],
  ['dmesg', '[1595037214.261234]\t    [NEW] udp      17 30 src=10.0.0.1 dst=10.0.0.2'],
  [
    'dmesg',
    '[Mon Jan  3 14:21:47 2022] [error] [client 10.0.0.1] File does not exist: /favicon.ico',
  ],
  ['dmesg', '[INFO] 10.42.0.16:41234 - 25419 "A IN example.com. udp 43 false 512" NOERROR'],
  ['dmesg', 'Jan  3 14:21:48 node-b sshd[811]: Accepted publickey for ops from 10.0.0.9'],
  ['dmesg', '14:21:47.819323 IP 10.0.0.1.53 > 10.0.0.2.41234: 25419 1/0/0 A 192.0.2.1 (43)'],
  ['dmesg', 'we saw table full, dropping packet in the messages'],
  ['uname', 'Linux kernel 4.19 has the change, 4.9 has not'],
  ['uname', '192.0.2.1'],
  ['uname', 'nginx: 1.18.0'],
  ['uname', '[    0.000000] Linux version 5.4.0-42-generic (buildd@builder) #46-Ubuntu SMP'],
  ['kubectl', 'coredns is 1/1 Running and 5d old'],
  ['kubectl', 'total 4h 12m Warning Timeout'],
  ['kubectl', '10.0.0.7:443 up 5d'],
])('%s does not claim: %s', (name, line) => {
  const kind = kinds.find((one) => one.kind === name);
  expect(kind?.recognise(line)).toBe('none');
});

// One line says too little in these: other programs print the like, so a neighbour or the command must confirm it.
test.each([
  ['conntrack-stats', `00000012${'  0000000a'.repeat(12)}`],
  ['conntrack-count', '48211'],
  ['neighbour-count', '12 FAILED'],
  ['sysctl', 'user.name=Alice'],
  ['sysctl', 'fs.defaultFS=hdfs://nn.example.com:8020'],
  ['uname', '4.9.0-13-amd64'],
  ['uname', 'Kernel Version: 5.4.0-42-generic'],
  ['kubectl', 'NAME      UUID                                  TYPE      DEVICE'],
  ['kubectl', 'NAME           STATUS   AUTOSTART   PERSISTENT'],
])('%s asks for more than: %s', (name, line) => {
  const kind = kinds.find((one) => one.kind === name);
  expect(kind?.recognise(line)).toBe('weak');
});

test('reading time grows with the length of hostile lines, not with its square', () => {
  const pieces = [
    'cpu=0 found=',
    ' ',
    '\t',
    '[',
    '0',
    '#',
    '=',
    'net.',
    'kernel: ',
    'nf_conntrack: table full',
    '/',
  ];
  const time = (count: number) => {
    const texts = pieces.map((piece) => piece.repeat(count));
    const start = performance.now();
    for (const kind of kinds) {
      for (const text of texts) {
        kind.recognise(text);
        kind.parse([text, `cpu=0 found=1 ${text}`]);
        kind.parse(Array.from({ length: count / 20 }, (_, at) => `cpu=${at} found=1`));
      }
    }
    return performance.now() - start;
  };
  time(2_000);
  const short = Math.max(time(20_000), 5);
  expect(time(80_000)).toBeLessThan(short * 12);
  // Only the growth is judged: a busy machine may take its time.
}, 240_000);

function samplesOf(kind: string): readonly Sample[] {
  const at = new URL(`${kind}/`, folder);
  if (!existsSync(at)) return [];
  const names = readdirSync(at).filter((name) => name.endsWith('.txt'));
  return names.sort().map((name) => {
    const text = readFileSync(new URL(name, at), 'utf8');
    return { kind, path: `${kind}/${name}`, lines: text.replace(/\n$/, '').split('\n') };
  });
}

/** Lines a kind claims, a weak one at half, of all lines that are not blank. */
function shareOf(kind: Kind, lines: readonly string[]): number {
  const worth = { strong: 1, weak: 0.5, none: 0 };
  const written = lines.filter((line) => line.trim() !== '');
  const claimed = written.reduce((sum, line) => sum + worth[kind.recognise(line)], 0);
  return claimed / written.length;
}

function readingOf(kind: Kind, lines: readonly string[]) {
  const parsed = kind.parse(lines);
  if (parsed === undefined) return null;
  const content = parsed.content as never;
  const facts = Object.entries(kind.facts).map(([name, fact]) => [name, fact.of(content)]);
  return jsonable({
    content,
    facts: Object.fromEntries(facts),
    place: kind.place?.(content),
    unread: parsed.unread,
    truncated: parsed.truncated ?? false,
  });
}

function expectSound(kind: Kind, lines: readonly string[]): void {
  for (const line of lines) {
    kind.recognise(line);
    kind.continues?.(line);
  }
  const parsed = kind.parse(lines);
  if (parsed === undefined) return;
  const content = parsed.content as never;
  kind.place?.(content);
  expect(kind.size(content).count).toBeGreaterThanOrEqual(0);
  expect(outside(parsed.unread, lines.length)).toEqual([]);
  expect([...new Set(parsed.unread)].sort((a, b) => a - b)).toEqual(parsed.unread);
  for (const fact of Object.values(kind.facts)) {
    const value = fact.of(content);
    if (!value.known) continue;
    expect(outside(value.lines, lines.length)).toEqual([]);
    expect(typeof value.value).toBe(JS_TYPE[fact.type]);
  }
}

function outside(numbers: readonly number[], last: number): readonly number[] {
  return numbers.filter((line) => !Number.isInteger(line) || line < 1 || line > last);
}

/** Every prefix of the lines, and the prefix that ends in the middle of each line. */
function cutsOf(lines: readonly string[]): readonly (readonly string[])[] {
  return lines.flatMap((line, at) => [
    lines.slice(0, at),
    [...lines.slice(0, at), line.slice(0, Math.floor(line.length / 2))],
    [...lines.slice(0, at), line.slice(0, -1)],
  ]);
}

/** Numbers from 0 to 1 that are the same on every run (a linear congruential generator, Numerical Recipes). */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function pick<T>(from: readonly T[], count: number, random: () => number): readonly T[] {
  return Array.from({ length: count }, () => from[Math.floor(random() * from.length)]).filter(
    (one) => one !== undefined,
  );
}

function shuffled(lines: readonly string[], random: () => number): readonly string[] {
  return lines
    .map((line) => ({ line, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ line }) => line);
}

function spliced(line: string, others: readonly string[], random: () => number): string {
  const other = pick(others, 1, random)[0] ?? '';
  return (
    line.slice(0, Math.floor(random() * line.length)) +
    other.slice(Math.floor(random() * other.length))
  );
}
