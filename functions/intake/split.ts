import { kinds } from '../artefacts/index.ts';
import { type EditableLines, linesBetween } from '../primitives/lines.ts';
import { candidatesFor } from './candidates.ts';
import { parseFileName } from './file-name.ts';
import { isFurniture } from './furniture.ts';
import { isStatement, type Label, parseLabel } from './label.ts';
import type { Context, Paste, Source, Stretch } from './paste.ts';
import { parsePrompt, remotePlace } from './prompt.ts';
import { unmangle } from './unmangle.ts';
import { markOf, unwrap } from './unwrap.ts';

type Kind = (typeof kinds)[number];

/** Takes sources apart into stretches of one kind each, in one pass over the lines. Never throws. */
export function split(sources: readonly Source[]): Paste {
  const cleaned = sources.map((source) => unmangle(source.text));
  const known = hostsNamedBy(cleaned.map(({ text }) => text));
  const walks = cleaned.map((text, index) => walk(sources[index], index, text.text, known));
  return {
    stretches: walks.flatMap((walked) => walked.stretches),
    outside: walks.flatMap((walked, source) =>
      walked.outside.map((at) => ({ source, line: at + 1 })),
    ),
    raw: cleaned.map((text) => text.raw),
  };
}

/** Where the walk stands. `at` and all line numbers in it count from 0. */
interface Walk {
  readonly source: Source;
  readonly index: number;
  readonly lines: EditableLines;
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
  label: Label | null;
  section: { readonly host: string; readonly pod: boolean } | null;
  prompt: { readonly host: string | null; readonly command: string } | null;
  expected: readonly Kind[];
  /** The pod or host that a command has opened a shell on. */
  shell: { readonly host: string; readonly pod: boolean } | null;
  /** The output that the prompt's command announced has come, or none will: what follows prose is not its output. */
  spent: boolean;
}

function walk(
  source: Source | undefined,
  index: number,
  text: EditableLines,
  known: ReadonlySet<string>,
) {
  const file = parseFileName(source?.name ?? '');
  const state: Walk = {
    source: source ?? { name: null, text: '' },
    index,
    lines: unwrap(text),
    known,
    stretches: [],
    outside: [],
    open: null,
    doubtful: null,
    gap: false,
    label: null,
    section: null,
    prompt: null,
    shell: null,
    expected: kinds.filter((kind) => kind.kind === file?.kind),
    spent: false,
  };
  for (let at = 0; at < state.lines.length; at += 1) {
    step(state, at);
    at += runBehind(state, at);
  }
  close(state);
  return state;
}

/** How many lines behind one that the open stretch has just taken belong to it for certain. */
function runBehind({ open, lines }: Walk, at: number): number {
  if (open === null || open.last !== at || open.kind.run === undefined) return 0;
  if (open.kind.ends?.(lines.at(at))) return 0;
  const run = open.kind.run(lines, at + 1);
  open.last += run;
  return run;
}

function step(state: Walk, at: number): void {
  const line = state.lines.at(at);
  if (goesOn(state, line)) accept(state, at);
  else if (!isPassed(state, at, line) && !readPrompt(state, line) && !opens(state, at, line)) {
    if (!readLabel(state, line)) stray(state, at);
  }
}

/** Whether the open stretch takes the line without a second look. */
function goesOn({ open, lines }: Walk, line: string): boolean {
  if (open === null) return false;
  const strength = open.kind.recognise(line);
  if (strength === 'strong') return !startsAnew(open, line, lines.at(open.last));
  if (strength === 'none') return false;
  // A hash begins a remark, a root prompt or a label; other marks of a prompt also stand inside output.
  return !/^\s*#/.test(line) && !(mayBePrompt(line) && parsePrompt(line) !== undefined);
}

/** Blank lines, fences and the terminal's leftovers are passed over. */
function isPassed(state: Walk, at: number, line: string): boolean {
  if (line.trim() === '') {
    const { doubtful } = state;
    state.gap = true;
    if (doubtful !== null) {
      // A remark with a blank line behind it ends an output as one with a blank line before it does.
      close(state);
      forget(state, doubtful);
    }
    return true;
  }
  if (line.includes('```')) {
    fence(state, at);
    return true;
  }
  if (!isFurniture(line)) return false;
  if (state.open?.kind.continues?.(line)) accept(state, at);
  else state.lines.set(at, '');
  return true;
}

/** A line that proves some kind opens a stretch; one that continues the open one, or that a command announced, goes in. */
function opens(state: Walk, at: number, line: string): boolean {
  const strong = strongKind(state, line);
  const off = strong === undefined ? switchedOff(line) : undefined;
  if (strong !== undefined) begin(state, strong, at);
  else if (state.open?.kind.continues?.(line)) accept(state, at);
  else if (off !== undefined && off === state.open?.kind) accept(state, at);
  else if (off !== undefined) begin(state, off, at);
  else if (unmark(state, at)) step(state, at);
  else {
    const hinted = state.expected.find(
      (kind) => kind.recognise(line) === 'weak' && kind !== state.open?.kind,
    );
    if (hinted === undefined) return false;
    begin(state, hinted, at);
  }
  return true;
}

function accept(state: Walk, at: number): void {
  if (state.open !== null) state.open.last = at;
  state.doubtful = null;
  state.gap = false;
}

/** A second banner, or a packet after a trailer, is another artefact of the same kind. */
function startsAnew(open: NonNullable<Walk['open']>, line: string, before: string): boolean {
  const { begins, ends } = open.kind;
  if (begins?.(line)) return !begins(before);
  return ends?.(before) === true && !ends(line);
}

function begin(state: Walk, kind: Kind, at: number): void {
  close(state);
  const first = beginningOf(state, kind, at);
  const hinted = state.prompt !== null && state.expected.includes(kind);
  if (hinted) state.spent = true;
  if (state.prompt !== null && state.expected.length > 0 && !hinted) state.prompt = null;
  state.open = { kind, first, last: at, context: contextOf(state) };
  state.gap = false;
  if (state.label?.host != null) state.section = { host: state.label.host, pod: state.label.pod };
  state.label = null;
}

/** The stretch may have lost its strong first line: the weak lines right above are its own, and remarks above a blank. */
function beginningOf({ lines, outside }: Walk, kind: Kind, at: number): number {
  let first = at;
  for (;;) {
    const isSpaced =
      first > 0 && lines.at(first - 1).trim() === '' && /^\s*[#;]/.test(lines.at(first - 2));
    const above = isSpaced ? first - 2 : first - 1;
    if (outside.at(-1) !== above || kind.recognise(lines.at(above)) !== 'weak') return first;
    outside.pop();
    first = above;
  }
}

function close(state: Walk): void {
  const { open, doubtful } = state;
  state.open = null;
  state.doubtful = null;
  if (open !== null) {
    const lines = linesBetween(state.lines, open.first, open.last + 1);
    const span = { first: open.first + 1, last: open.last + 1, lines };
    state.stretches.push({
      kind: open.kind.kind,
      source: state.index,
      ...span,
      context: open.context,
    });
  }
  if (doubtful !== null) state.outside.push(doubtful);
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
    file: file === undefined ? null : { host: file.host, interface: file.interface },
    order: label?.order ?? file?.order ?? null,
  };
}

/** A fence closes what is open; text behind or before it on the same line is content. */
function fence(state: Walk, at: number): void {
  close(state);
  if (state.spent) {
    state.prompt = null;
    state.expected = [];
  }
  const rest = state.lines.at(at).replaceAll('```', '');
  state.lines.set(at, rest);
  if (/^\s*[\w+-]{0,12}\s*$/.test(rest)) return;
  step(state, at);
}

/** Only lines that can be a prompt are worth the dearer test. */
function mayBePrompt(line: string): boolean {
  return line.includes('@') || /^\s*[/~$#➜❯[(]/.test(line);
}

function readPrompt(state: Walk, line: string): boolean {
  if (!/[$#>%➜❯]/.test(line)) return false;
  const prompt = parsePrompt(line);
  if (prompt === undefined) return false;
  // A comment inside an open stretch looks like a root prompt; only a command makes it one.
  if (state.open?.kind.continues?.(line) && prompt.host === null) return false;
  close(state);
  // A label speaks of the output below it; a second prompt that names another host has left that behind.
  if (state.prompt !== null && prompt.host !== null && prompt.host !== state.prompt.host)
    state.label = null;
  const remote = remotePlace(prompt.command);
  // After `kubectl exec … -- sh` the prompts that name no host are the pod's own.
  if (prompt.host !== null || remote !== undefined) state.shell = remote ?? null;
  state.prompt =
    prompt.host === null && remote === undefined && state.shell !== null
      ? { ...prompt, host: state.shell.host }
      : prompt;
  state.expected = kinds.filter((kind) => kind.hint.test(prompt.command));
  state.spent = /^(?:\^C|exit|logout)?$/.test(prompt.command);
  return true;
}

function strongKind(state: Walk, line: string): Kind | undefined {
  const isStrong = (kind: Kind) => kind.recognise(line) === 'strong';
  return state.expected.find(isStrong) ?? candidatesFor(line).find(isStrong);
}

/** A bullet, quote mark or gutter before a single output line goes, if the line is an output without it. */
function unmark(state: Walk, at: number): boolean {
  const { text } = markOf(state.lines.at(at)) ?? { text: '' };
  if (text === '') return false;
  const isKnown = (kind: Kind) => {
    const strength = kind.recognise(text);
    return strength === 'strong' || (strength === 'weak' && kind === state.open?.kind);
  };
  if (!candidatesFor(text).some(isKnown)) return false;
  state.lines.set(at, text);
  return true;
}

/** The kind whose line was switched off by a hash before it: `#net.ipv4.ip_forward=1` sets nothing. */
function switchedOff(line: string): Kind | undefined {
  const { mark, text } = markOf(line) ?? { mark: '', text: '' };
  if (mark !== '#') return undefined;
  const hasRemarks = (kind: Kind) =>
    kind.recognise(line) === 'weak' || kind.continues?.(line) === true;
  return candidatesFor(text).find((kind) => kind.recognise(text) === 'strong' && hasRemarks(kind));
}

function readLabel(state: Walk, line: string): boolean {
  const label = parseLabel(line, state.known);
  if (label === undefined) return false;
  close(state);
  state.label = label;
  state.prompt = null;
  state.expected = [];
  return true;
}

/**
 * A line nobody knows: one may stand inside a stretch; a second, a statement or one behind a blank line ends it, and
 * prose ends a label's reach. What some kind half knows may be the beginning of a stretch that was cut.
 */
function stray(state: Walk, at: number): void {
  const isRemark = !isStatement(state.lines.at(at));
  if (state.open !== null && state.doubtful === null && !state.gap && isRemark) {
    state.doubtful = at;
    return;
  }
  close(state);
  state.outside.push(at);
  forget(state, at);
}

function forget(state: Walk, at: number): void {
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

/** Hosts that prompts name: a label that names one of them is believed sooner. */
function hostsNamedBy(texts: readonly EditableLines[]): ReadonlySet<string> {
  const hosts = new Set<string>();
  for (const lines of texts) {
    for (const index of [...lines.placesOf('@'), ...lines.placesOf('Linux ')]) {
      const line = lines.at(index);
      const host =
        parsePrompt(line)?.host ?? /\bLinux ([A-Za-z0-9][\w.-]*) \d+\.\d+/.exec(line)?.[1];
      if (host != null) hosts.add(host);
    }
  }
  return hosts;
}
