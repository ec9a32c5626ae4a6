import { type Language, type Report, reportSchema } from '../../functions/report/schema.ts';
import { sampleReports } from './sample-reports.ts';

/** Lines that try to steer a terminal, a browser or a Markdown reader. */
export const hostileLines: readonly string[] = [
  '\x1b[2J\x1b]0;owned\x07cleared\r\x08\x9b31m\x00end',
  '</pre></code><script>alert(1)</script><img src=x onerror=alert(1)>',
  '" onmouseover="alert(1)" \' autofocus onfocus=alert(1) x=\'',
  '``` `a` ```` </details> ~~~ [x](javascript:alert(1)) ![y](https://evil.example.com/z.png)',
  '# not a heading | a | b | **bold** _em_ <https://evil.example.com> www.evil.example.com $x$ &lt;b&gt;',
  '\u202etxt.exe\u2066 \u200b\u200d\ufeff \u2028 \u2029 \u{e0041}',
  'مرحبا بالعالم שלום עולם 👩\u200d💻🔥❤\ufe0f 한글 ｗｉｄｅ e\u0301\u0301\u0301',
  '\ud800 lone \udfff surrogates \ue000',
  `long ${'Z'.repeat(61_440 - 5)}`,
];

/** A report in which everything that can come from a paste is hostile. */
export function hostileReport(language: Language): Report {
  const { diagnosed } = sampleReports(language);
  const [finding] = diagnosed.findings;
  if (finding === undefined) throw new Error('the sample has a finding');
  const short = hostileLines.filter((line) => line.length < 500);
  const evidence = hostileLines.map((quote, index) => ({
    artefact: 'a1',
    line: index + 1,
    quote,
    says: short[index % short.length] ?? '',
  }));
  const name = short.join(' ');
  return reportSchema.parse({
    ...diagnosed,
    headline: short[0],
    artefacts: diagnosed.artefacts.map((artefact) => ({
      ...artefact,
      source: name,
      host: name,
      warnings: short,
    })),
    findings: [{ ...finding, title: name, summary: name, evidence }],
    path: diagnosed.path.map((hop) => ({ ...hop, host: name })),
    ladder: diagnosed.ladder && {
      ...diagnosed.ladder,
      points: diagnosed.ladder.points.map(() => ({ host: name, interface: name })),
      rows: diagnosed.ladder.rows.map((row) => ({ ...row, label: name })),
    },
    vanished: diagnosed.vanished.map((packet) => ({ ...packet, qname: name, flow: name })),
    ruled_out: [{ cause: 'x', title: name, because: name, evidence, explained_by: null }],
    compared: diagnosed.compared && {
      ...diagnosed.compared,
      says: name,
      rows: short.map((counter) => ({ counter, before: 1, after: 2 ** 52, change: null })),
    },
    coverage: {
      lines: 9,
      read: 0,
      unread: hostileLines.map((quote, index) => ({ source: name, line: index + 1, quote })),
      unread_total: 9,
    },
  });
}
