import { kinds } from '../artefacts/index.ts';
import type { EditableLines } from '../primitives/lines.ts';
import { isBareValue, keysPrintedBare } from './bare-values.ts';
import { candidatesFor } from './candidates.ts';
import { readEmptyAnswer } from './empty-answer.ts';
import { isUnderlined } from './fleet-heading.ts';
import { isFurniture, isOmission } from './furniture.ts';
import { isStatement, type Label, parseLabel } from './label.ts';
import type { Paste, Source } from './paste.ts';
import { commandInterface, opensShell, type Prompt, parsePrompt, remotePlace } from './prompt.ts';
import { isOutput } from './proof.ts';
import { isHeadingOfCommand, loneCommand } from './told-command.ts';
import { unmangle } from './unmangle.ts';
import { markOf, unwrap } from './unwrap.ts';
import {
  accept,
  begin,
  close,
  enter,
  forget,
  type Kind,
  linesAt,
  newWalk,
  runBehind,
  type Walk,
} from './walk.ts';

/** Takes sources apart into stretches of one kind each, in one pass over the lines. Never throws. */
export function split(sources: readonly Source[]): Paste {
  const cleaned = sources.map((source) => unmangle(source.text));
  const known = hostsNamedBy(cleaned.map(({ text }) => text));
  const walks = cleaned.map((text, index) => walk(sources[index], index, text.text, known));
  return {
    stretches: walks.flatMap((walked) => walked.stretches),
    outside: walks.flatMap((walked, source) =>
      walked.outside.flatMap((at) => linesAt(walked, at).map((line) => ({ source, line }))),
    ),
    raw: cleaned.map((text) => text.raw),
  };
}

function walk(
  source: Source | undefined,
  index: number,
  text: EditableLines,
  known: ReadonlySet<string>,
) {
  const state = newWalk(source ?? { name: null, text: '' }, index, unwrap(text), known);
  for (let at = 0; at < state.lines.length; at += 1) {
    step(state, at);
    at += runBehind(state, at);
  }
  close(state);
  return state;
}

function step(state: Walk, at: number): void {
  enter(state, at);
  nameBareValue(state, at);
  const line = state.lines.at(at);
  if (beginsList(state, line)) close(state);
  if (!line.includes('```') && goesOn(state, line)) accept(state, at);
  else if (
    !isPassed(state, at, line) &&
    !readPrompt(state, at, line) &&
    !readHeading(state, at, line)
  ) {
    if (!opens(state, at, line) && !readLabel(state, at, line)) stray(state, at);
  }
}

/** `# gw1: ip route` looks like a remark of the file above it, or of one that the last command printed. */
function readHeading(state: Walk, at: number, line: string): boolean {
  return /^\s*#/.test(line) && isHeadingOfCommand(line) && readLabel(state, at, line);
}

/** `cat /proc/sys/net/ipv4/ip_forward` prints a value without its name: the command tells it. */
function nameBareValue(state: Walk, at: number): void {
  const [key, ...others] = state.bare;
  if (key === undefined) return;
  const line = state.lines.at(at);
  // The count that `conntrack -L | wc -l` leaves on standard error stands between.
  if (isOutput(line)) return;
  const isValue = isBareValue(line);
  state.bare = isValue ? others : [];
  if (isValue) state.lines.set(at, `${key} = ${line.trim()}`);
}

/** A list in JSON begins: text does not go on in it, nor does another list. */
function beginsList({ open, lines }: Walk, line: string): boolean {
  const [, bracket] = /^\s*(\[|\{)[\s{]*$/.exec(line) ?? [];
  if (bracket === undefined || open?.kind.recognise(line) !== 'weak') return false;
  return bracket === '[' || !/^\s*[[{"]/.test(lines.at(open.first));
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

/** A second banner, or a packet after a trailer, is another artefact of the same kind. */
function startsAnew(open: NonNullable<Walk['open']>, line: string, before: string): boolean {
  const { begins, ends } = open.kind;
  if (begins?.(line)) return !begins(before);
  return ends?.(before) === true && !ends(line);
}

/** A fence closes what is open; text behind it on the same line is content, and text before it the end of what it closes. */
function fence(state: Walk, at: number): void {
  const line = state.lines.at(at);
  const rest = line.replaceAll('```', '');
  const isEnd = /^[^`]*\S[^`]*```\s*$/.test(line);
  if (!isEnd) endFenced(state);
  state.lines.set(at, rest);
  if (!/^\s*[\w+-]{0,12}\s*$/.test(rest) || isEnd) step(state, at);
  if (isEnd) endFenced(state);
}

function endFenced(state: Walk): void {
  close(state);
  if (state.spent) {
    state.prompt = null;
    state.expected = [];
  }
}

/** Only lines that can be a prompt are worth the dearer test. */
function mayBePrompt(line: string): boolean {
  return line.includes('@') || /^\s*[/~$#➜❯[(]/.test(line);
}

function readPrompt(state: Walk, at: number, line: string): boolean {
  if (!/[$#>%➜❯]/.test(line)) return false;
  const prompt = parsePrompt(line);
  if (prompt === undefined) return false;
  // A comment inside an open stretch looks like a root prompt; only a command makes it one.
  if (prompt.host === null && goesInto(state, line)) return false;
  // A command echoed again, by a script or a copied line, was typed where it was typed first.
  if (isEcho(state, prompt)) return true;
  readEmptyAnswer(state, at, prompt);
  close(state);
  // A label speaks of the output below it; a second prompt that names another host has left that behind.
  if (state.prompt !== null && prompt.host !== null && prompt.host !== state.prompt.host)
    state.label = null;
  // A label with no output below it: the next prompt is on another host and captures another card.
  if (state.label !== null && isElsewhere(state.label, prompt)) state.label = null;
  if (state.label?.isQuality === true && prompt.host !== null)
    state.label = { ...state.label, host: null };
  const remote = remotePlace(prompt.command);
  // After `kubectl exec … -- sh` the prompts that name no host are the pod's own.
  if (remote !== undefined && opensShell(prompt.command)) state.shell = remote;
  else if (prompt.host !== null) state.shell = null;
  state.prompt =
    prompt.host === null && remote === undefined && state.shell !== null
      ? { ...prompt, host: state.shell.host }
      : prompt;
  state.expected = kindsOf(prompt.command);
  state.bare = keysPrintedBare(prompt.command);
  state.spent = /^(?:\^C|exit|logout)?$/.test(prompt.command);
  state.gap = false;
  return true;
}

/** Whether the open stretch, or else the output that the last command has yet to print, goes on with such a line. */
function goesInto({ open, expected, spent }: Walk, line: string): boolean {
  if (open !== null) return open.kind.continues?.(line) === true;
  return !spent && expected.some((kind) => kind.continues?.(line));
}

/** The kinds whose output a command prints; what it hands over in quotes, as `ssh gw1 'ip route'` does, is a command too. */
function kindsOf(command: string): readonly Kind[] {
  const bare = command.replace(/['"]/g, ' ');
  return kinds.filter((kind) => kind.hint.test(bare));
}

function isEcho({ open, prompt: before, gap }: Walk, { host, command }: Prompt): boolean {
  return open === null && host === null && command !== '' && command === before?.command && !gap;
}

function isElsewhere({ host, interface: device }: Label, prompt: Prompt): boolean {
  const captured = /\b(?:tcpdump|tshark)\b/.test(prompt.command)
    ? commandInterface(prompt.command)
    : null;
  if (host === null || device === null || prompt.host === null || captured === null) return false;
  return host !== prompt.host && device !== captured;
}

function strongKind(state: Walk, line: string): Kind | undefined {
  const isStrong = (kind: Kind) => kind.recognise(line) === 'strong';
  return state.expected.find(isStrong) ?? candidatesFor(line).find(isStrong);
}

/** A bullet, quote mark or gutter before a single output line goes, if the line is an output without it. */
function unmark(state: Walk, at: number): boolean {
  const { mark, text } = markOf(state.lines.at(at)) ?? { mark: '', text: '' };
  if (text === '') return false;
  const isNumbered = /^\d/.test(mark);
  const isKnown = (kind: Kind) => {
    const strength = kind.recognise(text);
    const isAwaited = kind === state.open?.kind || (isNumbered && state.expected.includes(kind));
    return strength === 'strong' || (strength === 'weak' && isAwaited);
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

/** A line that names the place of what stands below it, or the command, or both. */
function readLabel(state: Walk, at: number, line: string): boolean {
  const heading = isUnderlined(line, state.lines.at(at + 1)) ? `=== ${line.trim()} ===` : line;
  const label = parseLabel(heading, state.known);
  const command = label === undefined ? loneCommand(line) : label.command;
  if (label === undefined && command === null) return false;
  close(state);
  if (label !== undefined) state.label = joined(state.label, label);
  // When the same was done again: at the same prompt, by the same command.
  if (label !== undefined && isMoment(label) && command === null) return true;
  // Where another host is named, nobody types in the pod's shell any more.
  if (label?.host != null) state.shell = null;
  state.prompt = command === null ? null : { host: null, command };
  state.expected = command === null ? [] : kindsOf(command);
  state.bare = keysPrintedBare(command ?? '');
  state.spent = false;
  return true;
}

/** `node-b:` and `after the reboot:`, one below the other, are of the same output. */
function joined(above: Label | null, label: Label): Label {
  if (above === null) return label;
  if (isMoment(label) && label.command === null)
    return { ...above, order: label.order ?? above.order };
  return isMoment(above) && label.order === null ? { ...label, order: above.order } : label;
}

/** Tells a time and no place. */
function isMoment({ host, interface: device }: Label): boolean {
  return host === null && device === null;
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
  // Under a label, a mark for lines left out stands for the beginning of the output.
  if (!isOmission(state.lines.at(at))) forget(state, at);
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
