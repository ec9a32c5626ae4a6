import { join } from 'node:path';
import { catalogueTexts, readCatalogue } from '../functions/adapters/catalogue-files.ts';
import { kinds } from '../functions/artefacts/index.ts';
import { ruleEditorSchema } from '../functions/catalogue/editor-schema.ts';
import { factTable } from '../functions/facts/index.ts';
import { blankCommand } from '../functions/report/fill.ts';
import { type Layer, may, overrideFor } from './layers.ts';
import { manifestFor } from './manifest.ts';

/** A file, or part of one, made from the code's tables: `make` takes the present text and gives the fresh one. */
export interface Generated {
  readonly path: string;
  readonly make: (present: string) => string;
}

const root = join(import.meta.dirname, '..');

export const generatedFiles: readonly Generated[] = [
  {
    path: 'biome.json',
    make: (present) => json({ ...JSON.parse(present), overrides: overrides() }),
  },
  { path: 'manifest.json', make: () => json(manifestFor({ url: null, workspaces: false })) },
  { path: 'rules/rule.schema.json', make: () => json(ruleEditorSchema(factTable)) },
  {
    path: 'README.md',
    make: (present) => between(between(present, 'causes', causesTable()), 'kinds', kindsTable()),
  },
];

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** The import table as lint rules, and the few places that may do what the rest may not. */
function overrides(): readonly object[] {
  const off = (includes: readonly string[], rules: object) => ({ includes, linter: { rules } });
  return [
    ...(Object.keys(may) as Layer[]).map(overrideFor),
    off(['functions/adapters/settings.ts', 'functions/cli.ts', 'scripts/**', 'test/**'], {
      style: { noProcessEnv: 'off' },
    }),
    off(['functions/adapters/log.ts', 'functions/cli.ts', 'scripts/**', 'test/**'], {
      suspicious: { noConsole: 'off' },
    }),
    off(['vitest.config.ts', 'scripts/**'], { style: { noDefaultExport: 'off' } }),
    off(['test/**'], {
      complexity: { noExcessiveLinesPerFunction: 'off', noExcessiveCognitiveComplexity: 'off' },
    }),
    off(['functions/intake/unmangle.ts', 'functions/primitives/visible-text.ts'], {
      suspicious: { noControlCharactersInRegex: 'off' },
    }),
  ];
}

function between(text: string, name: string, inside: string): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const [from, to] = [text.indexOf(open), text.indexOf(close)];
  return from < 0 || to < from
    ? text
    : `${text.slice(0, from + open.length)}\n${inside}\n${text.slice(to)}`;
}

function causesTable(): string {
  const { pages, rules } = readCatalogue(root);
  const paths = [...catalogueTexts(root).pages.keys()];
  const pathOf = (cause: string) =>
    `knowledge/causes/${paths.find((path) => path.endsWith(`/${cause}.md`)) ?? ''}`;
  const rows = [...pages.values()].map(
    ({ cause, impact, en, zh }) =>
      `| [${cause}](${pathOf(cause)}) | ${impact} | ${en.title} | ${zh.title} |`,
  );
  return [
    '',
    '| cause | impact | in words | 中文 |',
    '| --- | --- | --- | --- |',
    ...rows.toSorted(),
    '',
    `${pages.size} causes, ${rules.length} rules.`,
    '',
  ].join('\n');
}

function kindsTable(): string {
  const rows = kinds.map(
    ({ kind, title, ask }) =>
      `| ${kind} | \`${title}\` | \`${blankCommand(ask).replaceAll('|', '\\|')}\` |`,
  );
  return [
    '',
    '| kind | what it is | how to ask for it |',
    '| --- | --- | --- |',
    ...rows.toSorted(),
    '',
  ].join('\n');
}
