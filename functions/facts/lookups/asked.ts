import {
  digArguments,
  plainArguments,
  type Asked as Words,
} from '../../artefacts/dig/arguments.ts';
import type { Lookup } from '../../artefacts/dig/lookup.ts';
import { type Artefact, cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Citation } from '../../primitives/reading.ts';
import { inOrder } from '../order.ts';

/** One lookup by dig, nslookup or host, completed by what its command says. */
export interface Asked {
  readonly lookup: Lookup;
  readonly name: string | null;
  readonly type: string | null;
  /** The address that was asked, where it is known. */
  readonly server: string | null;
  /** The command named the server; false: it is one of resolv.conf's. */
  readonly named: boolean;
  readonly outcome: Lookup['outcome'];
  readonly tcp: boolean;
  readonly options: readonly string[];
  /** The line that tells how it ended, then those that name question and server. */
  readonly at: readonly Citation[];
}

/** The lookups of the evidence in the order in which they were taken; those of `+trace` ask other servers on purpose. */
export function askedIn(evidence: readonly Evidence[]): readonly Asked[] {
  return inOrder(ofKind(evidence, 'dig')).flatMap(({ artefact, content }) => {
    const commands = commandsIn(artefact.command ?? '');
    const fits = commands.length === content.lookups.length;
    // One command in a loop asks the same each time.
    const [first] = commands;
    const only = commands.length === 1 && (first?.questions.length ?? 0) < 2 ? first : undefined;
    return content.lookups.flatMap((lookup, index) => {
      const asked = complete(artefact, lookup, fits ? commands[index] : only);
      return asked.options.includes('trace') ? [] : [asked];
    });
  });
}

function complete(artefact: Artefact, lookup: Lookup, words: Words | undefined): Asked {
  const question = words?.questions[0];
  const options = lookup.options.length > 0 ? lookup.options : (words?.options ?? []);
  const byWords = lookup.asked ?? words?.server ?? null;
  return {
    lookup,
    name: lookup.name ?? question?.name ?? null,
    type: lookup.type ?? question?.type ?? null,
    server: lookup.server ?? byWords,
    named: byWords !== null,
    outcome: lookup.outcome,
    tcp: lookup.tcp ?? options.some((option) => option === 'tcp' || option === 'vc'),
    options,
    at: [lookup.line, ...lookup.beside].map((line) => cite(artefact, line)),
  };
}

const TOOL = /(?:^|[\s/(])(k?dig|drill|nslookup|host)\s+(.*)$/;

/** The questions of a command line, one for each command in it. */
function commandsIn(command: string): readonly Words[] {
  return command.split(/;|&&|\|\|/).flatMap((part) => {
    const [, tool, rest = ''] = TOOL.exec(part) ?? [];
    if (tool === undefined) return [];
    // What a loop puts in for a variable is not in the words.
    const words = rest.replace(/\$\([^)]*\)|\S*[$`]\S*/g, '');
    if (tool === 'drill') return [digArguments(likeDig(words))];
    return [tool.endsWith('dig') ? digArguments(words) : plainArguments(words)];
  });
}

/** drill(1): `-t` asks over TCP and `-b` says how much room there is; no letter goes before a type. */
function likeDig(words: string): string {
  return words.replace(/(^|\s)-t(?=\s)/g, '$1+tcp').replace(/(^|\s)-b\s+(?=\d)/g, '$1+bufsize=');
}

/** Tries that stayed without an answer: as many as are printed, else as many as dig makes. */
export function silentTries({ lookup, options }: Asked): number {
  const printed = lookup.failed.filter(({ outcome }) => outcome === 'timed-out').length;
  if (printed > 0) return printed;
  if (lookup.outcome !== 'timed-out') return 0;
  const set = options.flatMap((option) => /^(?:tries|retry)=(\d{1,2})$/.exec(option)?.[1] ?? []);
  return set[0] === undefined ? DIG_TRIES : Number(set[0]);
}

/** dig(1): `+tries`, three by default. */
const DIG_TRIES = 3;

/** A server that answered, whatever it said. */
export function isAnswer({ outcome }: Asked): boolean {
  return outcome !== null && ANSWERS.has(outcome);
}

/** `+cd` (checking disabled, RFC 4035 3.2.2): the server gives what it has not validated, so it proves no recovery. */
export function isUnchecked({ options, lookup }: Asked): boolean {
  return options.some((one) => /^cd(?:flag)?$/.test(one)) || lookup.flags?.includes('cd') === true;
}

const ANSWERS: ReadonlySet<string> = new Set([
  'answered',
  'empty',
  'nxdomain',
  'servfail',
  'refused',
  'formerr',
  'notimp',
]);

/** A name of the cluster, also where its domain is another: only the cluster's own server knows it. */
export function isClusterName(name: string | null): boolean {
  return name !== null && /(?:^|\.)cluster\.local$|\.(?:svc|pod)\./.test(name);
}

/** A name that stands for an address: whoever has no reverse zone says SERVFAIL as often as NXDOMAIN, and nobody waits for it. */
export function isReverseName(name: string | null): boolean {
  return name !== null && /\.(?:in-addr|ip6)\.arpa$/.test(name);
}
