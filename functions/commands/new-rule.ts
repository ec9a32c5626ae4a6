import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Outcome, Surroundings } from './outcome.ts';

/**
 * `netdx rules new [AREA/]NAME [DIR]`: writes a rule, a page, a case and a near miss to fill in, into DIR, the
 * organisation's folder or the present one. Nothing that exists is overwritten.
 */
export function newRule(name: string, wanted: string | null, around: Surroundings): Outcome {
  const directory = wanted ?? around.own ?? '.';
  const cause = name.slice(name.indexOf('/') + 1);
  const path = name.includes('/') ? name : `own/${name}`;
  const template = readFileSync(join(around.directory, 'knowledge', '_template.md'), 'utf8');
  const files = new Map([
    [`rules/${path}.json`, `${JSON.stringify(ruleFor(cause), null, 2)}\n`],
    [`knowledge/causes/${path}.md`, template.replaceAll('cause-id', cause)],
    [
      `test/cases/${path}.txt`,
      caseText([cause], 'diagnosed', 'A paste that shows it: two outputs or more.'),
    ],
    [
      `test/cases/${path}.near.txt`,
      caseText([], 'healthy', 'A paste that looks alike and is not it.'),
    ],
  ]);
  const present = [...files.keys()].filter((file) => existsSync(join(directory, file)));
  if (present.length > 0) return { refused: `${join(directory, present[0] ?? '')} exists already` };
  for (const [file, text] of files) {
    const target = join(directory, file);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  const written = [...files.keys()].map((file) => `wrote ${join(directory, file)}\n`).join('');
  return { text: `${written}Fill them in, then: netdx rules check ${directory}\n`, status: 0 };
}

function ruleFor(cause: string): object {
  return {
    name: cause,
    conditions: {
      all: [
        {
          name: 'leaf-slug',
          fact: 'conntrack-stats.drop',
          operator: 'greaterThan',
          value: 0,
        },
      ],
    },
    event: {
      type: 'finding',
      params: { cause, role: 'root-cause', confidence: 'possible' },
    },
  };
}

function caseText(expect: readonly string[], status: string, prose: string): string {
  const front = [
    `expect: [${expect.join(', ')}]`,
    `status: ${status}`,
    'source: "how it was made"',
  ];
  return `---\n${front.join('\n')}\n---\n${prose}\n`;
}
