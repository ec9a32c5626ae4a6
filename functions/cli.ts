#!/usr/bin/env node
import { join } from 'node:path';
import { languageOf } from './adapters/terminal.ts';
import { checkRules } from './commands/check-rules.ts';
import { diagnose } from './commands/diagnose.ts';
import { explainCause, listCauses } from './commands/explain.ts';
import { newRule } from './commands/new-rule.ts';
import type { Outcome, Surroundings } from './commands/outcome.ts';
import { type Arguments, parseArguments } from './primitives/arguments.ts';

const USAGE = `usage: netdx [FILE...] [--at HOST[/INTERFACE]=FILE] [--format text|json|markdown|slack] [--lang en|zh]
             [--color auto|always|never] [--runbook-base URL] [--timing]
       netdx causes                      every cause that can be found
       netdx explain CAUSE               its page: what proves it, what to do
       netdx rules check DIR             whether your own rules, pages and cases in DIR fit
       netdx rules new [AREA/]NAME [DIR] writes a rule, a page, a case and a near miss to fill in
NETDX_CATALOGUE=DIR lays the rules, pages and runbook links in DIR over the built-in ones.
`;

process.exitCode = await run();

/** Exit status: 0 printed, whatever it says; 1 nothing was recognised, or the check found faults; 2 bad usage or unreadable input. */
async function run(): Promise<number> {
  const args = parseArguments(process.argv.slice(2));
  if (!args.ok) return refuse(args.error.detail);
  if (args.value.help) return print(USAGE, 0);
  const outcome = await perform(args.value, surroundings(args.value));
  return 'refused' in outcome ? refuse(outcome.refused) : print(outcome.text, outcome.status);
}

async function perform(args: Arguments, around: Surroundings): Promise<Outcome> {
  const { command } = args;
  if (command.name === 'causes') return listCauses(args, around);
  if (command.name === 'explain') return explainCause(command.cause, args, around);
  if (command.name === 'check') return checkRules(command.directory, around);
  if (command.name === 'new') return newRule(command.rule, command.directory, around);
  return diagnose(args, around);
}

function surroundings({ language, color }: Arguments): Surroundings {
  const { env, stdout } = process;
  return {
    directory: join(import.meta.dirname, '..'),
    own: env.NETDX_CATALOGUE || null,
    language: language ?? languageOf(env),
    width: Math.min(stdout.columns || 80, 100),
    color: color === 'auto' ? stdout.isTTY && !env.NO_COLOR : color === 'always',
  };
}

function print(text: string, status: number): number {
  process.stdout.write(text);
  return status;
}

function refuse(detail: string): number {
  process.stderr.write(`netdx: ${detail.replaceAll('\n', ' ')}\n`);
  return 2;
}
