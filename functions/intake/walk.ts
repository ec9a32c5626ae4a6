import { kinds } from '../artefacts/index.ts';
import { type EditableLines, linesBetween } from '../primitives/lines.ts';
import { candidatesFor } from './candidates.ts';
import { parseFileName } from './file-name.ts';
import type { Label } from './label.ts';
import type { Context, Source, Stretch } from './paste.ts';
import type { Owner } from './prefix.ts';
import { type Prompt, remotePlace } from './prompt.ts';
import type { Rows } from './rejoin.ts';
import type { Unwrapped } from './unwrap.ts';

/** Any of the artefact kinds. */
export type Kind = (typeof kinds)[number];

/** Where the walk stands. `at` and all line numbers in it count from 0. */
export interface Walk {
  readonly source: Source;
  readonly index: number;
  readonly lines: EditableLines;
  /** Whose lines are that a tool gathered from several places. */
  readonly owners: ReadonlyMap<number, Owner>;
  readonly rows: Rows | null;
  readonly known: ReadonlySet<string>;
  readonly stretches: Stretch[];
  readonly outside: number[];
  open: {
    readonly kind: Kind;
    readonly first: number;
    last: number;
    readonly context: Context;
  } | null;
  /** One unknown line inside the open stretch: it belongs to it only if the stretch goes on. */
  doubtful: number | null;
  /** A blank line stood since the open stretch last went on: what follows must prove that it belongs. */
  gap: boolean;
  /** Of the line that stands before. */
  owner: Owner | null;
  label: Label | null;
  section: { readonly host: string; readonly pod: boolean } | null;
  prompt: Prompt | null;
  expected: readonly Kind[];
  /** The pod or host that a command has opened a shell on. */
  shell: { readonly host: string; readonly pod: boolean } | null;
  /** Settings whose bare values the prompt's command prints, those not yet met. */
  bare: readonly string[];
  /** The output that the prompt's command announced has come, or none will: what follows prose is not its output. */
  spent: boolean;
}

/** A walk at its first line. */
export function newWalk(
  source: Source,
  index: number,
  { lines, owners, rows }: Unwrapped,
  known: ReadonlySet<string>,
): Walk {
  const file = parseFileName(source.name ?? '');
  return {
    source,
    index,
    lines,
    owners,
    rows,
    known,
    stretches: [],
    outside: [],
    open: null,
    doubtful: null,
    gap: false,
    owner: null,
    label: null,
    section: null,
    prompt: null,
    shell: null,
    expected: kinds.filter((kind) => kind.kind === file?.kind),
    bare: [],
    spent: false,
  };
}

/** How many lines behind one that the open stretch has just taken belong to it for certain. */
export function runBehind({ open, lines, owners }: Walk, at: number): number {
  if (open === null || open.last !== at || open.kind.run === undefined) return 0;
  if (open.kind.ends?.(lines.at(at))) return 0;
  const run = withinOwner(owners, at, open.kind.run(lines, at + 1));
  open.last += run;
  return run;
}

/** How many of the next lines are of the same place. */
function withinOwner(owners: Walk['owners'], at: number, most: number): number {
  if (owners.size === 0) return most;
  const host = owners.get(at)?.host;
  let count = 0;
  while (count < most && owners.get(at + count + 1)?.host === host) count += 1;
  return count;
}

/** A line is of another place than the one before it: nothing goes on from there to here. */
export function enter(state: Walk, at: number): void {
  const owner = state.owners.get(at) ?? null;
  if (owner?.host === state.owner?.host) return;
  close(state);
  state.owner = owner;
  state.section = null;
  state.label =
    owner === null
      ? null
      : { ...owner, isQuality: false, interface: null, order: null, command: null };
}

/** The open stretch takes a line. */
export function accept(state: Walk, at: number): void {
  if (state.open !== null) state.open.last = at;
  state.doubtful = null;
  state.gap = false;
}

/** A line begins a stretch, which ends the open one. */
export function begin(state: Walk, kind: Kind, at: number): void {
  close(state);
  const first = beginningOf(state, kind, at);
  const hinted =
    state.prompt !== null && (state.expected.includes(kind) || kind.ofAnyCommand === true);
  if (hinted) state.spent = true;
  if (state.prompt !== null && state.expected.length > 0 && !hinted) state.prompt = null;
  state.open = { kind, first, last: at, context: contextOf(state) };
  state.gap = false;
  if (state.label?.host != null) state.section = { host: state.label.host, pod: state.label.pod };
  state.label = null;
}

/** The stretch may have lost its strong first line: the weak lines right above are its own, and remarks above a blank. */
function beginningOf({ lines, outside, owners }: Walk, kind: Kind, at: number): number {
  let first = at;
  for (;;) {
    const isSpaced =
      first > 0 && lines.at(first - 1).trim() === '' && /^\s*[#;]/.test(lines.at(first - 2));
    const above = isSpaced ? first - 2 : first - 1;
    if (outside.at(-1) !== above || owners.get(above)?.host !== owners.get(at)?.host) return first;
    if (kind.recognise(lines.at(above)) !== 'weak') return first;
    outside.pop();
    first = above;
  }
}

/** Ends the open stretch, if there is one. */
export function close(state: Walk): void {
  const { open, doubtful } = state;
  state.open = null;
  state.doubtful = null;
  if (open !== null) {
    const lines = linesBetween(state.lines, open.first, open.last + 1);
    const span = {
      first: lineAt(state, open.first),
      last: lineAt(state, open.last + 1) - 1,
      lines,
    };
    const places = state.rows?.slice(open.first, open.last + 2).map((row) => row + 1) ?? null;
    state.stretches.push({
      kind: open.kind.kind,
      source: state.index,
      ...span,
      places,
      context: open.context,
    });
  }
  if (doubtful !== null) state.outside.push(doubtful);
}

/** The number of a line, from 1 among those that came. */
function lineAt({ rows }: Walk, at: number): number {
  return (rows?.[at] ?? at) + 1;
}

/** The numbers, from 1, of all lines that a place of the walk stands for: several where a line had been broken. */
export function linesAt(state: Walk, at: number): readonly number[] {
  const [from, to] = [lineAt(state, at), lineAt(state, at + 1)];
  return Array.from({ length: to - from }, (_, offset) => from + offset);
}

function contextOf(state: Walk): Context {
  const { label, prompt, source } = state;
  const file = parseFileName(source.name ?? '');
  const remote = prompt === null ? undefined : remotePlace(prompt.command);
  const host = remote?.host ?? prompt?.host ?? null;
  return {
    at: source.at ?? null,
    label: label === null ? null : { host: label.host, interface: label.interface, pod: label.pod },
    section: state.section,
    prompt:
      host === null
        ? null
        : { host, pod: remote?.pod ?? (state.shell?.host === host && state.shell.pod) },
    command: prompt?.command ?? null,
    windows: prompt?.windows ?? false,
    file: file === undefined ? null : { host: file.host, interface: file.interface },
    order: label?.order ?? file?.order ?? null,
  };
}

/** Labels, prompts and what they announced hold no longer, unless some kind half knows the line. */
export function forget(state: Walk, at: number): void {
  const { label, section, expected, prompt, spent } = state;
  const isKnown = label !== null || section !== null || (spent && prompt !== null);
  if (!isKnown && expected.length === 0) return;
  const line = state.lines.at(at);
  if (candidatesFor(line).some((kind) => kind.recognise(line) === 'weak')) return;
  state.label = null;
  state.section = null;
  state.expected = [];
  if (state.spent) state.prompt = null;
}
