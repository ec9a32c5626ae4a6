import { type Failure, failureIn, isBeneath } from './command-failed/lines.ts';
import { defineArtefact, type Parsed, type Strength } from './define.ts';

interface CommandFailed {
  readonly failures: readonly Failure[];
}

/**
 * What shells, sudo, kubectl and the tools print instead of an output. Such a command has shown nothing: neither that
 * something is wrong nor that all is well.
 */
export const commandFailed = defineArtefact({
  kind: 'command-failed',
  title: 'stderr',
  ask: 'id; uname -a',
  hint: /(?!)/,
  ofAnyCommand: true,
  recognise,
  continues: (line) => isBeneath(line.trim()),
  parse,
  size: ({ failures }) => ({ count: failures.length, unit: 'messages' }),
  facts: {},
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (failureIn(text, 1) !== undefined) return 'strong';
  return isBeneath(text) ? 'weak' : 'none';
}

function parse(lines: readonly string[]): Parsed<CommandFailed> | undefined {
  const failures: Failure[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const failure = failureIn(text, index + 1);
    if (failure !== undefined) failures.push(failure);
    else if (!isBeneath(text)) unread.push(index + 1);
  }
  return failures.length === 0 ? undefined : { content: { failures }, unread };
}
