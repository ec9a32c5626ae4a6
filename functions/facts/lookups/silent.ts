import type { FailedTry } from '../../artefacts/dig/lookup.ts';
import { parseAddress, scopeOf } from '../../primitives/address.ts';
import type { Citation } from '../../primitives/reading.ts';
import type { View } from '../define.ts';
import { type Asked, askedIn, isAnswer, silentTries } from './asked.ts';
import { configuredServers } from './servers.ts';

/** A server of resolv.conf that stays silent, and the one that answers instead. */
export interface DeadServer {
  readonly server: string;
  readonly other: string;
  readonly tries: number;
  readonly at: readonly Citation[];
}

/** A server that answered nothing over UDP or TCP while another one answered the same host. */
export function deadServerIn(view: View): DeadServer | undefined {
  const lookups = askedIn(view.own);
  const configured = configuredServers(view);
  const answering = lookups.filter(isAnswer);
  for (const [server, tries] of silentServers(lookups)) {
    const others = [...(configured?.keys() ?? [])].filter((one) => one !== server);
    // In a loop over the file a short answer names no server: of two, it is the other one.
    const other =
      answering.find((one) => one.server !== null && one.server !== server) ??
      (others.length === 1 ? answering.find((one) => one.server === null) : undefined);
    const name = other?.server ?? others[0];
    const isOwn = configured?.has(server) === true || tries.some(({ unnamed }) => unnamed);
    const count = tries.reduce((sum, one) => sum + one.count, 0);
    if (other === undefined || name === undefined || !isOwn) continue;
    if (answering.some((one) => one.server === server)) continue;
    const line = configured?.get(server);
    const at = [
      ...tries.flatMap((one) => one.at),
      ...other.at.slice(0, 1),
      ...(line === undefined ? [] : [line]),
    ];
    return { server, other: name, tries: count, at };
  }
  return undefined;
}

interface Silence {
  readonly count: number;
  readonly unnamed: boolean;
  readonly at: readonly Citation[];
}

/** By server: the tries that it left without an answer, also those before the next server answered. */
function silentServers(lookups: readonly Asked[]): ReadonlyMap<string, readonly Silence[]> {
  const found = new Map<string, Silence[]>();
  for (const one of lookups) {
    const first = one.at[0];
    const { artefact = '', line = 0 } = first ?? {};
    const shift = line - one.lookup.line;
    const failed = Map.groupBy(one.lookup.failed.filter(isUnanswered), ({ server }) => server);
    for (const [server, tries] of failed)
      if (server !== null)
        add(found, server, {
          count: tries.length,
          unnamed: !one.named,
          at: tries.slice(0, 2).map((each) => ({ artefact, line: each.line + shift })),
        });
    if (failed.size === 0 && one.outcome === 'timed-out' && one.server !== null)
      add(found, one.server, {
        count: silentTries(one),
        unnamed: !one.named,
        at: one.at.slice(0, 1),
      });
  }
  return found;
}

/** Silence or a refusal; a refusal by this host itself says that its own server is down. */
function isUnanswered({ outcome, server }: FailedTry): boolean {
  if (outcome === 'port-refused') return !isLoopback(server);
  return outcome === 'timed-out' || outcome === 'unreachable';
}

function isLoopback(server: string | null): boolean {
  const address = parseAddress(server ?? '');
  return address !== undefined && scopeOf(address) === 'loopback';
}

function add(found: Map<string, Silence[]>, server: string, silence: Silence): void {
  const own = found.get(server);
  if (own === undefined) found.set(server, [silence]);
  else own.push(silence);
}

/** A host that says that nobody listens on its port 53, and no answer of it. */
export interface RefusedPort {
  readonly server: string;
  /** A loopback address: what refuses there is this host itself. */
  readonly onThisHost: boolean;
  readonly at: readonly Citation[];
}

/** `communications error to 10.0.0.1#53: connection refused`: ICMP port unreachable came back. */
export function refusedPortIn(view: View): RefusedPort | undefined {
  const lookups = askedIn(view.own);
  for (const one of lookups) {
    const said = one.lookup.failed.find(({ outcome, tcp }) => outcome === 'port-refused' && !tcp);
    const server = said?.server ?? (one.outcome === 'port-refused' && !one.tcp ? one.server : null);
    if (server === null) continue;
    if (lookups.some((other) => isAnswer(other) && other.server === server)) continue;
    return { server, onThisHost: isLoopback(server), at: refusalOf(one, said) };
  }
  return undefined;
}

/** The line that says so; tries before it may have timed out. */
function refusalOf({ at, lookup }: Asked, said: FailedTry | undefined): readonly Citation[] {
  const [first] = at;
  if (first === undefined || said === undefined) return at.slice(0, 2);
  return [{ artefact: first.artefact, line: first.line - lookup.line + said.line }];
}

/** A name whose A question is answered and whose AAAA question never is. */
export interface SilentAaaa {
  readonly name: string;
  readonly server: string;
  readonly tries: number;
  readonly at: readonly Citation[];
}

/** The same server, the same name: A at once, AAAA never. */
export function silentAaaaIn(view: View): SilentAaaa | undefined {
  const lookups = askedIn(view.own);
  const silent = lookups.filter(
    (one) => one.type === 'AAAA' && one.outcome === 'timed-out' && !failedElsewhere(one),
  );
  for (const { name, server } of silent) {
    if (name === null || server === null) continue;
    const own = lookups.filter((one) => one.name === name && one.server === server);
    const four = own.find((one) => isAnswer(one) && (one.type === 'A' || one.type === null));
    const tries = own.filter((one) => silent.includes(one));
    const count = tries.reduce((sum, one) => sum + silentTries(one), 0);
    const answered = own.some((one) => one.type === 'AAAA' && isAnswer(one));
    if (four === undefined || count === 0 || answered) continue;
    return {
      name,
      server,
      tries: count,
      at: [...tries.flatMap(({ at }) => at.slice(0, 1)), ...four.at.slice(0, 1)],
    };
  }
  return undefined;
}

/** nslookup prints the tries at a server that is dead, and nothing where the next one answers that there is no AAAA. */
function failedElsewhere({ server, lookup }: Asked): boolean {
  return lookup.failed.some((one) => one.server !== null && one.server !== server);
}

/** A server that answers over UDP and not over TCP, or not when the answer is large. */
export interface LargeLost {
  readonly name: string | null;
  readonly server: string;
  /** The answer was truncated, so that TCP was needed. */
  readonly truncated: boolean;
  readonly at: readonly Citation[];
}

/** TCP port 53 lets nobody in while UDP is answered. */
export function silentTcpIn(view: View): LargeLost | undefined {
  const lookups = askedIn(view.own);
  for (const one of lookups) {
    const { server, lookup } = one;
    if (server === null || !one.tcp || !isShut(one)) continue;
    const own = lookups.filter((other) => other.server === server);
    if (own.some((other) => other.tcp && isAnswer(other))) continue;
    const cut =
      lookup.truncated !== null ? one : own.find((other) => other.lookup.truncated !== null);
    const overUdp = cut ?? own.find((other) => !other.tcp && isAnswer(other));
    if (overUdp === undefined || (cut === undefined && one.outcome !== 'timed-out')) continue;
    return {
      name: (cut ?? one).name,
      server,
      truncated: cut !== undefined,
      at: unique([...truncatedLine(cut), ...one.at.slice(0, 1), ...overUdp.at.slice(0, 1)]),
    };
  }
  return undefined;
}

/** Silence, a RST to the SYN, ICMP, or a connection that ends without an answer. */
function isShut({ outcome }: Asked): boolean {
  return (
    outcome === 'timed-out' ||
    outcome === 'port-refused' ||
    outcome === 'unreachable' ||
    outcome === 'closed'
  );
}

function truncatedLine(one: Asked | undefined): readonly Citation[] {
  const [first] = one?.at ?? [];
  if (one === undefined || first === undefined || one.lookup.truncated === null) return [];
  return [{ artefact: first.artefact, line: first.line - one.lookup.line + one.lookup.truncated }];
}

function unique(at: readonly Citation[]): readonly Citation[] {
  return at.filter(
    (one, index) =>
      at.findIndex((other) => other.artefact === one.artefact && other.line === one.line) === index,
  );
}

const LEAST_TRIES = 2;

/** RFC 9715: what is above comes in fragments on most paths. */
const UNFRAGMENTED = 1400;

/** The same question to the same server: answered when little room is offered, or over TCP, and lost when much is. */
export function lostFragmentsIn(view: View): LargeLost | undefined {
  const lookups = askedIn(view.own);
  for (const one of lookups) {
    const { server, name } = one;
    if (server === null || one.tcp || one.outcome !== 'timed-out' || roomOf(one) <= UNFRAGMENTED)
      continue;
    const own = lookups.filter((other) => other.server === server);
    const small = own.find(
      (other) => other.name === name && other.type === one.type && cameInOnePacket(other),
    );
    // Over TCP alone it may be UDP that is shut.
    const isOpen = own.some((other) => !isAskedOverTcp(other) && cameInOnePacket(other));
    if (small !== undefined && isOpen && silentTries(one) >= LEAST_TRIES)
      return {
        name,
        server,
        truncated: false,
        at: [...one.at.slice(0, 1), ...small.at.slice(0, 1)],
      };
  }
  return undefined;
}

/** An answer that one packet over UDP held, or that was fetched over TCP because it did not fit. */
function cameInOnePacket(one: Asked): boolean {
  const isSmall = one.tcp || (roomOf(one) > 0 && roomOf(one) <= UNFRAGMENTED);
  return (isSmall && isAnswer(one)) || one.lookup.truncated !== null;
}

/** The command wants TCP from the start; else TCP shows that the server was reached over UDP and truncated its answer. */
function isAskedOverTcp({ tcp, options }: Asked): boolean {
  return tcp && options.some((option) => option === 'tcp' || option === 'vc');
}

/** What the question offers for its answer; 0 where the command does not say. */
function roomOf({ options }: Asked): number {
  if (options.includes('noedns')) return 512;
  const told = options.flatMap((option) => /^bufsize=(\d{1,5})$/.exec(option)?.[1] ?? []).at(-1);
  return told === undefined ? 0 : Number(told);
}
