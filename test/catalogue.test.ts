import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogueTexts, readCatalogue } from '../functions/adapters/catalogue-files.ts';
import { kinds } from '../functions/artefacts/index.ts';
import { type CatalogueTexts, toCatalogue } from '../functions/catalogue/catalogue.ts';
import { effectOf } from '../functions/catalogue/effect.ts';
import { leavesOf, readRule } from '../functions/catalogue/rule.ts';
import { factTable, joins } from '../functions/facts/index.ts';
import { symptomCommands } from '../functions/report/symptom-asks.ts';

const root = join(import.meta.dirname, '..');
const texts = catalogueTexts(root);
const catalogue = readCatalogue(root);

const SOUND = {
  name: 'a-rule',
  conditions: {
    all: [{ name: 'drops', fact: 'conntrack-stats.drop', operator: 'greaterThan', value: 0 }],
  },
  event: {
    type: 'finding',
    params: { cause: 'a-cause', role: 'root-cause', confidence: 'possible' },
  },
};

function faultsOf(change: object): string {
  const read = readRule({ ...SOUND, ...change }, factTable);
  return 'faults' in read ? read.faults.join('\n') : '';
}

describe('a rule file', () => {
  test('is accepted when sound', () => {
    expect(faultsOf({})).toBe('');
  });

  const leaf = SOUND.conditions.all[0];
  test.each([
    [
      'a misspelt fact',
      { conditions: { all: [{ ...leaf, fact: 'conntrack-stats.drp' }] } },
      /unknown fact "conntrack-stats.drp" → at conditions.all\[0\].fact/,
    ],
    [
      'an operator of another type',
      { conditions: { all: [{ ...leaf, operator: 'contains' }] } },
      /a count takes .*greaterThan.* → at conditions.all\[0\].operator/,
    ],
    [
      'a value of another type',
      { conditions: { all: [{ ...leaf, value: '0' }] } },
      /does not fit a count .* → at conditions.all\[0\].value/,
    ],
    ['an empty all', { conditions: { all: [] } }, /→ at conditions.all/],
    ['an empty any', { conditions: { any: [] } }, /→ at conditions.any/],
    [
      'all and any side by side',
      { conditions: { all: [leaf], any: [leaf] } },
      /exactly one of all, any, not, fact/,
    ],
    [
      'a leaf without a name',
      { conditions: { all: [{ fact: leaf?.fact, operator: 'equal', value: 1 }] } },
      /every leaf has a name/,
    ],
    ['a stray key', { priority: 3 }, /priority/],
    ['a path', { conditions: { all: [{ ...leaf, path: '$.x' }] } }, /path/],
    ['seven leaves', { conditions: { all: Array(7).fill(leaf) } }, /7 leaves/],
    [
      'an unless with a misspelt fact',
      { unless: { any: [{ ...leaf, fact: 'nope' }] } },
      /unknown fact "nope" → at unless.any\[0\].fact/,
    ],
    [
      'an unless that says that it clears',
      { unless: { any: [{ ...leaf, clears: true }] } },
      /at unless.any\[0\].clears/,
    ],
    [
      'a condition that clears nothing',
      { conditions: { all: [{ ...leaf, clears: false }] } },
      /clears/,
    ],
    [
      'an unknown confidence',
      {
        event: { type: 'finding', params: { cause: 'c', role: 'root-cause', confidence: 'sure' } },
      },
      /→ at event.params.confidence/,
    ],
  ])('is refused with its place: %s', (_, change, message) => {
    expect(faultsOf(change)).toMatch(message);
  });
});

describe('the effect of a command', () => {
  test.each([
    ['sudo conntrack -S; sleep 60; sudo conntrack -S', 'reads'],
    ['sudo conntrack -F', 'changes'],
    ['ip -d link show flannel.1', 'reads'],
    ['ip route replace 10.0.0.0/8 via 10.0.0.1', 'changes'],
    ['sysctl net.ipv4.ip_forward', 'reads'],
    ['sudo sysctl -w net.ipv4.ip_forward=1', 'changes'],
    ['ethtool -k eth0 | grep checksum', 'reads'],
    ['sudo ethtool -K flannel.1 tx off', 'changes'],
    ['kubectl -n kube-system get pods -o wide', 'reads'],
    ['kubectl -n kube-system rollout status ds/x', 'reads'],
    ['kubectl -n kube-system rollout restart ds/x', 'changes'],
    ['kubectl -n shop exec web -- cat /etc/resolv.conf', 'reads'],
    ['kubectl -n shop exec web -- rm /etc/resolv.conf', 'changes'],
    ['iptables-save > /tmp/rules', 'changes'],
    ['dig example.com > /dev/null 2>&1', 'reads'],
    ['sudo iptables -nvL FORWARD', 'reads'],
    ['sudo iptables -I FORWARD -j ACCEPT', 'changes'],
    ['ping -M do -c 3 -s 1472 10.0.0.1', 'reads'],
    ['ssh -J USER@BASTION USER@SERVER', 'reads'],
    ['ssh db-1 sudo reboot', 'changes'],
    ['ssh -v db-1 reboot', 'changes'],
    ['find /tmp -name x -delete', 'changes'],
    ['sudo date -s 12:00', 'changes'],
    ['sudo dmesg -C', 'changes'],
    ['dmesg -T | grep martian', 'reads'],
    ['sudo ss -K dst 10.0.0.1', 'changes'],
    ['uptime & reboot', 'changes'],
    ['frobnicate --all', 'unknown'],
    ['uptime && frobnicate', 'unknown'],
    ['frobnicate; reboot', 'changes'],
  ] as const)('of `%s` is: %s', (command, effect) => {
    expect(effectOf(command)).toBe(effect);
  });
});

describe('the catalogue', () => {
  test('fits together', () => {
    expect(toCatalogue(texts)).toMatchObject({ ok: true });
  });

  const pagePath =
    [...texts.pages.keys()].find((path) => path.endsWith('conntrack-table-full.md')) ?? '';
  const page = texts.pages.get(pagePath) ?? '';
  const withPage = (text: string): CatalogueTexts => ({
    ...texts,
    pages: new Map([...texts.pages, [pagePath, text]]),
  });
  test.each([
    [
      'a section missing in one language',
      page.replace('## 验证', '##').replace('## 何时可以排除', '## 别的'),
      /zh: no section/,
    ],
    [
      'a leaf that no page explains',
      page.replaceAll('- table-full-logged:', '- something-else:'),
      /does not explain table-full-logged/,
    ],
    [
      'a placeholder that is no fact',
      page
        .replace('{dmesg.conntrackTableFull}', '{dmesg.nope}')
        .replace('{dmesg.conntrackTableFull}', '{dmesg.nope}'),
      /dmesg.nope/,
    ],
    ['a change without undo', page.replace(/undo: \[[^\]]+\]/, 'undo: []'), /how to undo it/],
    [
      'a change that is called none',
      page.replace(/changes: true\n(\s+run: *)/, 'changes: false\n$1'),
      /commands change something/,
    ],
    ['a source that is not https', page.replace('  - https://', '  - http://'), /sources/],
    ['no front matter', page.slice(4), /no front matter/],
  ])('is refused with %s', (_, text, message) => {
    expect(text).not.toBe(page);
    const read = toCatalogue(withPage(text));
    expect(read.ok ? '' : read.error.detail.join('\n')).toMatch(message);
  });

  test('every command that a page calls harmless or asks for only reads', () => {
    const asked = kinds.map(({ kind, ask }) => [kind, ask] as const);
    const told = [...catalogue.pages].flatMap(([cause, { remedies, commands = {} }]) => [
      ...Object.values(commands).map((command) => [cause, command] as const),
      ...Object.values(remedies)
        .filter(({ changes }) => !changes)
        .flatMap(({ run }) => run.map((command) => [cause, command] as const)),
    ]);
    expect(told.length).toBeGreaterThan(40);
    const bySymptom = symptomCommands.map((command) => ['symptom', command] as const);
    expect(bySymptom.length).toBeGreaterThan(10);
    expect(
      [...asked, ...told, ...bySymptom].filter(([, command]) => effectOf(command) !== 'reads'),
    ).toEqual([]);
  });

  const findingRules = [...texts.rules.keys()].filter((path) => !path.startsWith('harmless/'));
  test.each(findingRules)('%s has a page, a case and a near miss beside it', (path) => {
    const area = path.split('/')[0] ?? '';
    const name = path.slice(area.length + 1, -'.json'.length);
    const cases = readdirSync(join(root, 'test/cases', area));
    expect(cases).toContain(`${name}.txt`);
    expect(cases).toContain(`${name}.near.txt`);
    expect([...texts.pages.keys()]).toContain(
      `${area}/${catalogue.rules.find((rule) => rule.name === name)?.cause}.md`,
    );
  });

  test('every joined fact is used by a rule or a page', () => {
    const used = new Set(
      [...catalogue.rules, ...catalogue.harmless].flatMap((rule) =>
        [...leavesOf(rule.conditions), ...rule.unless, ...rule.supports].map(({ fact }) => fact),
      ),
    );
    const prose = [...texts.pages.values()].join('\n');
    const unused = joins
      .flatMap(({ question, facts }) => Object.keys(facts).map((name) => `${question}.${name}`))
      // The report itself tells the segment and the sender.
      .filter(
        (id) =>
          !['loss.segment', 'resolver.sender'].includes(id) &&
          !used.has(id) &&
          !prose.includes(`{${id}`) &&
          !prose.includes(`|${id}|`),
      );
    expect(unused).toEqual([]);
  });
});
