import { expect, test } from 'vitest';
import { pasteForm } from '../functions/render/slack/paste-form.ts';
import { renderSteps } from '../functions/render/slack/replies.ts';
import { renderSlack, renderTextOnly } from '../functions/render/slack.ts';
import type { Report } from '../functions/report/schema.ts';
import { faultsOf, faultsOfView, valuesOf } from './support/block-kit.ts';
import { examine, foundingFiles } from './support/examples.ts';
import { randomFrom } from './support/generator/random.ts';
import { sampleReports } from './support/sample-reports.ts';

const whole = foundingFiles.map(({ text }) => text).join('\n\n');
const languages = ['en', 'zh'] as const;

const attacks: readonly string[] = [
  '<!channel> <!here> <@U1> <#C1|x> <!subteam^S1>',
  '`one` ``` three ```',
  '```',
  ':wave: :100: :skin-tone-3: 👩‍💻🔥',
  '&amp;lt; &lt;!channel&gt; &copy;',
  '\u202egnp.exe\u2066 \u200b\ufeff \u2028',
  '\u0000\u001b[2J\r\u0007',
  '\ud800 lone \udfff',
  `host-${'h'.repeat(5000)}`,
  'Z'.repeat(61_440),
];

/** What could hide text, turn it round or steer a terminal, in any string that leaves. */
const HARMFUL = /\p{Surrogate}|[\u202a-\u202e\u2066-\u2069]|(?![\n\t])\p{Cc}/u;

function sound(report: Report) {
  for (const audience of ['thread', 'person'] as const) {
    for (const collapsible of [true, false]) {
      const options = { id: 'ab12cd34', notes: attacks.slice(0, 8), attached: false };
      const caseId = '0123456789abcdef';
      const message = renderSlack(report, { ...options, collapsible, caseId, audience });
      expect(faultsOf(message)).toEqual([]);
      expect(message.text.trim()).not.toBe('');
      expect(stringsOf(message).filter((text) => HARMFUL.test(text))).toEqual([]);
      if (collapsible) expect(message.blocks.length).toBeLessThanOrEqual(14);
      buttonsWork(message.blocks);
      quotesExactly(report, message.blocks);
    }
  }
  expect(faultsOf(renderTextOnly(report))).toEqual([]);
}

/** Each button carries what its answer needs, and that answer is sound as well. */
function buttonsWork(blocks: unknown) {
  for (const value of valuesOf(blocks, 'value').map(String)) {
    if (!value.startsWith('{')) continue;
    const carried = JSON.parse(value);
    if ('steps' in carried) expect(faultsOf(renderSteps(carried, 'ef56', null))).toEqual([]);
    else {
      const form = pasteForm('en', { places: 1, metadata: 'opaque', ran: carried });
      expect(faultsOfView(form)).toEqual([]);
      expect(stringsOf(form).filter((text) => HARMFUL.test(text))).toEqual([]);
    }
  }
}

/** The first line of proof that is short and tame stands in the message as it was pasted. */
function quotesExactly(report: Report, blocks: readonly unknown[]) {
  const quote = report.findings[0]?.evidence[0]?.quote;
  if (quote === undefined || quote.length > 200 || !/^[\x20-\x7e]+$/.test(quote)) return;
  const parts = blocks
    .flatMap((block) => valuesOf(block, 'elements').flat())
    .filter((part) => (part as { type?: string }).type === 'rich_text_preformatted');
  expect(valuesOf(parts, 'text').join('\n')).toContain(quote);
}

function stringsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsOf) : [];
}

test('hostile lines between and inside the lines of the founding incident leave every message sound', async () => {
  const random = randomFrom(20_261_126);
  const lines = whole.split('\n');
  for (let round = 0; round < 6; round += 1) {
    const mangled = lines
      .flatMap((line) => {
        const dice = random.int(0, 59);
        const attack = attacks[random.int(0, attacks.length - 1)] ?? '';
        if (dice === 0) return [line, attack];
        if (dice === 1) return [`${line}${attack}`];
        return [line];
      })
      .join('\n');
    sound(
      await examine([{ name: attacks[round] ?? null, text: mangled }], round % 2 ? 'zh' : 'en'),
    );
  }
});

test('three thousand hostile lines alone', async () => {
  const text = Array.from({ length: 3000 }, (_, at) => attacks[at % 9]).join('\n');
  for (const language of languages) sound(await examine([{ name: null, text }], language));
});

test.each(languages)('hostile names and commands in every kind of report (%s)', (language) => {
  for (const report of Object.values(sampleReports(language))) {
    for (const attack of attacks) {
      const [ask] = report.ask;
      const asked = { command: attack, host: attack, why: attack, settles: [] };
      sound({
        ...report,
        headline: `${report.headline} ${attack}`,
        ask: ask === undefined ? [] : [asked],
        artefacts: report.artefacts.map((one) => ({ ...one, host: attack, source: attack })),
      });
    }
  }
});
