import type { Report } from '../../report/schema.ts';
import { placeName } from '../wording.ts';
import { word } from '../words.ts';
import { type DrawnRow, drawnRows, isResent, pictureText } from './drawn.ts';

type Ladder = NonNullable<Report['ladder']>;
type Point = Ladder['points'][number];

/** What a picture cannot say by itself: where packets vanished, which clocks were corrected, what is not drawn. */
export function ladderNotes(report: Report): readonly string[] {
  const { language, ladder, clocks } = report;
  if (ladder === null) return [];
  const lost = Map.groupBy(
    drawnRows(ladder).filter((row) => row.lost !== null),
    (row) => `${row.lost?.from} ${row.lost?.to}`,
  );
  const hosts = new Set(ladder.points.map(({ host }) => host));
  const corrected = clocks.filter(({ host, ahead_ms }) => hosts.has(host) && ahead_ms !== 0);
  return [
    ...[...lost.values()].map((rows) => lossNote(report, ladder, rows)),
    ...roundNotes(report, ladder),
    ...openNotes(report, ladder),
    ...corrected.map(({ host, ahead_ms: ahead }) =>
      word(language, ahead > 0 ? 'correctedAhead' : 'correctedBehind', {
        host: pictureText(host),
        ms: Math.abs(ahead),
      }),
    ),
    ...(ladder.omitted > 0 ? [word(language, 'notDrawn', { count: ladder.omitted })] : []),
  ];
}

/** Each packet in a sentence, for those who cannot see the picture. */
export function ladderSpoken(report: Report): string {
  const { language, ladder } = report;
  if (ladder === null) return '';
  const rows = drawnRows(ladder).map((row) => {
    const captured = row.reached.filter((at) => at !== row.uncaptured);
    const seen = captured.map((at) => named(report, ladder.points[at]));
    const end = row.lost === null ? [] : [word(language, 'lost')];
    const again = isResent(row) ? ` ${word(language, 'resent')}` : '';
    const time = row.time === null ? '' : `${row.time.toFixed(3)} ms `;
    return `${time}${row.label}${again}: ${[...seen, ...end].join(' > ')}.`;
  });
  return [...rows, ...ladderNotes(report).map((note) => `${note}.`)].join(' ');
}

/** Packets that went round a tunnel are not lost there. */
function roundNotes(report: Report, ladder: Ladder): readonly string[] {
  const round = drawnRows(ladder).filter(({ bypassed }) => bypassed !== null);
  return [...Map.groupBy(round, ({ bypassed }) => bypassed)].map(([at, rows]) => {
    const beyond = rows[0]?.reached.find((one) => at !== null && one > at);
    return word(report.language, beyond === undefined ? 'wentRound' : 'wentRoundTo', {
      packets: [...new Set(rows.map(({ label }) => label))].join(', '),
      tunnel: named(report, ladder.points[at ?? -1]),
      to: named(report, ladder.points[beyond ?? -1]),
    });
  });
}

/** Nothing was captured where these packets went. */
function openNotes(report: Report, ladder: Ladder): readonly string[] {
  const open = drawnRows(ladder).find((row) => row.open !== null);
  if (open === undefined) return [];
  const from = named(report, ladder.points[ladder.points.length - 2]);
  return [word(report.language, 'openBeyond', { from })];
}

function lossNote(report: Report, { points }: Ladder, rows: readonly DrawnRow[]): string {
  const { language } = report;
  const lost = rows[0]?.lost;
  const from = lost?.from === null || lost?.from === undefined ? undefined : points[lost.from];
  const to = lost === null || lost === undefined ? undefined : points[lost.to];
  const packets = [...new Set(rows.map(({ label }) => label))].join(', ');
  if (from === undefined) return word(language, 'lostBefore', { packets, to: named(report, to) });
  const near = to !== undefined && to.interface !== null && to.host === from.host;
  return word(language, 'lostFromTo', {
    packets,
    from: named(report, from),
    to: near ? pictureText(to.interface ?? '') : named(report, to),
  });
}

function named(report: Report, point: Point | undefined): string {
  return pictureText(placeName(report.language, point ?? null));
}
