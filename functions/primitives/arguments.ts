import { err, ok, type Result } from './result.ts';

/** The command line, read. */
export interface Arguments {
  readonly files: readonly { readonly path: string; readonly at: { readonly host: string; readonly interface: string | null } | null }[];
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

const CHOICES = {
  '--format': ['text', 'json', 'markdown', 'slack'],
  '--lang': ['en', 'zh'],
  '--color': ['auto', 'always', 'never'],
} as const;

const VALUED = new Set(['--format', '--lang', '--color', '--runbook-base', '--at']);

/** Reads the words after the command; one line says what is wrong with them. */
export function parseArguments(argv: readonly string[]): Result<Arguments, UsageFault> {
  const given = new Map<string, string>();
  const files: Arguments['files'][number][] = [];
  const words = argv.flatMap((word) => (/^--[a-z-]+=/.test(word) ? [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)] : [word]));
  for (let at = 0, rest = false; at < words.length; at += 1) {
    const word = words[at] ?? '';
    if (rest || word === '-' || !word.startsWith('-')) files.push({ path: word, at: null });
    else if (word === '--') rest = true;
    else if (word === '--timing' || word === '--help' || word === '-h') given.set(word, '');
    else if (!VALUED.has(word)) return usage(`unknown option ${word}`);
    else {
      const value = words[at + 1];
      at += 1;
      if (value === undefined) return usage(`${word} needs a value`);
      const placed = word === '--at' ? parseAt(value) : undefined;
      if (word === '--at' && placed === undefined) return usage(`--at takes HOST[/INTERFACE]=FILE, not ${value}`);
      if (placed !== undefined) files.push(placed);
      else given.set(word, value);
    }
  }
  for (const [option, choices] of Object.entries(CHOICES)) {
    const value = given.get(option);
    if (value !== undefined && !(choices as readonly string[]).includes(value)) return usage(`${option} takes ${choices.join(', ')}, not ${value}`);
  }
  return ok({
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
