import type { Report, ReportRemedy } from '../../report/schema.ts';
import { missingPackets } from '../wording.ts';
import { mrkdwn, plain, type SectionBlock, type SlackBlock, slackLimits } from './blocks.ts';
import { escapeText, fitEscaped, fitLiteral } from './fit.ts';
import { sourcesOf } from './proof.ts';
import { MOST_REMEDIES, stepsLines, withoutButton } from './remedies.ts';
import type { DetailHead, SlackWords } from './words.ts';

interface Chapter {
  readonly head: DetailHead;
  readonly lines: readonly string[];
}

interface DetailOptions {
  readonly id: string;
  readonly collapsible: boolean;
  /** Characters left for all details together. */
  readonly room: number;
  /** Whether remedies are shown at all in this message. */
  readonly remedies: boolean;
  /** The picture, when there was no room for it above; else empty. */
  readonly picture: string;
  /** Whether the whole report goes with the message as a file. */
  readonly attached: boolean;
}

/** The details and whether they are all there is to say. */
export interface Details {
  readonly blocks: readonly SlackBlock[];
  readonly whole: boolean;
}

/** Lines of one chapter beyond which the rest is only counted. */
const MOST_LINES = 8;
const MOST_CHARACTERS = 400;

/**
 * Everything that is not needed at first sight, in one collapsed container of plain sections: Slack's validator is
 * known to take sections there, and not known to take rich text. What does not fit is counted, never dropped in silence.
 */
export function details(report: Report, words: SlackWords, options: DetailOptions): Details {
  const chapters = chaptersOf(report, words, options);
  if (chapters.length === 0) return { blocks: [], whole: true };
  const { sections, left } = fill(chapters, words, options);
  const whole = left === 0;
  if (!options.collapsible) return { blocks: sections, whole };
  const counts = words.counts(
    report.ruled_out.length,
    report.artefacts.length,
    report.coverage.unread_total,
  );
  const blocks: readonly SlackBlock[] = [
    {
      type: 'container',
      block_id: `${options.id}-details`,
      title: plain(
        fitLiteral(`${words.details}${words.colon}${counts}`, slackLimits.containerTitle, () => ''),
      ),
      is_collapsible: true,
      default_collapsed: true,
      child_blocks: sections,
    },
  ];
  return { blocks, whole };
}

/** The most useful first: the steps of a, b or c that no button could hold stand nowhere else. */
function chaptersOf(
  report: Report,
  words: SlackWords,
  { remedies, picture }: DetailOptions,
): readonly Chapter[] {
  const finding = report.findings[0];
  const unbuttoned = finding === undefined ? [] : withoutButton(finding, words);
  const further = finding?.remedies.slice(MOST_REMEDIES) ?? [];
  const chapters: readonly Chapter[] = [
    { head: 'remedies', lines: remedies ? stepsOf(unbuttoned, words) : [] },
    { head: 'picture', lines: picture === '' ? [] : [picture] },
    { head: 'says', lines: saysOf(report, words) },
    {
      head: 'vanished',
      lines: missingPackets(report).map((packet) => vanishedLine(packet, words)),
    },
    { head: 'compared', lines: comparedLines(report) },
    { head: 'others', lines: othersOf(report, words) },
    { head: 'harmless', lines: report.harmless.map((one) => one.says) },
    {
      head: 'ruledOut',
      lines: report.ruled_out.map((one) => `${one.title}${words.colon}${one.because}`),
    },
    { head: 'further', lines: remedies ? stepsOf(further, words) : [] },
    { head: 'notThis', lines: finding?.not_this_when ?? [] },
    { head: 'next', lines: asksOf(report, words) },
    { head: 'read', lines: readLines(report, words) },
  ];
  return chapters.filter((chapter) => chapter.lines.length > 0);
}

function stepsOf(remedies: readonly ReportRemedy[], words: SlackWords): readonly string[] {
  return remedies.flatMap((remedy) => stepsLines(remedy, words));
}

/** Lines that say the same are named together. */
function saysOf(report: Report, words: SlackWords): readonly string[] {
  const evidence = report.findings[0]?.evidence ?? [];
  return [...Map.groupBy(evidence, (one) => one.says)].map(
    ([says, lines]) => `${sourcesOf(report, lines, words)}${words.colon}${says}`,
  );
}

function vanishedLine(packet: Report['vanished'][number], words: SlackWords): string {
  const ids = (ip: number | null, dns: number | null) =>
    [ip === null ? '' : `IP id ${ip}`, dns === null ? '' : `DNS id ${dns}`]
      .filter((part) => part !== '')
      .join(', ');
  const at = (place: { readonly host: string | null; readonly interface: string | null }) =>
    `${place.host ?? words.unknownPlace} ${place.interface ?? ''}`.trim();
  const query = packet.qtype === null ? '' : `${packet.qtype}? ${packet.qname ?? ''}`;
  const seen = `${at(packet.seen)} ${packet.seen.time ?? ''}`.trim();
  const parts = [
    [packet.protocol, ids(packet.ip_id, packet.id), query, packet.flow].filter(Boolean).join(' '),
    words.vanished(seen, at(packet.missing)),
    packet.control === null
      ? ''
      : words.control(ids(packet.control.ip_id, packet.control.id), at(packet.control.seen)),
    packet.retried_after_ms === null ? '' : words.retried(packet.retried_after_ms),
  ];
  return parts.filter((part) => part !== '').join(words.comma);
}

function comparedLines(report: Report): readonly string[] {
  if (report.compared === null) return [];
  const rows = report.compared.rows.map((row) => {
    const change = row.change === null ? '' : ` (${row.change > 0 ? '+' : ''}${row.change})`;
    return `${row.counter}: ${row.before} → ${row.after}${change}`;
  });
  return [report.compared.says, ...rows];
}

function othersOf(report: Report, words: SlackWords): readonly string[] {
  return report.findings.slice(1).map((finding) => {
    const told = [words.role[finding.role], words.confidence[finding.confidence], placeIn(finding)];
    const marks = told.filter((part) => part !== '').join(words.comma);
    return `${finding.title}${words.aside(marks)}${words.colon}${finding.summary}`;
  });
}

/** Tells one cause at two places apart. */
function placeIn({ where }: Report['findings'][number]): string {
  const at = where?.from ?? where?.to ?? null;
  return at === null ? '' : [at.host, at.interface].filter((part) => part !== null).join(' ');
}

function asksOf(report: Report, words: SlackWords): readonly string[] {
  const shown = report.status === 'unrecognised' ? 3 : 1;
  return report.ask
    .slice(shown)
    .map((ask) => `${ask.command}${ask.why === '' ? '' : words.dash}${ask.why}`);
}

function readLines(report: Report, words: SlackWords): readonly string[] {
  const outputs = report.artefacts.map((artefact) => {
    const place = [artefact.host, artefact.interface].filter((part) => part !== null).join(' ');
    const name = artefact.source ?? words.yourMessage;
    const lines = `${name} ${artefact.lines[0]}–${artefact.lines[1]}`;
    return [
      `${artefact.kind}${place === '' ? '' : words.aside(place)}`,
      lines,
      artefact.summary,
      ...artefact.warnings,
    ]
      .filter((part) => part !== '')
      .join(words.comma);
  });
  const { unread, unread_total: total } = report.coverage;
  if (total === 0) return outputs;
  const named = unread.slice(0, 12);
  const bySource = Map.groupBy(named, (one) => one.source ?? words.yourMessage);
  const which = [...bySource].map(([name, lines]) =>
    words.lines(
      name,
      lines.map((one) => one.line),
    ),
  );
  const left = total - named.length;
  const rest = left > 0 ? [words.more(left)] : [];
  return [
    `${words.unread(total)}${words.aside([...which, ...rest].join(words.semicolon))}`,
    ...outputs,
  ];
}

/** Chapters share the room in order; each shows as many lines as fit and counts the others. */
function fill(
  chapters: readonly Chapter[],
  words: SlackWords,
  options: DetailOptions,
): { readonly sections: readonly SectionBlock[]; readonly left: number } {
  const sections: SectionBlock[] = [];
  const wholeWord = options.attached ? words.wholeAttached : words.whole;
  let room = options.room - wholeWord.length;
  let skipped = 0;
  let counted = 0;
  for (const chapter of chapters.slice(0, slackLimits.containerChildren - 1)) {
    const made = chapterText(chapter, words, Math.min(room, slackLimits.section));
    if (made === undefined) {
      skipped += chapter.lines.length;
      continue;
    }
    counted += made.left;
    room -= made.text.length;
    sections.push(section(made.text, chapter.head, options.id));
  }
  for (const chapter of chapters.slice(slackLimits.containerChildren - 1))
    skipped += chapter.lines.length;
  const end = skipped === 0 ? wholeWord : `${words.more(skipped)}\n${wholeWord}`;
  return {
    sections: [...sections, section(end, 'whole', options.id)],
    left: skipped + counted,
  };
}

function section(text: string, name: string, id: string): SectionBlock {
  return { type: 'section', block_id: `${id}-detail-${name}`, text: mrkdwn(text) };
}

function chapterText(
  chapter: Chapter,
  words: SlackWords,
  room: number,
): { readonly text: string; readonly left: number } | undefined {
  const head = `*${words.heads[chapter.head]}*`;
  if (chapter.head === 'picture') {
    const fenced = `${head}\n\`\`\`\n${escapeText(chapter.lines.join('\n'))}\n\`\`\``;
    return fenced.length <= room ? { text: fenced, left: 0 } : undefined;
  }
  const whole = chapter.head === 'remedies' || chapter.head === 'further';
  const most = whole ? chapter.lines.length : MOST_LINES;
  const rows: string[] = [];
  let used = head.length + words.more(chapter.lines.length).length + 2;
  for (const text of chapter.lines.slice(0, most)) {
    const row = `• ${fitEscaped(text, MOST_CHARACTERS, words.cutProse)}`;
    if (used + row.length + 1 > room) break;
    rows.push(row);
    used += row.length + 1;
  }
  if (rows.length === 0) return undefined;
  const left = chapter.lines.length - rows.length;
  const text = [head, ...rows, ...(left > 0 ? [words.more(left)] : [])].join('\n');
  return { text, left };
}
