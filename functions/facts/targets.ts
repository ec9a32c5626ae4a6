import { cite, ofKind } from '../artefacts/evidence.ts';
import { targetOf } from '../artefacts/ping.ts';
import { dialledIn } from '../captures/dialled.ts';
import { sightedAt } from '../captures/exchanges.ts';
import { type Address, addressInName, parseAddress } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { citation } from './loss.ts';
import { unfinishedTraces } from './unfinished-traces.ts';

/** An address that somebody on this host wanted to reach and did not, and the line that says so. */
export interface Target {
  readonly text: string;
  readonly address: Address;
  readonly by: 'loss' | 'ping' | 'lookup' | 'unanswered' | 'client' | 'trace';
  readonly at: Citation;
}

/** The addresses that this host failed to reach: lost packets, silent pings, refused lookups, unanswered questions, failed clients. */
export function targetsOf(view: View): readonly Target[] {
  return [
    ...lost(view),
    ...pinged(view),
    ...refusedLookups(view),
    ...unanswered(view),
    ...dialled(view),
    ...traced(view),
  ];
}

function target(text: string, by: Target['by'], at: Citation): readonly Target[] {
  const plain = addressInName(text);
  const address = parseAddress(plain);
  return address === undefined ? [] : [{ text: plain, address, by, at }];
}

function lost({ loss }: View): readonly Target[] {
  const first = loss?.direction === 'request' ? loss.vanished[0] : undefined;
  if (first === undefined) return [];
  return target(first.seen.packet.destination.host, 'loss', citation(first.seen));
}

function pinged({ own }: View): readonly Target[] {
  return ofKind(own, 'ping').flatMap(({ artefact, content }) =>
    content.runs.flatMap((run) => {
      const isSilent = run.replies === 0 && (run.summary !== null || run.troubles.length > 0);
      const line = run.troubles[0]?.line ?? run.summary?.line ?? run.line;
      return isSilent ? target(targetOf(run, artefact.command), 'ping', cite(artefact, line)) : [];
    }),
  );
}

/** A lookup that the kernel refused, and how. */
interface RefusedLookup extends Target {
  readonly error: string;
  readonly command: string;
}

/** What `ip route get` got no route for. A bare `RTNETLINK answers: …` does not repeat what was asked for; the command does. */
export function refusedLookups({ own }: Pick<View, 'own'>): readonly RefusedLookup[] {
  return ofKind(own, 'route-get').flatMap(({ artefact, content }) => {
    const command = artefact.command ?? '';
    const asked = /\bget\s+(?:to\s+)?([\d.]{7,15}|[\da-f:]*:[\da-f:]+)(?:\s|$)/i.exec(command)?.[1];
    return content.answers.flatMap(({ error, destination, line }) =>
      error === null || error === 'none'
        ? []
        : target(destination ?? asked ?? '', 'lookup', cite(artefact, line)).map((one) => ({
            ...one,
            error,
            command,
          })),
    );
  });
}

function traced({ own, all }: View): readonly Target[] {
  return unfinishedTraces(own, all).flatMap(({ target: to, at: [at] }) =>
    at === undefined ? [] : target(to, 'trace', at),
  );
}

function unanswered({ following, host }: View): readonly Target[] {
  const found: Target[] = [];
  for (const exchange of following.unsettled) {
    for (const { requests, responses } of sightedAt(exchange)) {
      const first = requests[0];
      if (first === undefined || responses.length > 0 || requests.length < 2) continue;
      if (following.points[first.point]?.host !== host) continue;
      found.push(...target(first.packet.destination.host, 'unanswered', citation(first)));
    }
    if (found.length >= MOST) break;
  }
  return found;
}

const MOST = 64;

const OUTCOMES: ReadonlySet<string> = new Set(['timed-out', 'no-route', 'unreachable']);

/** Clients that got no connection: curl, wget, nc and ssh. */
function dialled({ own }: View): readonly Target[] {
  return dialledIn(own).flatMap(({ at, server, outcome, number }) => {
    const isFailed =
      OUTCOMES.has(outcome ?? '') || (outcome === 'other' && number === CURL_CONNECT);
    return isFailed ? target(server, 'client', at) : [];
  });
}

/** CURLE_COULDNT_CONNECT (curl.h). */
const CURL_CONNECT = 7;
