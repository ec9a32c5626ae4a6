import type { Report, ReportAsk, ReportFinding } from '../report/schema.ts';
import {
  apart,
  bold,
  line,
  piece,
  preformatted,
  prose,
  type RichTextBlock,
  type SlackBlock,
} from './slack/blocks.ts';
import { caseActions, ranItButton } from './slack/case-buttons.ts';
import { details } from './slack/details.ts';
import { fitEscaped, fitLiteral } from './slack/fit.ts';
import { feedback, footer } from './slack/footer.ts';
import { picture, pictureText } from './slack/picture.ts';
import { proof } from './slack/proof.ts';
import { remedySections } from './slack/remedies.ts';
import { type SlackWords, slackWords } from './slack/words.ts';

/** What one reply depends on besides its report. */
export interface SlackOptions {
  /** Names this reply in block ids and feedback; says nothing of what was pasted. */
  readonly id: string;
  /** What happened around the report (a file that could not be read), already in the reader's language. */
  readonly notes: readonly string[];
  /** Whether details may go into a collapsed container; without, they stand open at the end. */
  readonly collapsible: boolean;
  /** Whether the whole report goes with the message as a file. */
  readonly attached: boolean;
  /** What its buttons name the case by; null where nothing is kept, and so nothing can be shared or forgotten. */
  readonly caseId: string | null;
  /** Who sees it: one person, or everybody in the thread. */
  readonly audience: 'thread' | 'person';
}

/** What one message should hold in all, and what of it is kept for the details. */
const MOST_CHARACTERS = 6000;
const LEAST_DETAILS = 2500;

const plainOptions: SlackOptions = {
  id: 'netdx',
  notes: [],
  collapsible: true,
  attached: false,
  caseId: null,
  audience: 'thread',
};

/** What goes to `chat.postMessage` or a response URL. */
export interface SlackMessage {
  /** Read aloud and shown in notifications: the verdict as one escaped sentence. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** A message that may have had to leave something out. */
export interface SlackReport extends SlackMessage {
  /** Whether it holds all there is to say. */
  readonly whole: boolean;
}

/**
 * One report as one Slack message: the verdict with its number, the lines that prove it, remedies a to c, one next
 * command, and the rest folded away. Stays within 14 blocks and about 6,000 characters; says what it cut.
 */
export function renderSlack(report: Report, options: SlackOptions = plainOptions): SlackReport {
  // Whoever cuts a text says so in these words: counting them tells whether anything was left out.
  let cuts = 0;
  const plainWords = slackWords[report.language];
  const words: SlackWords = {
    ...plainWords,
    cutProse: (left) => {
      cuts += 1;
      return plainWords.cutProse(left);
    },
  };
  const finding = report.findings[0];
  const ask = [...askBlock(report, words, options.id), ...ranItButton(report, words, options)];
  const settled = report.status !== 'suspected' || report.ask.length === 0;
  const remedies =
    finding === undefined || !settled ? [] : remedySections(finding, words, options.id);
  const proven = finding === undefined ? [] : proof(report, finding, words, options.id);
  const head = verdict(report, words, options.id);
  const around = (drawn: readonly SlackBlock[]): readonly SlackBlock[] => [
    head,
    ...(settled ? [...proven, ...drawn, ...remedies, ...ask] : [...ask, ...proven, ...drawn]),
  ];
  const below: readonly SlackBlock[] = [
    footer(report, words, options),
    ...caseActions(words, options),
    ...(finding === undefined ? [] : [feedback(finding, words, options.id)]),
  ];
  const drawing = pictureText(report);
  const drawn = around(picture(drawing, words, options.id));
  const fits = sizeOf([...drawn, ...below]) <= MOST_CHARACTERS - LEAST_DETAILS;
  const above = fits ? drawn : around([]);
  const folded = details(report, words, {
    ...options,
    room: Math.max(LEAST_DETAILS, MOST_CHARACTERS - sizeOf([...above, ...below])),
    remedies: settled,
    picture: fits ? '' : drawing,
  });
  return {
    text: fitEscaped(spoken(report, words), 1500, words.cutProse),
    blocks: [...above, ...folded.blocks, ...below],
    whole: folded.whole && cuts === 0,
  };
}

/** Colour never alone: the status stands beside its circle in words. */
const CIRCLES = {
  diagnosed: 'red_circle',
  suspected: 'large_yellow_circle',
  resolved: 'large_blue_circle',
  healthy: 'large_green_circle',
  unrecognised: 'white_circle',
} as const satisfies Record<Report['status'], string>;

function verdict(report: Report, words: SlackWords, id: string): RichTextBlock {
  const finding = report.findings[0];
  const { first, rest } = sentences(report);
  const status = words.status[report.status];
  const title =
    first === '' ? status : `${status}${words.colon}${fitLiteral(first, 400, words.cutProse)}`;
  const confidence =
    finding === undefined || report.status !== 'diagnosed'
      ? ''
      : ` · ${words.confidence[finding.confidence]}`;
  const where = finding === undefined ? undefined : placeOf(finding, words);
  const rows = [
    rest === '' ? undefined : fitLiteral(rest, 700, words.cutProse),
    fitted(measured(report), 400, words),
    fitted(where, 300, words),
    report.status === 'suspected' && report.findings.length > 1
      ? candidates(report, words)
      : undefined,
    report.ask.length === 0 ? words.rest[report.status] : undefined,
    ...(report.status === 'unrecognised' ? [words.canRead, words.howToPaste] : []),
  ].filter((row) => row !== undefined);
  const head = line(
    { type: 'emoji', name: CIRCLES[report.status] },
    piece(' '),
    bold(title),
    piece(confidence),
  );
  return {
    type: 'rich_text',
    block_id: `${id}-verdict`,
    elements: apart([head, ...rows.map((row) => line(...prose(row)))]),
  };
}

function fitted(text: string | undefined, most: number, words: SlackWords): string | undefined {
  return text === undefined ? undefined : fitLiteral(text, most, words.cutProse);
}

/**
 * What the first line says, and what is left for below. A proved cause gives its title; a headline that begins with
 * it, or that names no proved cause, gives its first sentence: nothing is said twice.
 */
function sentences(report: Report): { readonly first: string; readonly rest: string } {
  const finding = report.findings[0];
  const title = finding === undefined || report.status === 'suspected' ? '' : finding.title;
  // The status before it hedges already: what the headline says before the name of a suspected cause would do so twice.
  const named = report.status === 'suspected' ? report.headline.indexOf(finding?.title ?? '') : 0;
  const headline = report.headline.slice(Math.max(0, named));
  if (!headline.startsWith(title)) return { first: title, rest: headline };
  const end = /。|\.(?=\s|$)/.exec(headline.slice(title.length));
  const cut = end === null ? headline.length : title.length + end.index + end[0].length;
  return { first: headline.slice(0, cut).trim(), rest: headline.slice(cut).trim() };
}

/** A number that stands by itself, not one inside a name or an address. */
const NUMBER = /(?:^|[^\w.])\d+(?:\.\d+)?(?=$|[^\w.]|\.(?:\s|$))/;

/** A verdict without a number convinces nobody: take one from the counters, else from any line, when it has none. */
function measured(report: Report): string | undefined {
  const finding = report.findings[0];
  if (NUMBER.test(`${finding?.title ?? ''} ${report.headline}`)) return undefined;
  const kindOf = (id: string) => report.artefacts.find((artefact) => artefact.id === id)?.kind;
  const isCapture = (id: string) => /^(?:tcpdump|pcap)$/.test(kindOf(id) ?? '');
  const proven = finding?.evidence ?? [];
  const says = [
    ...(report.compared === null ? [] : [report.compared.says]),
    ...proven.filter((one) => !isCapture(one.artefact)).map((one) => one.says),
    ...proven.map((one) => one.says),
  ];
  return says.find((text) => NUMBER.test(text));
}

function placeOf(finding: ReportFinding, words: SlackWords): string | undefined {
  if (finding.where === null) return undefined;
  const { from, to, direction } = finding.where;
  const name = (place: NonNullable<typeof from>) =>
    [place.host ?? words.unknownPlace, place.interface ?? ''].join(' ').trim();
  if (from !== null && to !== null) return words.where(name(from), name(to), direction);
  if (from !== null)
    return from.interface === null ? words.atHost(name(from)) : words.after(name(from));
  return to === null ? undefined : words.before(name(to));
}

function candidates(report: Report, words: SlackWords): string {
  const first = report.findings.slice(0, 3);
  const names = first.map(
    (finding) => `${finding.title}${words.aside(words.confidence[finding.confidence])}`,
  );
  const left = report.findings.length - first.length;
  const list = [...names, ...(left > 0 ? [words.more(left)] : [])].join(words.semicolon);
  return fitLiteral(`${words.candidates}${words.colon}${list}`, 500, words.cutProse);
}

/** At most one request at a time: the best. With nothing recognised, three to choose from. */
function askBlock(report: Report, words: SlackWords, id: string): readonly RichTextBlock[] {
  const asks = report.ask.slice(0, report.status === 'unrecognised' ? 3 : 1);
  const first = asks[0];
  if (first === undefined) return [];
  const why = first.why === '' || asks.length > 1 ? '' : `${words.dash}${first.why}`;
  const host = asks.length > 1 ? '' : hostOf(first, words);
  const intro = `${words.nextWhen[report.status]}${host}${fitLiteral(why, 400, words.cutProse)}`;
  return [
    {
      type: 'rich_text',
      block_id: `${id}-next`,
      elements: [
        line({ type: 'emoji', name: 'mag' }, piece(' '), ...prose(intro)),
        preformatted(asks.map((ask) => fitLiteral(ask.command, 900, words.cutProse)).join('\n')),
      ],
    },
  ];
}

function hostOf(ask: ReportAsk, words: SlackWords): string {
  return ask.host === null ? '' : words.onHost(fitLiteral(ask.host, 100, words.cutProse));
}

function spoken(report: Report, words: SlackWords): string {
  const { first, rest } = sentences(report);
  const told = [first, rest].filter((part) => part !== '');
  const stop = first.endsWith('。') ? '' : ' ';
  const dash = /[.。]$/.test(first) ? stop : words.dash;
  return `${words.status[report.status]}${words.colon}${told.join(dash)}`;
}

/** Characters of text in blocks, wherever they stand. */
function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, part) => sum + sizeOf(part), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return Object.entries(value).reduce(
    (sum, [key, part]) =>
      sum + (key === 'text' && typeof part === 'string' ? part.length : sizeOf(part)),
    0,
  );
}

/** The report as text alone, for a workspace that refuses its blocks. */
export function renderTextOnly(report: Report): SlackMessage {
  const words = slackWords[report.language];
  const ask = report.ask[0];
  const next =
    ask === undefined
      ? ''
      : `\n${words.nextWhen[report.status]}${words.colon}\n${fitEscaped(ask.command, 900, words.cutProse)}`;
  const text = fitEscaped(spoken(report, words), 2500, words.cutProse);
  return { text: `${text}${next}\n${words.whole}`, blocks: [] };
}
