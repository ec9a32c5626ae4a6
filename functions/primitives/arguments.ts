import { err, ok, type Result } from './result.ts';

/** What is to be done; a file that is called like a command is named `./causes`. */
export type Command =
  | { readonly name: 'diagnose' }
  | { readonly name: 'causes' }
  | { readonly name: 'explain'; readonly cause: string }
  | { readonly name: 'check'; readonly directory: string }
  | { readonly name: 'new'; readonly rule: string; readonly directory: string | null };

/** The command line, read. */
export interface Arguments {
  readonly command: Command;
  readonly files: readonly {
    readonly path: string;
    readonly at: { readonly host: string; readonly interface: string | null } | null;
  }[];
  readonly format: 'text' | 'json' | 'markdown' | 'slack';
  readonly language: 'en' | 'zh' | null;
  readonly color: 'auto' | 'always' | 'never';
  readonly runbookBase: string | null;
  readonly timing: boolean;
  readonly help: boolean;
}

export interface UsageFault {
  readonly code: 'usage';
  readonly detail: string;
}

const CHOICES: ReadonlyMap<string, readonly string[]> = new Map([
  ['--format', ['text', 'json', 'markdown', 'slack']],
  ['--lang', ['en', 'zh']],
  ['--color', ['auto', 'always', 'never']],
]);

const VALUED = new Set(['--format', '--lang', '--color', '--runbook-base', '--at']);
const SWITCHES = new Set(['--timing', '--help', '-h']);

/** Reads the words after the command; one line says what is wrong with them. */
export function parseArguments(argv: readonly string[]): Result<Arguments, UsageFault> {
  const given = new Map<string, string>();
  const files: Arguments['files'][number][] = [];
  const words = argv.flatMap(splitAssignment);
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  for (let at = 0; at < options.length; at += 1) {
    const word = options[at] ?? '';
    if (word === '-' || !word.startsWith('-')) files.push({ path: word, at: null });
    else if (SWITCHES.has(word)) given.set(word, '');
    else {
      const fault = takeValue(word, options[at + 1], given, files);
      if (fault !== undefined) return usage(fault);
      at += 1;
    }
  }
  const command = commandIn(files.map(({ path }) => path));
  if (typeof command === 'string') return usage(command);
  if (command.name !== 'diagnose') return toArguments(given, [], command);
  if (end >= 0) files.push(...words.slice(end + 1).map((path) => ({ path, at: null })));
  return toArguments(given, files, command);
}

/** The command that the first words name, or what is wrong with it. */
function commandIn([first, ...rest]: readonly string[]): Command | string {
  const [second, third, fourth] = rest;
  if (first === 'causes') return rest.length === 0 ? { name: 'causes' } : 'causes takes no words';
  if (first === 'explain')
    return second === undefined || rest.length > 1
      ? 'explain takes one cause; `netdx causes` lists them'
      : { name: 'explain', cause: second };
  if (first !== 'rules') return { name: 'diagnose' };
  if (second === 'check' && third !== undefined && fourth === undefined)
    return { name: 'check', directory: third };
  if (second === 'new' && third !== undefined && rest.length <= 3)
    return /^(?:[a-z0-9-]+\/)?[a-z0-9]+(?:-[a-z0-9]+)*$/.test(third)
      ? { name: 'new', rule: third, directory: fourth ?? null }
      : 'a name has small letters, digits and single hyphens, with or without AREA/ before it';
  return 'rules check DIR, or rules new [AREA/]NAME [DIR]';
}

/** `--lang=zh` is `--lang zh`. */
function splitAssignment(word: string): readonly string[] {
  const equals = /^--[a-z-]+=/.test(word) ? word.indexOf('=') : -1;
  return equals < 0 ? [word] : [word.slice(0, equals), word.slice(equals + 1)];
}

function takeValue(
  option: string,
  value: string | undefined,
  given: Map<string, string>,
  files: Arguments['files'][number][],
): string | undefined {
  if (!VALUED.has(option)) return `unknown option ${option}`;
  if (value === undefined) return `${option} needs a value`;
  const choices: readonly string[] | undefined = CHOICES.get(option);
  if (choices !== undefined && !choices.includes(value))
    return `${option} takes ${choices.join(', ')}, not ${value}`;
  if (option !== '--at') {
    given.set(option, value);
    return undefined;
  }
  const placed = parseAt(value);
  if (placed === undefined) return `--at takes HOST[/INTERFACE]=FILE, not ${value}`;
  files.push(placed);
  return undefined;
}

function toArguments(
  given: ReadonlyMap<string, string>,
  files: Arguments['files'],
  command: Command,
): Result<Arguments, UsageFault> {
  return ok({
    command,
    files,
    format: (given.get('--format') ?? 'text') as Arguments['format'],
    language: (given.get('--lang') ?? null) as Arguments['language'],
    color: (given.get('--color') ?? 'auto') as Arguments['color'],
    runbookBase: given.get('--runbook-base') ?? null,
    timing: given.has('--timing'),
    help: given.has('--help') || given.has('-h'),
  });
}

function parseAt(value: string): Arguments['files'][number] | undefined {
  const match = /^([^/=]+)(?:\/([^=]+))?=(.+)$/.exec(value);
  if (match === null) return undefined;
  const [, host = '', device = null, path = ''] = match;
  return { path, at: { host, interface: device } };
}

function usage(detail: string): Result<never, UsageFault> {
  return err({ code: 'usage', detail });
}
