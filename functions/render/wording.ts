import type {
  Language,
  Report,
  ReportAsk,
  ReportEvidence,
  ReportFinding,
  ReportRemedy,
} from '../report/schema.ts';
import { type Word, word } from './words.ts';

/** A name and what stands beside it: one row of a small table in any face. */
export interface Labelled {
  readonly label: string;
  readonly text: string;
}

/**
 * One cited line with everything it proves; a line that proves two things is quoted once, and a claim that several
 * lines prove stands above the first of them.
 */
export interface Cited {
  readonly source: string;
  readonly quote: string;
  readonly says: readonly string[];
}

type Place = { readonly host: string | null; readonly interface: string | null };

/** `node-a cni0`, as people say it; null parts are left out. */
export function placeName(language: Language, place: Place | null): string {
  const parts = [place?.host, place?.interface].filter(
    (part) => part !== null && part !== undefined,
  );
  return parts.length === 0 ? word(language, 'unknownPlace') : parts.join(' ');
}

/** Between which two points the packet was lost, in one sentence. */
export function whereText(language: Language, where: NonNullable<ReportFinding['where']>): string {
  const { from, to } = where;
  // A host alone is where the fault stands: no capture tells of packets there.
  const isHost = to === null && from?.interface === null;
  const one: Word = isHost ? 'atHost' : 'lastSeen';
  const sentence: Word = to === null ? one : from === null ? 'notArrived' : 'lostBetween';
  return word(language, sentence, {
    from: placeName(language, where.from),
    to: placeName(language, where.to),
    direction: word(language, where.direction),
  });
}

/** `root cause, confirmed`: what a finding is and how sure. */
export function standing(language: Language, finding: ReportFinding): string {
  const role = word(language, `role-${finding.role}`);
  return [role, word(language, finding.confidence)].join(language === 'zh' ? '，' : ', ');
}

/** The cited lines in their order, each once, every claim once. */
export function citedLines(report: Report, evidence: readonly ReportEvidence[]): readonly Cited[] {
  const byLine = new Map<string, { source: string; quote: string; says: string[] }>();
  const said = new Set<string>();
  for (const { artefact, line, quote, says } of evidence) {
    const key = JSON.stringify([artefact, line, quote]);
    const cited = byLine.get(key) ?? {
      source: `${sourceName(report, artefact)}:${line}`,
      quote,
      says: [],
    };
    if (!said.has(says)) cited.says.push(says);
    said.add(says);
    byLine.set(key, cited);
  }
  return [...byLine.values()];
}

/** The file an artefact came from, or the word for the paste; an id that names no artefact stays as it is. */
export function sourceName(report: Report, id: string): string {
  const artefact = report.artefacts.find((candidate) => candidate.id === id);
  return artefact === undefined ? id : (artefact.source ?? word(report.language, 'paste'));
}

/** Which reading a comparison speaks of: file and lines of an artefact, or what the report calls it. */
export function readingName(report: Report, id: string): string {
  const artefact = report.artefacts.find((candidate) => candidate.id === id);
  return artefact === undefined ? id : artefactSpan(report.language, artefact);
}

/** What is known of one packet that vanished: its title, and rows from where it was seen to its control. */
export function vanishedRows(
  language: Language,
  packet: Report['vanished'][number],
): { readonly title: string; readonly rows: readonly Labelled[] } {
  const name = [packet.protocol, packet.qtype, packet.qname]
    .filter((part) => part !== null)
    .join(' ');
  const marks = [packetName(packet), word(language, packet.direction)].filter(
    (mark) => mark !== '',
  );
  const title = name + aside(language, marks.join(language === 'zh' ? '，' : ', '));
  const rows: readonly (Labelled | null)[] = [
    { label: word(language, 'flow'), text: packet.flow },
    { label: word(language, 'seen'), text: sighting(language, packet.seen) },
    { label: word(language, 'missing'), text: placeName(language, packet.missing) },
    packet.control && {
      label: word(language, 'control'),
      text: word(language, 'controlSeen', {
        packet: packetName(packet.control),
        place: sighting(language, packet.control.seen),
      }),
    },
    packet.retried_after_ms === null
      ? null
      : {
          label: word(language, 'retried'),
          text:
            packet.resent_by === null
              ? word(language, 'retriedAfter', { ms: packet.retried_after_ms })
              : word(language, 'retriedAs', {
                  ms: packet.retried_after_ms,
                  sender: word(language, `sender-${packet.resent_by}`),
                }),
        },
  ];
  const late: readonly Labelled[] = packet.may_be_late
    ? [{ label: word(language, 'orLate'), text: word(language, 'orLateWhy') }]
    : [];
  return { title, rows: [...rows.filter((row) => row !== null), ...late] };
}

/** The rungs after which a finding says the packet was lost: indices into the path. */
export function lostAfter(report: Report): ReadonlySet<number> {
  const rungs = new Set<number>();
  for (const { role, where } of report.findings) {
    if (role === 'resolved' || !where?.from || !where.to) continue;
    const ends = [rungOf(report, where.from), rungOf(report, where.to)];
    const first = Math.min(...ends);
    if (first >= 0) for (let rung = first; rung < Math.max(...ends); rung += 1) rungs.add(rung);
  }
  return rungs;
}

/** `ttl 63, 12 seen`. */
export function hopText(language: Language, hop: Report['path'][number]): string {
  return hop.ttl === null
    ? word(language, 'hopNoTtl', { packets: hop.packets })
    : word(language, 'hop', { ttl: hop.ttl, packets: hop.packets });
}

/** How far a host's clock is from the reference, with its error. */
export function clockText(language: Language, clock: Report['clocks'][number]): string {
  const name: Word = clock.ahead_ms === 0 ? 'sameClock' : clock.ahead_ms > 0 ? 'ahead' : 'behind';
  const { host, reference, error_ms: error } = clock;
  const text = word(language, name, { host, reference, ms: Math.abs(clock.ahead_ms), error });
  const { drift_ppm: ppm, drift_error_ppm: give, drift_over_s: seconds } = clock;
  if (ppm === null || give === null || seconds === null) return text;
  const drift: Word = ppm > 0 ? 'gains' : 'loses';
  return `${text}${word(language, drift, { ppm: Math.abs(ppm), error: give, seconds })}`;
}

/** Packets that vanished, and behind them those of which nothing more is known than that no answer came. */
export function missingPackets(report: Report): Report['vanished'] {
  return [...report.vanished, ...report.unanswered];
}

/** What to call them: nothing vanished for certain where all may be late. */
export function missingHeading(report: Report): Word {
  return report.vanished.length > 0 ? 'vanished' : 'unanswered';
}

/** The texts of a remedy that are neither its title nor a list; empty ones are left out. */
export function remedyRows(
  language: Language,
  remedy: ReportRemedy,
): { readonly before: readonly Labelled[]; readonly after: readonly Labelled[] } {
  const row = (name: Word, text: string) => ({ label: word(language, name), text });
  const filled = (rows: readonly Labelled[]) => rows.filter(({ text }) => text.trim() !== '');
  return {
    before: filled([
      row('preferWhen', remedy.prefer_when),
      row('cost', remedy.cost),
      row('risk', remedy.risk),
    ]),
    after: filled([
      ...remedy.variants.map((text) => row('variant', text)),
      row('verify', remedy.verify),
      row('rollback', remedy.rollback),
    ]),
  };
}

/** `a`, and for the three letters the catalogue defines, what that letter stands for. */
export function remedyHorizon(language: Language, key: string): string | null {
  return key === 'a' || key === 'b' || key === 'c' ? word(language, `remedy-${key}`) : null;
}

/** `+21`, `0`, `-3`, or that the two cannot be compared. */
export function changeText(language: Language, change: number | null): string {
  if (change === null) return word(language, 'noChange');
  return change > 0 ? `+${change}` : String(change);
}

/** A remark in brackets after a text, as the language sets it; nothing for none. */
export function aside(language: Language, text: string | null): string {
  if (text === null) return '';
  return language === 'zh' ? `（${text}）` : ` (${text})`;
}

/** `name: text`, as the language sets it. */
export function lead(language: Language, name: string, text: string): string {
  return language === 'zh' ? `${name}：${text}` : `${name}: ${text}`;
}

/** The kind of an artefact and where it was taken. */
export function artefactName(language: Language, artefact: Report['artefacts'][number]): string {
  const placed = artefact.host !== null || artefact.interface !== null;
  return placed ? `${artefact.kind} @ ${placeName(language, artefact)}` : artefact.kind;
}

/** An artefact in one line: what it is, what was read in it, and where in the input it stands. */
export function artefactText(language: Language, artefact: Report['artefacts'][number]): string {
  const name = lead(language, artefactName(language, artefact), artefact.summary);
  return name + aside(language, artefactSpan(language, artefact));
}

/** Why to run a command, on which host, and which causes it settles. */
export function askReason(language: Language, { host, why, settles }: ReportAsk): string {
  const causes =
    settles.length === 0 ? null : word(language, 'settles', { causes: settles.join(', ') });
  return (
    (host === null ? why : lead(language, word(language, 'askOn', { host }), why)) +
    aside(language, causes)
  );
}

/** Where in the input an artefact stands: `file, lines 3-8`. */
export function artefactSpan(language: Language, artefact: Report['artefacts'][number]): string {
  const [first, last] = artefact.lines;
  const lines = word(language, first === last ? 'oneLine' : 'lines', { first, last });
  return `${artefact.source ?? word(language, 'paste')}${language === 'zh' ? '，' : ', '}${lines}`;
}

/** How much of the input was read. */
export function coverageText(report: Report): string {
  const { lines, read, unread_total: unread } = report.coverage;
  return word(report.language, unread === 0 ? 'allRead' : 'coverage', { lines, read, unread });
}

/** Whether the next command is the answer: nothing is settled yet, so it stands above everything else. */
export function askComesFirst(report: Report): boolean {
  return report.status === 'suspected' || report.status === 'unrecognised';
}

function packetName(packet: { readonly id: number | null; readonly ip_id: number | null }): string {
  const names = [
    packet.id === null ? '' : `id ${packet.id}`,
    packet.ip_id === null ? '' : `ip id ${packet.ip_id}`,
  ];
  return names.filter((name) => name !== '').join(', ');
}

function sighting(
  language: Language,
  { time, ...place }: Place & { readonly time: string | null },
): string {
  return [placeName(language, place), time ?? ''].join(' ').trimEnd();
}

function rungOf(report: Report, place: Place): number {
  return report.path.findIndex(
    (hop) => hop.host === place.host && hop.interface === place.interface,
  );
}
