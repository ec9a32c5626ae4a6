import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseArguments } from '../functions/primitives/arguments.ts';
import { reportSchema } from '../functions/report/schema.ts';
import { root } from './support/examples.ts';

const counters = join(root, 'examples/founding/master.conntrack-S.before.txt');
const folder = mkdtempSync(join(tmpdir(), 'netdx-'));

function netdx(
  words: readonly string[],
  input = '',
  environment: Readonly<Record<string, string>> = {},
) {
  const env = { PATH: process.env.PATH ?? '', ...environment };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, 'functions/cli.ts'), ...words],
    { input, env, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

describe('the command line', () => {
  test('prints one report object as JSON and exits 0', () => {
    const { status, stdout } = netdx(['--format', 'json', counters]);
    expect(status).toBe(0);
    const report = reportSchema.parse(JSON.parse(stdout));
    expect(report.artefacts[0]).toMatchObject({
      kind: 'conntrack-stats',
      host: 'master',
      lines: [2, 3],
      source: 'master.conntrack-S.before.txt',
    });
    expect(report.timing).toBeUndefined();
  });

  test('reads standard input when there is no file, and for -', () => {
    const text = readFileSync(counters, 'utf8');
    const bare = netdx(['--format=json'], text);
    expect(JSON.parse(bare.stdout).artefacts[0].source).toBeNull();
    expect(netdx(['--format=json', '-'], text)).toEqual(bare);
  });

  test('the same input gives the same bytes; --timing adds how long it took', () => {
    expect(netdx(['--format', 'json', counters]).stdout).toBe(
      netdx(['--format', 'json', counters]).stdout,
    );
    const { timing } = JSON.parse(netdx(['--format', 'json', '--timing', counters]).stdout);
    expect(timing.total_ms).toBeGreaterThan(0);
    expect(timing.total_ms).toBeGreaterThanOrEqual(timing.parse_ms);
  });

  test.each([
    'A rose is a rose\nis a rose.\n',
    'Error: boom\n    at f (file.js:1:2)\n',
    'total 8\ndrwxr-xr-x 2 root root 4096 Nov 22 21:35 bin\n',
    '',
  ])('exits 1 on text that is no artefact, and prints the report all the same: %j', (text) => {
    const { status, stdout } = netdx(['--format', 'json'], text);
    expect(status).toBe(1);
    expect(JSON.parse(stdout).status).toBe('unrecognised');
  });

  test.each([
    [['--format', 'yaml'], /--format takes/],
    [['--nope'], /unknown option --nope/],
    [['--lang'], /--lang needs a value/],
    [['--at', 'nothing'], /--at takes HOST/],
    [[join(folder, 'absent.txt')], /absent\.txt/],
    [[folder], /EISDIR|directory/],
  ])(
    'exits 2 with one line on standard error and nothing on standard output: %j',
    (words, message) => {
      const { status, stdout, stderr } = netdx(words);
      expect(status).toBe(2);
      expect(stdout).toBe('');
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(stderr).toMatch(message);
    },
  );

  test('speaks the language asked for, else that of the environment, else English', () => {
    const language = (words: readonly string[], env: Readonly<Record<string, string>>) =>
      JSON.parse(netdx([...words, '--format', 'json', counters], '', env).stdout).language;
    expect(language([], {})).toBe('en');
    expect(language([], { LANG: 'zh_CN.UTF-8' })).toBe('zh');
    expect(language(['--lang', 'en'], { LANG: 'zh_CN.UTF-8' })).toBe('en');
    expect(language([], { LANG: 'zh_CN.UTF-8', LC_ALL: 'C' })).toBe('en');
  });

  test('colours only when told to or on a terminal', () => {
    const coloured = (words: readonly string[], env = {}) =>
      netdx([...words, counters], '', env).stdout.includes('\u001b[');
    expect(coloured([])).toBe(false);
    expect(coloured(['--color', 'always'])).toBe(true);
  });

  test('--at says where a file was taken, against its name and its prompt', () => {
    const report = JSON.parse(netdx(['--format', 'json', '--at', `web-7/eth9=${counters}`]).stdout);
    expect(report.artefacts[0]).toMatchObject({ host: 'web-7', interface: 'eth9' });
  });

  test('--runbook-base makes the links', () => {
    const report = JSON.parse(
      netdx(['--format', 'json', '--runbook-base', 'https://runbooks.example.com/net/', counters])
        .stdout,
    );
    expect(report.findings[0].runbook).toBe(
      'https://runbooks.example.com/net/conntrack-race-plain',
    );
  });

  test('reads UTF-16 with a byte order mark, as PowerShell writes it', () => {
    const file = join(folder, 'master.conntrack-S.txt');
    writeFileSync(file, Buffer.from(`\ufeff${readFileSync(counters, 'utf8')}`, 'utf16le'));
    expect(JSON.parse(netdx(['--format', 'json', file]).stdout).status).toBe('suspected');
  });

  test.each(['text', 'markdown', 'slack'])('prints %s in both languages', (format) => {
    for (const language of ['en', 'zh']) {
      const { status, stdout } = netdx(['--format', format, '--lang', language, counters]);
      expect(status).toBe(0);
      expect(stdout).toContain('58508');
    }
  });
});

test('words after -- are files, whatever they look like', () => {
  const read = parseArguments(['--', '--lang', 'x']);
  expect(read.ok && read.value.files.map(({ path }) => path)).toEqual(['--lang', 'x']);
});

describe('the other commands', () => {
  test('causes lists every page, explain shows one in either language', () => {
    const listed = JSON.parse(netdx(['causes', '--format', 'json']).stdout);
    expect(listed.map(({ cause }: { cause: string }) => cause)).toContain('vxlan-port-blocked');
    const english = netdx(['explain', 'vxlan-port-blocked', '--lang', 'en']);
    expect(english).toMatchObject({ status: 0, stdout: expect.stringContaining('Cost') });
    const chinese = netdx(['explain', 'vxlan-port-blocked', '--lang', 'zh']).stdout;
    expect(chinese).toContain('成本');
    expect(chinese).not.toMatch(/\{[a-z]/);
  });

  test('a cause that there is none of is refused, with those that sound alike', () => {
    const { status, stdout, stderr } = netdx(['explain', 'vxlan-port']);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/no cause is called vxlan-port; did you mean vxlan-port-blocked/);
  });

  test('a new rule is refused by the check until it is filled in', () => {
    const own = join(folder, 'own');
    expect(netdx(['rules', 'new', 'team/uplink-flap', own]).status).toBe(0);
    const again = netdx(['rules', 'new', 'team/uplink-flap', own]);
    expect(again).toMatchObject({ status: 2, stderr: expect.stringContaining('exists already') });
    const checked = netdx(['rules', 'check', own]);
    expect(checked.status).toBe(1);
    expect(checked.stdout).toMatch(/team\/uplink-flap.md: en: /);
  });

  test('own rules and runbooks are laid over the built-in ones', () => {
    const own = join(folder, 'over');
    const source = readFileSync(
      join(root, 'rules/conntrack/conntrack-table-full.by-dmesg.json'),
      'utf8',
    );
    const surer = source.replace('"possible"', '"likely"');
    expect(surer).not.toBe(source);
    mkdirSync(join(own, 'rules'), { recursive: true });
    writeFileSync(join(own, 'rules/conntrack-table-full.by-dmesg.json'), surer);
    const links = { 'conntrack-table-full': 'https://runbooks.example.com/table-full' };
    writeFileSync(join(own, 'runbooks.json'), JSON.stringify(links));
    const logged = '[Tue Mar  5 14:02:11 2024] nf_conntrack: table full, dropping packet\n';
    const report = (environment: Readonly<Record<string, string>>) =>
      JSON.parse(netdx(['--format', 'json'], logged, environment).stdout).findings[0];
    expect(report({})).toMatchObject({ confidence: 'possible', runbook: null });
    expect(report({ NETDX_CATALOGUE: own })).toMatchObject({
      confidence: 'likely',
      runbook: 'https://runbooks.example.com/table-full',
    });
  });
});
