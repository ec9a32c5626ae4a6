import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { kinds } from '../functions/artefacts/index.ts';
import { joins } from '../functions/facts/index.ts';
import { generatedFiles } from '../scripts/generated.ts';
import { core, type Layer, may } from '../scripts/layers.ts';

const root = join(import.meta.dirname, '..');
const functions = join(root, 'functions');

const sources = readdirSync(functions, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(join(functions, file), 'utf8') }));

/** Every import of a file: bare names as they are, relative ones as paths below functions/. */
function importsOf(file: string, text: string): readonly string[] {
  const specifiers = [
    ...text.matchAll(/^(?:import|export)\s[^;]*?from '([^']+)'/gm),
    ...text.matchAll(/^import '([^']+)'/gm),
  ];
  return specifiers.map(([, specifier = '']) =>
    specifier.startsWith('.')
      ? relative(functions, resolve(functions, dirname(file), specifier))
      : specifier,
  );
}

function layerOf(path: string): string {
  return path.includes('/') ? (path.split('/')[0] ?? '') : 'entry';
}

/** What artefact kinds have in common; no kind may import another, and these are none. */
const SHARED: ReadonlySet<string> = new Set([
  'dated-certificate',
  'cluster',
  'define',
  'digest',
  'dnat',
  'evidence',
  'firewall-rule',
  'index',
  'ip-json',
  'kernel-drop',
  'links',
  'logged-packet',
  'packet',
  'packet-draft',
  'protocol-numbers',
  'service-ports',
]);

/** Of those, what knows every kind: a kind that imported it would import the others. */
const KNOW_ALL: ReadonlySet<string> = new Set(['evidence', 'index']);

describe('the import table', () => {
  test.each(sources)('$file imports only what its layer may', ({ file, text }) => {
    const layer = layerOf(file);
    if (layer === 'entry') return expect(text.length).toBeGreaterThan(0);
    const allowed: readonly string[] = may[layer as Layer];
    const refused = importsOf(file, text).filter((path) => {
      if (!path.endsWith('.ts'))
        return core.includes(layer as Layer) && !CORE_PACKAGES[path]?.includes(file);
      const other = layerOf(path);
      return other !== layer && !allowed.includes(other);
    });
    expect(refused).toEqual([]);
  });

  test('no artefact kind imports another', () => {
    const own = (path: string) => path.replace(/^artefacts\//, '').replace(/(?:\/.*|\.ts)$/, '');
    const crossing = sources
      .filter(({ file }) => layerOf(file) === 'artefacts' && !SHARED.has(own(file)))
      .flatMap(({ file, text }) =>
        importsOf(file, text)
          .filter(
            (path) =>
              layerOf(path) === 'artefacts' &&
              own(path) !== own(file) &&
              (!SHARED.has(own(path)) || KNOW_ALL.has(own(path))),
          )
          .map((path) => `${file} → ${path}`),
      );
    expect(crossing).toEqual([]);
  });

  test('a planted violation is refused by the linter', () => {
    const folder = mkdtempSync(join(functions, 'primitives', 'planted-'));
    try {
      const file = join(folder, 'planted.ts');
      writeFileSync(
        file,
        "import { factTable } from '../../facts/index.ts';\n\nexport const planted = factTable;\n",
      );
      expect(() =>
        execFileSync(join(root, 'node_modules/.bin/biome'), ['lint', file], {
          cwd: root,
          encoding: 'utf8',
          stdio: 'pipe',
        }),
      ).toThrow(/primitives\/ may import: itself/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('nothing imports an entry point', () => {
    const entries = new Set(
      sources.map(({ file }) => file).filter((file) => layerOf(file) === 'entry'),
    );
    const importers = sources.filter(({ file, text }) =>
      importsOf(file, text).some((path) => entries.has(path)),
    );
    expect(importers.map(({ file }) => file)).toEqual([]);
  });
});

/** What core layers may take from npm, and where. */
const CORE_PACKAGES: Readonly<Record<string, readonly string[]>> = {
  zod: [
    'catalogue/rule.ts',
    'catalogue/vantage-rule.ts',
    'catalogue/page.ts',
    'catalogue/note.ts',
    'catalogue/runbooks.ts',
    'facts/kernel-fixes.ts',
    'report/schema.ts',
  ],
  yaml: [
    'artefacts/kubectl-object/tree.ts',
    'catalogue/note.ts',
    'catalogue/runbooks.ts',
    'catalogue/page.ts',
  ],
  'json-rules-engine': ['diagnosis/engine.ts'],
};

describe('files', () => {
  test.each(sources)('$file keeps within its length', ({ file, text }) => {
    const lines = text.split('\n').length - 1;
    expect(lines).toBeLessThanOrEqual(layerOf(file) === 'entry' ? 70 : 400);
  });

  test('core layers know no clock and no chance', () => {
    const impure = sources.filter(
      ({ file, text }) =>
        core.includes(layerOf(file) as Layer) &&
        /\bDate\.now\b|Math\.random|new Date\(|performance\.now|process\./.test(text),
    );
    expect(impure.map(({ file }) => file)).toEqual([]);
  });

  test('no banned file names, and "artefact" is spelt the British way', () => {
    expect(
      sources.filter(({ file }) =>
        /(?:^|\/)(?:utils?|helpers?|common|types|constants)\.ts$/.test(file),
      ),
    ).toEqual([]);
    expect(
      sources
        .filter(({ text }) => /artifact/i.test(text.replaceAll('package.artifact', '')))
        .map(({ file }) => file),
    ).toEqual([]);
  });
});

describe('lists', () => {
  test('each artefact file stands in the list, each kind once', () => {
    const files = sources
      .map(({ file }) => file)
      .filter(
        (file) =>
          /^artefacts\/[^/]+\.ts$/.test(file) &&
          !SHARED.has(file.slice('artefacts/'.length, -'.ts'.length)),
      );
    const folders = sources
      .map(({ file }) => file)
      .filter((file) => /^artefacts\/[^/]+\/index\.ts$/.test(file));
    const names = [
      ...files.map((file) => file.slice('artefacts/'.length, -'.ts'.length)),
      ...folders.map((file) => file.split('/')[1] ?? ''),
    ];
    expect(kinds.map(({ kind }) => kind as string).toSorted()).toEqual(names.toSorted());
  });

  test('each joined fact file stands in the list', () => {
    const files = sources
      .filter(({ file, text }) => /^facts\/[^/]+\.ts$/.test(file) && /= defineJoin\(/.test(text))
      .map(({ file }) => file);
    expect(joins.map(({ question }) => question).toSorted()).toEqual(
      files.map((file) => file.slice('facts/'.length, -'.ts'.length)).toSorted(),
    );
  });

  test.each(generatedFiles)('$path is fresh (npm run generate)', ({ path, make }) => {
    const present = readFileSync(join(root, path), 'utf8');
    const wanted = make(present);
    if (path.endsWith('.json')) expect(JSON.parse(present)).toEqual(JSON.parse(wanted));
    else expect(present).toBe(wanted);
  });
});
