import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const guides = ['README.md', 'DEPLOY.md', 'CONTRIBUTING.md'] as const;
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe.each(guides)('%s', (guide) => {
  const text = read(guide);

  test('links to files and headings that exist', () => {
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    const broken = links.filter(([, path = '', heading]) => {
      const file = path === '' ? guide : join(dirname(guide), path);
      if (!existsSync(join(root, file))) return true;
      return heading !== undefined && !headingsOf(read(file)).includes(heading);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  test('names only npm scripts that exist', () => {
    const { scripts } = JSON.parse(read('package.json'));
    const named = [...text.matchAll(/\bnpm run (?:-s |--silent )?([a-z][a-z-]*)/g)];
    expect(named.map(([, name = '']) => name).filter((name) => !(name in scripts))).toEqual([]);
  });
});

test('the README stays short, and its pictures small', () => {
  expect(read('README.md').split('\n').length).toBeLessThanOrEqual(330);
  for (const name of readdirSync(join(root, 'docs')))
    expect([name, statSync(join(root, 'docs', name)).size < 200_000]).toEqual([name, true]);
});

test('what the README shows of the terminal is what the terminal shows', () => {
  const [, command = '', shown = ''] =
    /^\$ npm run -s netdx -- (.+)\n([\s\S]+?)^```$/m.exec(read('README.md')) ?? [];
  const { stdout } = spawnSync('sh', ['-c', `"$0" functions/cli.ts ${command}`, process.execPath], {
    cwd: root,
    encoding: 'utf8',
  });
  const printed = new Set(stdout.split('\n').map((line) => line.trimEnd()));
  const lines = shown.split('\n').filter((line) => line !== '…');
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.filter((line) => !printed.has(line.trimEnd()))).toEqual([]);
});

describe('the guide to deploying', () => {
  const guide = read('DEPLOY.md');

  test('adds its costs up', () => {
    const [, table = ''] = guide.split('## What it costs');
    const rows = [...table.matchAll(/^\|[^|]+\|[^|]+\| (\d+\.\d\d) \|$/gm)];
    const total = /\*\*(\d+\.\d\d)\*\*/.exec(table)?.[1];
    expect(rows.length).toBeGreaterThan(5);
    expect(rows.reduce((sum, [, cost]) => sum + Number(cost), 0)).toBeCloseTo(Number(total), 5);
  });

  test('names the parameters that the functions read', () => {
    const read_ = [...read('serverless.yml').matchAll(/'\/netdx\/\$\{sls:stage\}\/([\w-]+)'/g)];
    const wanted = read_.map(([, name]) => `/netdx/dev/${name}`).toSorted();
    const named = [...guide.matchAll(/\/netdx\/dev\/[\w-]+/g)].map(([name]) => name);
    expect([...new Set(named)].toSorted()).toEqual(wanted);
  });

  test('tells of every setting, and of none that nothing reads', () => {
    const [, section = ''] = guide.split('## Settings');
    const [table = ''] = section.split('\n## ');
    const told = [...table.matchAll(/`((?:NETDX|SLACK)_[A-Z_]+)`/g)].map(([, name]) => name ?? '');
    const sources = [
      'serverless.yml',
      ...filesBelow('functions/adapters', /settings\.ts$/),
      ...filesBelow('scripts', /^(?:start|build)\.ts$/),
    ].map(read);
    const mentioned = sources.flatMap((source) =>
      [...source.matchAll(/\b(?:env[.:]\s?|process\.env\.)((?:NETDX|SLACK)_[A-Z_]+)/g)].map(
        ([, name]) => name ?? '',
      ),
    );
    expect(mentioned.filter((name) => !told.includes(name))).toEqual([]);
    const unread = told.filter((name) => !sources.some((source) => source.includes(name)));
    expect(unread).toEqual([]);
  });
});

function filesBelow(folder: string, name: RegExp): readonly string[] {
  return readdirSync(join(root, folder))
    .filter((file) => name.test(file))
    .map((file) => join(folder, file));
}

/** As GitHub names the anchors of headings. */
function headingsOf(text: string): readonly string[] {
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}
