import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Source } from '../functions/intake/paste.ts';
import { read } from '../functions/intake/read.ts';
import type { Report } from '../functions/report/schema.ts';
import { examine, founding, root } from './support/examples.ts';

const NAMES = readdirSync(join(root, 'examples/founding'))
  .filter((name) => name.endsWith('.txt'))
  .toSorted();
const files: readonly Source[] = NAMES.map(founding);
const article = founding('article.zh.txt').text;
const whole = files.map(({ text }) => text).join('\n\n');

/** What the founding incident is about, and what its other complaint is about; anything else is a false alarm. */
const TRUE_CAUSES = new Set(['conntrack-race-plain']);
const SSH_CAUSES = new Set(['single-client-blocked']);

describe('no disorder of the founding incident makes another cause of it', () => {
  test.each(NAMES)('%s alone', async (name) => {
    await sound([founding(name)]);
    await sound([{ name: null, text: founding(name).text }]);
  });

  test('every pair of files, in both orders', async () => {
    for (const one of files) {
      for (const other of files) if (one !== other) await sound([one, other]);
    }
  });

  test('all files in any order', async () => {
    const random = randomFrom(20_210_618);
    for (let round = 0; round < 12; round += 1) {
      const order = shuffled(files, random);
      await sound(order);
      await sound([{ name: null, text: order.map(({ text }) => text).join('\n') }]);
    }
  });

  test('any choice of files', async () => {
    const random = randomFrom(7);
    for (let round = 0; round < 30; round += 1) await sound(files.filter(() => random() < 0.5));
  });

  test.each([
    ['as Slack escapes and links them', slackMangled],
    ['with Windows line ends', (text: string) => text.replaceAll('\n', '\r\n')],
    [
      'with their indentation and runs of blanks lost',
      (text: string) => text.replace(/^[ \t]+/gm, '').replace(/[ \t]+/g, ' '),
    ],
    ['without blank lines', (text: string) => text.replace(/\n{2,}/g, '\n')],
    ['with a blank line between all lines', (text: string) => text.replaceAll('\n', '\n\n')],
    ['as a quote', (text: string) => text.replace(/^/gm, '> ')],
    ['in a pane', (text: string) => text.replace(/^(.*)$/gm, '│ $1 │')],
    [
      'with line numbers',
      (text: string) =>
        text
          .split('\n')
          .map((line, at) => `${at + 1}\t${line}`)
          .join('\n'),
    ],
    ['in one fence', (text: string) => `\`\`\`${text}\`\`\``],
    [
      'with coloured digits',
      (text: string) => text.replace(/\d+/g, '\u001b[01;31m\u001b[K$&\u001b[m\u001b[K'),
    ],
  ] as const)('%s', async (_, mangle) => {
    for (const { name, text } of files) await sound([{ name, text: mangle(text) }]);
    await sound(files.map(({ name, text }) => ({ name, text: mangle(text) })));
    await sound([{ name: null, text: mangle(whole) }]);
    const asPasted = await examine([{ name: null, text: mangle(article) }]);
    expect(conclusionsOf(asPasted)).toEqual(conclusionsOf(await examineText(article)));
  });

  test('the article cut off at any line, from either end', async () => {
    const lines = article.split('\n');
    for (let at = 0; at < lines.length; at += 1) {
      await sound([{ name: null, text: lines.slice(0, at).join('\n') }]);
      await sound([{ name: null, text: lines.slice(at).join('\n') }]);
    }
  });

  test('every file cut off at any line, and inside a line', async () => {
    const random = randomFrom(41);
    for (const { name, text } of files) {
      if (text === article) continue;
      const lines = text.split('\n');
      for (let at = 0; at < lines.length; at += 1) {
        await sound([{ name, text: lines.slice(0, at + 1).join('\n') }]);
        await sound([{ name, text: lines.slice(at).join('\n') }]);
      }
      for (let round = 0; round < 8; round += 1) {
        await sound([{ name, text: text.slice(0, Math.floor(random() * text.length)) }]);
      }
    }
  });

  test('any one line lost from a capture, beside any other capture', async () => {
    const captures = files.filter(({ name }) => name?.includes('.tcpdump.'));
    for (const one of captures) {
      const lines = one.text.split('\n');
      for (let at = 0; at < lines.length; at += 1) {
        const torn = { name: one.name, text: lines.toSpliced(at, 1).join('\n') };
        for (const other of captures) if (other !== one) await sound([torn, other]);
        await sound(files.map((file) => (file === one ? torn : file)));
      }
    }
  });

  test('everything twice, and every file twice', async () => {
    await sound([...files, ...files]);
    await sound([{ name: null, text: `${article}\n${article}` }]);
    for (const file of files) await sound([file, file]);
  });
});

describe('no text makes it throw, and the same text gives the same bytes', () => {
  test('lines in any order', async () => {
    const random = randomFrom(1_641_665_463);
    for (let round = 0; round < 25; round += 1) {
      await steady(shuffled(whole.split('\n'), random).join('\n'));
    }
  });

  test('lines grafted upon each other', async () => {
    const random = randomFrom(83);
    const lines = whole.split('\n');
    for (let round = 0; round < 25; round += 1) {
      const grafted = lines.map((line) => {
        const other = lines[Math.floor(random() * lines.length)] ?? '';
        const at = Math.floor(random() * (line.length + 1));
        return random() < 0.2 ? line.slice(0, at) + other.slice(at) : line;
      });
      await steady(grafted.join('\n'));
    }
  });

  test('characters lost, doubled and replaced', async () => {
    const random = randomFrom(99);
    const strange = [
      '\u0000',
      '\ud800',
      '\udc00',
      '\ufffd',
      '\u202e',
      '￿',
      '\r',
      '\t',
      '`',
      '<',
      '&',
      '>',
      '|',
      '[',
    ];
    for (let round = 0; round < 25; round += 1) {
      const worn = [...whole].map((c) => {
        const dice = random();
        if (dice < 0.003) return '';
        if (dice < 0.006) return c + c;
        return dice < 0.009 ? (strange[Math.floor(random() * strange.length)] ?? '') : c;
      });
      await steady(worn.join(''));
    }
  });

  test.each([
    ['nothing', ''],
    ['blanks', ' \n\t\n\r\n'],
    ['a NUL in every line', whole.replaceAll('\n', '\u0000\n')],
    ['lone surrogates', whole.replaceAll(' ', '\ud83d ')],
    ['UTF-16 read as bytes', [...article.slice(0, 4000)].join('\u0000')],
    ['all bytes', Array.from({ length: 4096 }, (_, at) => String.fromCharCode(at % 256)).join('')],
    [
      'all of the first plane',
      Array.from({ length: 65_536 }, (_, at) => String.fromCharCode(at)).join(''),
    ],
    [
      'names of every object',
      '__proto__: constructor toString\ncpu=0 __proto__=1 constructor=2 found=3 invalid=1 insert=0\nconstructor:\n',
    ],
  ])('%s', async (_, text) => {
    await steady(text);
  });

  test('seeded noise', async () => {
    const random = randomFrom(5);
    for (let round = 0; round < 20; round += 1) {
      const codes = Array.from({ length: 3000 }, () => Math.floor(random() * 0x300));
      await steady(String.fromCharCode(...codes));
    }
  });
});

const HEADER =
  '10:00:00.100000 IP (tos 0x0, ttl 64, id 1, offset 0, flags [DF], proto UDP (17), length 59)';

/** Texts that would take hours where a pattern backtracks; the bound is a hundred times what they need. */
const LONG = 800_000;
const TRAPS: readonly (readonly [string, string])[] = [
  ['one line of letters', 'a'.repeat(1_048_576)],
  ['one line of digits', '7'.repeat(1_048_576)],
  ['one line of words', 'cpu=0 found=1 '.repeat(75_000)],
  [
    'one packet for ever',
    `10:00:00.100000 IP 10.0.0.7.53 > 10.0.0.9.53: 1 ${'A? a. '.repeat(LONG / 6)}`,
  ],
  ...[
    '<http',
    '<http://',
    '<http://a|',
    '<http://a|b>',
    '<@U1|',
    '<mailto:',
    '<<<>',
    '&amp;',
    '\u001b[',
    '\u001b]0;',
    '[31m',
    '```',
    '> ',
    '| ',
    '- ',
    '1. ',
    '(',
    '[',
    'a.b:',
    '0x0000:  ',
    'host ',
    'ssh: connect to host ',
    'nexthop via ',
    'nf_conntrack: table full',
    'kernel: ',
    '/proc/sys/net/',
    'root@a:',
    '机器 ',
    ':',
    '_',
    '*',
    '\t',
    ' ',
  ].flatMap((piece): readonly (readonly [string, string])[] => {
    const line = piece.repeat(Math.ceil(LONG / piece.length));
    return [
      [`${JSON.stringify(piece)} in one line`, line],
      [`${JSON.stringify(piece)} in lines of 16,000`, `${broken(line, 16_000)}x`],
      [`${JSON.stringify(piece)} in lines of 500`, broken(line, 500)],
    ];
  }),
  ['blanks between two letters', broken(`- a${' '.repeat(15_990)}x|`.repeat(50), 15_994)],
  ['a header in every line', `${HEADER}\n`.repeat(8_000)],
  [
    'one question for ever',
    `${HEADER}\n    10.0.0.7.4000 > 10.0.0.9.53: 7+ A? a.example.com. (31)\n`.repeat(6_000),
  ],
  [
    'a packet in every line',
    `${'10:00:00.100000 IP 10.0.0.7.53 > 10.0.0.9.53: UDP, length 9\n'.repeat(13_000)}`,
  ],
];

test.each(TRAPS)('%s is read in linear time', (_, text) => {
  const started = performance.now();
  read([{ name: null, text }]);
  expect(performance.now() - started).toBeLessThan(3000);
});

test.each([
  ['nothing', ''],
  [
    'a poem',
    'Under the bridge the water goes,\nfrom where it came nobody knows:\nit drops, it finds, it is restarted,\nand no two drops are ever parted.\n\nRoute me home by evening light.\n',
  ],
  [
    'a stack trace',
    "TypeError: Cannot read properties of undefined (reading 'host')\n    at lookup (/srv/app/resolve.js:41:17)\n    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)\n    at async Server.<anonymous> (/srv/app/server.js:12:3)\n",
  ],
  [
    'a Java stack trace',
    'java.lang.IllegalStateException: the basket is closed\n\tat java.base/java.util.Objects.requireNonNull(Objects.java:233)\n\tat com.example.shop.Client.call(Client.java:88)\n\t... 14 more\n',
  ],
  [
    'ls -l',
    'total 24\ndrwxr-xr-x 2 root root 4096 Nov  3 10:01 conf.d\n-rw-r--r-- 1 root root  220 Nov  3 10:01 nginx.conf\nlrwxrwxrwx 1 root root   39 Nov  3 10:01 resolv.conf -> ../run/systemd/resolve/stub-resolv.conf\n',
  ],
  [
    'a chat',
    'ann: is DNS slow for you too?\nbob: yes, since 14:20:11\nann: ok, I will look at the node\n',
  ],
  ['numbers', '1\n2\n3\n4.19.0\n10.0.0.1\n'],
  ['a table of versions', 'kernel 5.10\nalpine 3.12\nk3s v1.20.5+k3s1\n'],
])('%s is not recognised', async (_, text) => {
  const report = await examineText(text);
  expect(report.status).toBe('unrecognised');
  expect(report.artefacts).toEqual([]);
  expect(report.findings).toEqual([]);
});

/** A report that accuses nothing but what happened; `possible` is no accusation. */
async function sound(sources: readonly Source[]): Promise<void> {
  const report = await examine(sources);
  const hasSsh = sources.some(({ text }) => /ssh: connect/.test(text));
  const allowed = hasSsh ? new Set([...TRUE_CAUSES, ...SSH_CAUSES]) : TRUE_CAUSES;
  const accused = accusedIn(report).filter((cause) => !allowed.has(cause));
  expect(accused, sources.map(({ name, text }) => name ?? text.slice(0, 200)).join(' + ')).toEqual(
    [],
  );
}

function accusedIn({ findings }: Report): readonly string[] {
  return findings
    .filter(({ role, confidence }) => role === 'root-cause' && confidence !== 'possible')
    .map(({ cause }) => cause);
}

function examineText(text: string): Promise<Report> {
  return examine([{ name: null, text }]);
}

function conclusionsOf({ status, findings }: Report): unknown {
  return [
    status,
    findings.map(({ cause, role, confidence, where }) => [cause, role, confidence, where]),
  ];
}

async function steady(text: string): Promise<void> {
  const first = JSON.stringify(await examineText(text));
  expect(JSON.stringify(await examineText(text))).toBe(first);
}

function slackMangled(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/\b[\w.-]+@[\w.-]+\b/g, '<mailto:$&|$&>')
    .replace(/\b(?:[a-z]+\.)+(?:cn|com|local)\b/g, '<http://$&|$&>');
}

function broken(text: string, width: number): string {
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += width) lines.push(text.slice(at, at + width));
  return lines.join('\n');
}

function shuffled<T>(list: readonly T[], random: () => number): readonly T[] {
  const out = [...list];
  for (let at = out.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    const [a, b] = [out[at], out[other]];
    if (a !== undefined && b !== undefined) [out[at], out[other]] = [b, a];
  }
  return out;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
