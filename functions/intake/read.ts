import type { KindDefinition, OwnPlace } from '../artefacts/define.ts';
import type { Artefact, Evidence, Kind } from '../artefacts/evidence.ts';
import { kinds } from '../artefacts/index.ts';
import { tcpdump } from '../artefacts/tcpdump/index.ts';
import { isBlank, type Lines, listedLines, listOf } from '../primitives/lines.ts';
import { range } from '../primitives/once.ts';
import { readCaptureSource } from './capture-source.ts';
import type { Context, Paste, Source, SourceLines, Stretch } from './paste.ts';
import { commandInterface } from './prompt.ts';
import { withoutRepeats } from './repeats.ts';
import { split } from './split.ts';

/** A paste read: the evidence, and the lines that no artefact holds. */
export interface Reading {
  readonly evidence: readonly Evidence[];
  readonly outside: Paste['outside'];
  /** By source. */
  readonly lines: readonly SourceLines[];
}

/** Reads sources: takes them apart, parses each stretch, and finds out where each was taken. Never throws. */
export function read(sources: readonly Source[]): Reading {
  const paste = split(sources);
  const outside = [...paste.outside];
  const stretches = Map.groupBy(paste.stretches, ({ source }) => source);
  const filesAgree = fileNamesThatHold(paste.stretches);
  const evidence: Evidence[] = [];
  const lines = sources.map((source, index) => {
    if (source.capture === undefined) {
      for (const stretch of stretches.get(index) ?? []) {
        const parsed = parse(stretch);
        if (parsed !== undefined) add(evidence, source, stretch, parsed, filesAgree.has(index));
        // A call takes only so many arguments, and a stretch may be longer.
        else for (const line of nonBlank(stretch)) outside.push(line);
      }
      return textLines(paste.raw[index] ?? listedLines([]));
    }
    const file = readCaptureSource(source, source.capture);
    if (file === undefined) {
      outside.push({ source: index, line: 1 });
      return textLines(listedLines(['cut capture file']));
    }
    const place = tcpdump.place?.(file.content) ?? {};
    const last = file.lines.count;
    const whole = { kind: 'tcpdump', source: index, first: 1, last, places: null } as const;
    add(evidence, source, { ...whole, context: file.context }, { ...file, place }, true);
    return file.lines;
  });
  outside.sort((a, b) => a.source - b.source || a.line - b.line);
  return { evidence: withoutRepeats(evidence, lines), outside, lines };
}

/** What parsing one stretch or file gave; `unread` counts from 1 within it. */
interface Read {
  readonly content: unknown;
  readonly unread: readonly number[];
  readonly truncated: boolean;
  readonly place: OwnPlace;
  /** The kind that it counts as, where that is not the stretch's own. */
  readonly as?: string | undefined;
}

function add(
  evidence: Evidence[],
  source: Source,
  stretch: Omit<Stretch, 'lines'>,
  { content, unread, truncated, place, as = stretch.kind }: Read,
  fileHolds: boolean,
): void {
  const artefact: Artefact = {
    id: `a${evidence.length + 1}`,
    kind: as as Kind,
    source: stretch.source,
    places: stretch.places,
    sourceName: source.name,
    first: stretch.first,
    last: stretch.last,
    order: stretch.context.order,
    command: stretch.context.command,
    windows: stretch.context.windows,
    ...placeOf(stretch.context, place, fileHolds),
  };
  evidence.push({
    artefact,
    content,
    unread: unread.flatMap((line) => linesOfStretch(stretch, line)),
    truncated,
  } as Evidence);
}

function nonBlank(stretch: Stretch): Reading['outside'] {
  const { source, lines } = stretch;
  return range(lines.length)
    .filter((at) => !isBlank(lines, at))
    .flatMap((at) => linesOfStretch(stretch, at + 1).map((line) => ({ source, line })));
}

/** The lines of the source that a line of a stretch is, given from 1 within it: several where it had been broken. */
function linesOfStretch({ first, places }: Omit<Stretch, 'lines'>, line: number): number[] {
  const [from, to] = [places?.[line - 1], places?.[line]];
  if (from === undefined || to === undefined) return [first + line - 1];
  return range(to - from).map((offset) => from + offset);
}

function textLines(raw: Lines): SourceLines {
  return { count: inkedCount(raw), at: (line) => raw.at(line - 1) };
}

/** How many lines are not blank. */
function inkedCount(lines: Lines): number {
  let count = 0;
  for (let index = 0; index < lines.length; index += 1) if (!isBlank(lines, index)) count += 1;
  return count;
}

function parse(stretch: Stretch): Read | undefined {
  // Each kind's content type is its own; here they are only passed through, so one opaque type stands for all.
  const definitions = kinds as unknown as readonly KindDefinition<string, unknown>[];
  const kind = definitions.find((one) => one.kind === stretch.kind);
  const parsed = kind?.parseLines?.(stretch.lines) ?? kind?.parse(listOf(stretch.lines));
  if (kind === undefined || parsed === undefined) return undefined;
  const place: OwnPlace = kind.place?.(parsed.content) ?? {};
  return {
    content: parsed.content,
    unread: parsed.unread,
    truncated: parsed.truncated ?? false,
    place,
    as: kind.as,
  };
}

const POD_NAME = /-[0-9a-z]{6,10}-[0-9a-z]{5}$/;

/**
 * Who is believed about the host, first to last: what was said outright, the output itself, the label above, the file's
 * name, the prompt (which lies when a terminal was forwarded or a snippet retyped), the section's heading.
 */
function placeOf(context: Context, own: OwnPlace, fileHolds: boolean) {
  const { at, label, section, prompt, command } = context;
  const file = fileHolds ? context.file : null;
  const sure = at?.host ?? own.host ?? label?.host ?? file?.host;
  // A pod's file under a node's prompt was taken elsewhere: retyped, or `kubectl exec` was cut off.
  const elsewhere =
    own.pod === true && prompt?.pod !== true && !POD_NAME.test(prompt?.host ?? section?.host ?? '');
  const host = sure ?? (elsewhere ? null : (prompt?.host ?? section?.host ?? null));
  const ownInterface = own.interface === 'any' ? undefined : own.interface;
  const device =
    at?.interface ??
    ownInterface ??
    label?.interface ??
    file?.interface ??
    (command === null ? null : commandInterface(command));
  const pod =
    (label?.host === host && label?.pod) ||
    (prompt?.host === host && prompt?.pod) ||
    (section?.host === host && section?.pod) ||
    own.pod === true ||
    (host !== null && POD_NAME.test(host));
  const promptSays = prompt !== null && prompt.host !== host ? prompt.host : null;
  return { host, interface: device ?? null, pod: pod === true, promptSays };
}

/**
 * A file's name places its output when the text does not contradict it: one host for the whole file, and not several
 * prompts or labels that name different ones.
 */
function fileNamesThatHold(stretches: readonly Stretch[]): ReadonlySet<number> {
  const hosts = new Map<number, Set<string>>();
  for (const { source, context } of stretches) {
    const said = context.label?.host ?? context.prompt?.host;
    const set = hosts.get(source) ?? new Set<string>();
    if (said != null) set.add(said);
    hosts.set(source, set);
  }
  return new Set([...hosts].filter(([, set]) => set.size <= 1).map(([source]) => source));
}
