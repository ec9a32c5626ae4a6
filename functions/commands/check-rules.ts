import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { catalogueTexts, texts } from '../adapters/catalogue-files.ts';
import { type Catalogue, toCatalogue } from '../catalogue/catalogue.ts';
import { reportOn } from '../report/report.ts';
import type { Outcome, Surroundings } from './outcome.ts';

/**
 * `netdx rules check DIR`: whether an organisation's rules, pages, notes and runbooks fit together and with ours, and
 * whether each of its cases finds what it expects. Every fault is a line; status 1 when there is one.
 */
export async function checkRules(directory: string, around: Surroundings): Promise<Outcome> {
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    return { refused: `${directory}: no such folder` };
  const read = toCatalogue(catalogueTexts(around.directory, directory));
  const cases = texts(join(directory, 'test', 'cases'), '.txt');
  const faults = read.ok
    ? [...casesMissing(directory, cases), ...(await casesFailing(cases, read.value))]
    : read.error.detail;
  const count = [...texts(join(directory, 'rules'), '.json').keys()].length;
  if (faults.length > 0)
    return {
      text: `${faults.join('\n')}\n${faults.length} fault${faults.length === 1 ? '' : 's'}\n`,
      status: 1,
    };
  const sound = `${directory}: ${count} rules fit, ${cases.size} cases find what they expect`;
  return count === 0
    ? { text: `${directory}: no rules below rules/\n`, status: 1 }
    : { text: `${sound}\n`, status: 0 };
}

/** Each rule wants a case that it finds and a near miss that it does not: what keeps a rule from crying wolf. */
function casesMissing(directory: string, cases: ReadonlyMap<string, string>): readonly string[] {
  return [...texts(join(directory, 'rules'), '.json').keys()].flatMap((path) => {
    const name = path.replace(/\.json$/, '');
    return [`${name}.txt`, `${name}.near.txt`]
      .filter((file) => !cases.has(file))
      .map((file) => `rules/${path}: no test/cases/${file}`);
  });
}

async function casesFailing(
  cases: ReadonlyMap<string, string>,
  catalogue: Catalogue,
): Promise<readonly string[]> {
  const faults: string[] = [];
  for (const [path, text] of cases) {
    const [, front, paste = ''] = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text) ?? [];
    const list = /^expect:\s*\[([^\]]*)\]/m.exec(front ?? '')?.[1];
    if (list === undefined) {
      faults.push(`test/cases/${path}: no "expect: [cause]" between --- lines`);
      continue;
    }
    const expected = list
      .split(',')
      .map((word) => word.trim())
      .filter((word) => word !== '');
    const report = await reportOn([{ name: null, text: paste }], catalogue, {
      language: 'en',
      runbookBase: null,
    });
    const roots = report.findings.filter(({ role }) => role === 'root-cause');
    const found = [...new Set(roots.map(({ cause }) => cause))];
    if (found.toSorted().join() !== expected.toSorted().join())
      faults.push(
        `test/cases/${path}: expects ${expected.join(', ') || 'no root cause'}, finds ${found.join(', ') || 'none'}`,
      );
  }
  return faults;
}
