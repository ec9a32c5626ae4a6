import { wordsOf } from '../../primitives/words.ts';
import type { Flow } from './read.ts';

const COMMANDS: Readonly<Record<string, Flow['event']>> = {
  // The first is what `-L` and new entries have in common; before 1.4.7 it was the second.
  '-A': null,
  '-I': null,
  '-U': 'UPDATE',
  '-D': 'DESTROY',
};

const LONGEST = 1024;

/**
 * An entry as `conntrack -o save` prints it: the options that would make it again (conntrack-tools, src/conntrack.c:
 * ct_save_snprintf). Where an address is translated, `-g` and `-n` stand in the place of `-r` and `-q`.
 */
export function savedFlowIn(text: string, line: number): Flow | undefined {
  const [command = '', ...words] = text.length > LONGEST ? [] : wordsOf(text);
  const event = COMMANDS[command];
  if (event === undefined || !/^-[tu]$/.test(words[0] ?? '')) return undefined;
  const values = optionsIn(words);
  const [source, destination] = [values.get('-s'), values.get('-d')];
  const [replySource, replyDestination] = [
    values.get('-r') ?? values.get('-g'),
    values.get('-q') ?? values.get('-n'),
  ];
  if (!source || !destination || !replySource || !replyDestination) return undefined;
  const status = values.get('-u')?.split(',');
  const number = (option: string) => numberIn(values.get(option));
  return {
    line,
    event,
    time: null,
    protocol: protocolIn(values.get('-p')),
    secondsLeft: number('-t'),
    state: values.get('--state') ?? null,
    original: {
      source,
      destination,
      sport: number('--sport'),
      dport: number('--dport'),
      packets: null,
    },
    reply: {
      source: replySource,
      destination: replyDestination,
      sport: number('--reply-port-src'),
      dport: number('--reply-port-dst'),
      packets: null,
    },
    unreplied: status !== undefined && !status.includes('SEEN_REPLY'),
    assured: status?.includes('ASSURED') ?? false,
    offloaded: false,
    zone: number('-w') ?? 0,
    ageSeconds: null,
  };
}

/** Every option has one value; a cut line may end without it. */
function optionsIn(words: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (let at = 0; at + 1 < words.length; at += 2) values.set(words[at] ?? '', words[at + 1] ?? '');
  return values;
}

/** conntrack names the protocols that it has options for, and writes the number of any other. */
function protocolIn(word: string | undefined): string {
  return word !== undefined && /^[a-z]/.test(word) ? word : 'unknown';
}

function numberIn(word: string | undefined): number | null {
  return word !== undefined && /^\d{1,10}$/.test(word) ? Number(word) : null;
}
