import { type Exchange, type Seen, sightedAt } from '../exchanges.ts';
import { askedFor, type Following } from '../follow.ts';
import type { Sighting } from '../points.ts';

/** A nameserver that answers nobody while another answers the same questions. */
export interface DeadServer {
  readonly server: string;
  readonly other: string;
  readonly questions: number;
  /** From the question to the dead server to the same one to the other; null where both are asked at once (musl). */
  readonly waitMs: number | null;
  readonly at: readonly Sighting[];
}

interface Asked {
  readonly question: string;
  readonly request: Sighting;
  readonly answers: readonly Sighting[];
}

/**
 * Two questions or more went to one address and none was answered, at any point; the same client asked another address
 * the same and was answered by that very address. A question that a translating host sends on is answered by an address
 * that was never asked, so it counts for neither.
 */
export function deadServerIn(following: Following): DeadServer | undefined {
  const { unsettled, settled, points } = following;
  const silent = unsettled.filter(
    (one) => one.protocol === 'dns' && sightedAt(one).some(({ requests }) => requests.length > 0),
  );
  if (silent.length < 2) return undefined;
  // A server that settled a question is not dead; of the settled ones only those that a silent server was asked too count.
  const alive = settled?.servers();
  const open = silent.filter((one) => isAskedOfAnother(one, alive));
  if (open.length < 2) return undefined;
  const questions = new Set(open.map(({ dns }) => `${dns?.qtype}? ${dns?.qname}`));
  for (const point of points) {
    const byServer = new Map<string, Asked[]>();
    for (const exchange of askedFor(following, (question) => questions.has(question))) {
      const here = exchange.protocol === 'dns' ? exchange.at[point.index] : undefined;
      if (here !== undefined) add(byServer, exchange, here);
    }
    const found = firstDead(byServer, point.span?.to ?? null);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isAskedOfAnother(exchange: Exchange, alive: ReadonlySet<string> | undefined): boolean {
  return sightedAt(exchange).some(({ requests }) =>
    requests.some(({ packet }) => alive?.has(packet.destination.host) !== true),
  );
}

function add(byServer: Map<string, Asked[]>, exchange: Exchange, here: Seen): void {
  const servers = new Set(here.requests.map(({ packet }) => packet.destination.host));
  if (servers.size > 1 && !areCopies(here)) return;
  const answeredElsewhere = sightedAt(exchange).some(({ responses }) => responses.length > 0);
  for (const server of servers) {
    const answers = here.responses.filter(({ packet }) => packet.source.host === server);
    // Answered, but by nobody who was asked: an address is translated on the way.
    if (answers.length === 0 && answeredElsewhere && servers.size === 1) continue;
    const request = here.requests.find(({ packet }) => packet.destination.host === server);
    if (request === undefined) continue;
    const own = byServer.get(server) ?? [];
    const { client, dns } = exchange;
    const question = `${client.host} ${dns?.qtype} ${dns?.qname}`;
    own.push({ question, request, answers });
    byServer.set(server, own);
  }
}

/**
 * One packet before and after its address is translated keeps its IP id; the copies for several servers have each their own.
 * Where no ids are shown, copies are questions that one of those asked answers and that nobody sends again: of a packet that
 * is translated, the client waits for the answer of the address that it asked.
 */
function areCopies({ requests, responses }: Seen): boolean {
  if (requests.every(({ packet }) => packet.ipId === null)) {
    const asked = requests.map(({ packet }) => packet.destination.host);
    const isOnce = new Set(asked).size === asked.length;
    return isOnce && responses.some(({ packet }) => asked.includes(packet.source.host));
  }
  const byId = new Map<number, string>();
  return requests.every(({ packet: { ipId, destination } }) => {
    if (ipId === null) return false;
    const known = byId.get(ipId);
    byId.set(ipId, destination.host);
    return known === undefined || known === destination.host;
  });
}

/** `until` is when the capture ends: where all servers are slow, the one asked last is silent only because nobody waited. */
function firstDead(
  byServer: ReadonlyMap<string, readonly Asked[]>,
  until: number | null,
): DeadServer | undefined {
  for (const [server, asked] of byServer) {
    if (asked.length < 2 || asked.some(({ answers }) => answers.length > 0)) continue;
    for (const [other, answered] of byServer) {
      const needed = soonestAnswer(answered);
      const pairs = asked.flatMap((question) => {
        if (isWatchedTooShort(question, needed, until)) return [];
        const same = answered.find(
          (one) => one.question === question.question && one.answers.length > 0,
        );
        return other === server || same === undefined ? [] : [{ question, same }];
      });
      const [first] = pairs;
      if (first === undefined || pairs.length < 2) continue;
      const { question, same } = first;
      const [from, to] = [question.request.time, same.request.time];
      const wait = from === null || to === null ? null : Math.round((to - from) / 1000);
      const at = [question.request, same.request, ...same.answers.slice(0, 1)];
      return {
        server,
        other,
        questions: asked.length,
        waitMs: wait !== null && wait >= 200 ? wait : null,
        at,
      };
    }
  }
  return undefined;
}

/** Microseconds that the server took when it was quickest; null without times. */
function soonestAnswer(answered: readonly Asked[]): number | null {
  const waits = answered.flatMap(({ request, answers: [first] }) =>
    first?.time == null || request.time === null ? [] : [first.time - request.time],
  );
  return waits.length === 0 ? null : Math.min(...waits);
}

function isWatchedTooShort(
  { request }: Asked,
  needed: number | null,
  until: number | null,
): boolean {
  if (request.time === null || needed === null || until === null) return false;
  return until - request.time < needed;
}
