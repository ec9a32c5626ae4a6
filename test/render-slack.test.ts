import type { KnownBlock } from '@slack/types';
import { expect, test } from 'vitest';
import { renderNotice, renderSteps } from '../functions/render/slack/replies.ts';
import { renderSlack, renderTextOnly, type SlackMessage } from '../functions/render/slack.ts';
import { type Report, reportSchema } from '../functions/report/schema.ts';
import { faultsOf, valuesOf } from './support/block-kit.ts';
import { hostileLines, hostileReport } from './support/hostile-report.ts';
import { sampleReports } from './support/sample-reports.ts';
import { viewThread } from './support/thread-view.ts';

const languages = ['en', 'zh'] as const;
const options = {
  id: 'ab12cd34',
  notes: [],
  collapsible: true,
  attached: false,
  caseId: 'c0ffee0123456789',
  audience: 'thread',
} as const;
const samples = languages.flatMap((language) => Object.values(sampleReports(language)));

const seen = (message: SlackMessage) => viewThread([{ ...message, user: 'netdx' }], {}, true);
const flat = (text: string) => text.replace(/[\s│•]+/g, '');
const preformattedIn = (message: SlackMessage) =>
  (message.blocks as readonly unknown[])
    .flatMap((block) => valuesOf(block, 'elements').flat())
    .filter((one) => (one as { type?: string }).type === 'rich_text_preformatted')
    .flatMap((one) => valuesOf(one, 'text') as string[]);
const markupIn = (message: SlackMessage) => {
  const found: { text: string; verbatim?: boolean }[] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const part of value) walk(part);
    else if (typeof value === 'object' && value !== null) {
      if ('type' in value && value.type === 'mrkdwn')
        found.push(value as unknown as { text: string });
      for (const part of Object.values(value)) walk(part);
    }
  };
  walk(message.blocks);
  return found;
};
const first = (report: Report) => {
  const finding = report.findings[0];
  if (finding === undefined) throw new Error('the sample has a finding');
  return finding;
};

test.each(samples)('a $status report ($language) is a message that Slack takes', (report) => {
  for (const collapsible of [true, false]) {
    const message = renderSlack(report, { ...options, collapsible });
    expect(faultsOf(message)).toEqual([]);
    if (collapsible) expect(message.blocks.length).toBeLessThanOrEqual(14);
    expect(valuesOf(message.blocks, 'type').includes('container')).toBe(collapsible);
  }
  expect(faultsOf(renderTextOnly(report))).toEqual([]);
});

test.each(samples)(
  'a $status report ($language) leads with its status and its headline',
  (report) => {
    const message = renderSlack(report, options);
    const [status] = message.text.split(/: |：/);
    const rows = seen(message).split('\n');
    expect(rows[1]).toContain(status);
    expect(flat(seen(message))).toContain(flat(report.headline.replaceAll('`', '')));
    expect(message.text).toContain(report.headline);
  },
);

test('the first line alone says the verdict where no cause is proved', () => {
  for (const report of samples.filter(
    ({ status }) => status !== 'diagnosed' && status !== 'resolved',
  )) {
    const [lead] = valuesOf(renderSlack(report, options).blocks[0], 'elements').flat();
    const [sentence = ''] = /^.*?(?:。|\.(?=\s|$))/.exec(report.headline) ?? [];
    expect(sentence).not.toBe('');
    expect(valuesOf(lead, 'text').join('')).toContain(sentence);
  }
});

test.each(samples)('a $status report ($language) says what to do next', (report) => {
  const shown = seen(renderSlack(report, options));
  const commands = report.ask.slice(0, 1).map((ask) => ask.command);
  for (const command of commands) expect(shown).toContain(command);
  if (commands.length > 0) return;
  expect(shown).toMatch(/Nothing to do now|目前无需处理|still wrong|故障仍在/);
});

test('quotes the lines that prove it unaltered, and nowhere as markup', () => {
  for (const language of languages) {
    const report = sampleReports(language).diagnosed;
    const message = renderSlack(report, options);
    const quoted = preformattedIn(message).join('\n');
    const markup = markupIn(message).map((one) => one.text);
    for (const { quote } of first(report).evidence) {
      expect(quoted).toContain(quote);
      expect(markup.filter((text) => text.includes(quote))).toEqual([]);
    }
  }
});

test('puts a number into the verdict even when the headline has none', () => {
  const report = reportSchema.parse({
    ...sampleReports('en').diagnosed,
    headline: 'Queries are lost.',
    compared: null,
    findings: [
      {
        ...first(sampleReports('en').diagnosed),
        title: 'A race',
        evidence: [
          { artefact: 'a4', line: 1, quote: 'x', says: 'no number here' },
          { artefact: 'a4', line: 2, quote: 'y', says: '21 packets were dropped' },
        ],
      },
    ],
  });
  const verdict = JSON.stringify(renderSlack(report, options).blocks[0]);
  expect(verdict).toContain('21 packets were dropped');
});

test('offers no remedy while the cause is not settled', () => {
  const { suspected, diagnosed } = sampleReports('en');
  const unsure = reportSchema.parse({
    ...suspected,
    findings: [{ ...first(suspected), remedies: first(diagnosed).remedies }],
  });
  const buttons = (report: Report) =>
    valuesOf(renderSlack(report, options).blocks, 'action_id').filter((id) => id !== 'feedback');
  expect(buttons(unsure)).toEqual(['ran-it', 'more']);
  expect(buttons(diagnosed)).toEqual(['steps-a', 'steps-b', 'steps-c', 'ran-it', 'more']);
});

test('pasted text pings nobody, makes no link and steers no reader, wherever it stands', () => {
  const attack =
    '<!channel> <@U1> <#C1> @here <https://evil.example.com|x> & `a` *b* :100: \u0000\u202e';
  for (const language of languages) {
    for (const status of [
      'diagnosed',
      'suspected',
      'resolved',
      'healthy',
      'unrecognised',
    ] as const) {
      const report = everywhere(sampleReports(language)[status], attack);
      const message = renderSlack(report, { ...options, notes: [attack] });
      expect(faultsOf(message)).toEqual([]);
      const texts = [message.text, ...markupIn(message).map((one) => one.text)];
      for (const text of texts) {
        expect(text).not.toMatch(/<(?!https:\/\/runbooks\.example\.com)/);
        expect(text).not.toContain(':100:');
      }
      expect(JSON.stringify(message)).not.toMatch(/\\u0000|\u202e/);
      expect(markupIn(message).filter((one) => one.verbatim !== true)).toEqual([]);
      expect(valuesOf(message.blocks, 'type')).not.toContain('broadcast');
    }
  }
});

test('a link that could end early is left out', () => {
  const { diagnosed } = sampleReports('en');
  for (const runbook of [
    'https://x.example.com/|<!channel>',
    'javascript:alert(1)',
    'https://x.example.com/a b',
  ]) {
    const report = { ...diagnosed, findings: [{ ...first(diagnosed), runbook }] };
    expect(faultsOf(renderSlack(report, options))).toEqual([]);
    expect(JSON.stringify(renderSlack(report, options))).not.toContain(runbook);
  }
});

test('hostile evidence passes, and a line of 60 KB says how much of it is missing', () => {
  for (const language of languages) {
    const report = hostileReport(language);
    expect(faultsOf(renderSlack(report, options))).toEqual([]);
    for (const quote of hostileLines) {
      const one = { ...first(report), evidence: [{ artefact: 'a1', line: 7, quote, says: '1' }] };
      const message = renderSlack({ ...report, findings: [one] }, options);
      expect(faultsOf(message)).toEqual([]);
      const shown = preformattedIn(message)[0] ?? '';
      if (quote.length < 1000) continue;
      const [, left] = /… \(\+(\d+)\)$/.exec(shown) ?? [];
      const kept = shown.split('…')[0] ?? '';
      expect(quote.startsWith(kept)).toBe(true);
      expect(kept.length + Number(left)).toBe(quote.length);
    }
  }
});

test('steps name who chose them on a line of its own, and only where others see them', () => {
  const message = renderSlack(sampleReports('en').diagnosed, options);
  const [value] = valuesOf(message.blocks, 'value').filter((one) =>
    String(one).startsWith('{"language"'),
  );
  const carried = JSON.parse(String(value));
  const [block] = renderSteps(carried, 'ef56', 'U1').blocks;
  const parts = block?.type === 'rich_text' ? block.elements : [];
  const [before, last] = parts.slice(-2);
  expect(last?.elements.at(-1)).toEqual({ type: 'user', user_id: 'U1' });
  expect(before?.elements.at(-1)).toEqual({ type: 'text', text: '\n' });
  expect(JSON.stringify(renderSteps(carried, 'ef56', null))).not.toContain('user_id');
});

test('a suspected cause is hedged once', () => {
  const suspected = sampleReports('en').suspected;
  const [finding] = suspected.findings;
  const headline = `Possible, not proved: ${finding?.title} on node-b. 5 packets.`;
  const { text } = renderSlack({ ...suspected, headline }, options);
  expect(text).toContain(`Not sure yet: ${finding?.title} on node-b.`);
  expect(text).not.toContain('Possible, not proved');
});

test('whatever does not fit is counted', () => {
  const { diagnosed } = sampleReports('en');
  const finding = first(diagnosed);
  const line = { artefact: 'a1', quote: 'one line of output', says: 'it says 1' };
  const report = reportSchema.parse({
    ...diagnosed,
    findings: [
      { ...finding, evidence: Array.from({ length: 30 }, (_, at) => ({ ...line, line: at + 1 })) },
    ],
    ruled_out: Array.from({ length: 200 }, (_, at) => ({
      explained_by: null,
      cause: `cause-${at}`,
      title: `Cause ${at}`,
      because: 'it cannot',
      evidence: [],
    })),
  });
  const message = renderSlack(report, {
    ...options,
    notes: Array.from({ length: 60 }, (_, at) => `file-${at}.txt: ${'x'.repeat(80)}`),
  });
  const shown = seen(message);
  expect(faultsOf(message)).toEqual([]);
  expect(shown).toContain('6 of the 30 lines');
  const ruledOut = markupIn(message).find((one) => one.text.includes('Cause 0'))?.text ?? '';
  const [, left] = /… (\d+) more/.exec(ruledOut) ?? [];
  expect((ruledOut.match(/Cause \d+/g) ?? []).length + Number(left)).toBe(200);
  const notes = new Set(shown.match(/file-\d+\.txt/g)).size;
  expect(shown).toContain(`… and ${60 - notes} more that could not be read`);
});

test('every remedy can be read in full: behind its button, or under Details', () => {
  for (const language of languages) {
    const { diagnosed } = sampleReports(language);
    const finding = first(diagnosed);
    const long = {
      ...(finding.remedies[1] ?? finding.remedies[0]),
      commands: ['echo & <x>', `echo ${'y'.repeat(2500)}`],
    };
    const report = reportSchema.parse({
      ...diagnosed,
      findings: [
        { ...finding, remedies: [...finding.remedies.slice(0, 1), { ...long, key: 'b' }] },
      ],
    });
    const message = renderSlack(report, options);
    const [value, ...others] = valuesOf(message.blocks, 'value').filter((one) =>
      String(one).startsWith('{"language"'),
    );
    expect(others).toEqual([]);
    expect(value).not.toMatch(/[&<>]/);
    const steps = renderSteps(JSON.parse(String(value)), 'ef56', 'U1');
    expect(faultsOf(steps)).toEqual([]);
    for (const command of finding.remedies[0]?.commands ?? []) {
      expect(preformattedIn(steps)).toContain(command);
    }
    for (const step of finding.remedies[0]?.steps ?? []) {
      expect(flat(seen(steps))).toContain(flat(step.replaceAll('`', '')));
    }
    const inDetails = markupIn(message)
      .map((one) => one.text)
      .join('\n');
    expect(inDetails).toContain('echo &amp; &lt;x&gt;');
    expect(inDetails).toMatch(/y{50,}… (?:\[|［还有 )\d+/);
  }
});

test('a notice escapes what a person wrote', () => {
  const message = renderNotice(
    '*Fixed words.*',
    Array.from({ length: 9 }, () => '<!here>.txt: not read'),
    'n1',
  );
  expect(faultsOf(message)).toEqual([]);
  expect(message.text).toContain('&lt;!here&gt;.txt');
  expect(message.text).toContain('… +1');
});

type Writable<T> = T extends object ? { -readonly [K in keyof T]: Writable<T[K]> } : T;

test("the blocks are of Slack's own types, which the compiler checks here", () => {
  const { blocks } = renderSlack(sampleReports('en').diagnosed, options);
  const known: readonly KnownBlock[] = blocks as Writable<typeof blocks>;
  expect(known.length).toBeGreaterThan(5);
});

test('the same report gives the same bytes', () => {
  for (const report of samples) {
    expect(JSON.stringify(renderSlack(report, options))).toBe(
      JSON.stringify(renderSlack(report, options)),
    );
  }
});

/** Every free text of a report with an attack appended; closed words, ids and links stay. */
function everywhere(report: Report, attack: string): Report {
  const closed = new Set([
    'schema',
    'language',
    'status',
    'role',
    'confidence',
    'direction',
    'resent_by',
    'carries',
    'beyond',
    'artefact',
    'id',
    'key',
    'runbook',
  ]);
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return closed.has(key) ? value : `${value} ${attack}`;
    if (Array.isArray(value)) return value.map((part) => walk(part, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, part]) => [name, walk(part, name)]),
    );
  };
  return reportSchema.parse(walk(report, ''));
}
