import { type Exchange, sightedAt } from '../exchanges.ts';
import { askedFor, type Following } from '../follow.ts';
import type { Sighting } from '../points.ts';

/** A nameserver that says nothing but SERVFAIL or REFUSED, while another answers the same questions of the same client, be it with NXDOMAIN. */
export interface FailingServer {
  readonly server: string;
  /** `ServFail` or `Refused`, as tcpdump prints them (print-domain.c, ns_resp). */
  readonly rcode: string;
  readonly other: string;
  /** Questions that it answered so. */
  readonly questions: number;
  readonly at: readonly Sighting[];
}

const FAILING: ReadonlySet<string> = new Set(['ServFail', 'Refused']);

/** Two questions or more: the pair of a lookup, or two names. One may be a passing failure. */
const LEAST_QUESTIONS = 2;

interface Said {
  readonly question: string;
  readonly rcode: string | null;
  readonly answer: Sighting;
}

/** Finds the first such server at a point where both were asked; who answers is known by the address that was asked. */
export function failingServerIn(following: Following): FailingServer | undefined {
  const failed = following.unsettled.filter((one) => one.protocol === 'dns' && saysFailure(one));
  if (failed.length < LEAST_QUESTIONS) return undefined;
  const alive = following.settled?.servers();
  const questions = new Set(failed.map(({ dns }) => `${dns?.qtype}? ${dns?.qname}`));
  for (const { index } of following.points) {
    const byServer = new Map<string, Said[]>();
    for (const exchange of askedFor(following, (question) => questions.has(question)))
      if (exchange.protocol === 'dns') add(byServer, exchange, index);
    for (const [server, said] of byServer) {
      const found = alive?.has(server) ? undefined : failing(server, said, byServer);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

function saysFailure(exchange: Exchange): boolean {
  return sightedAt(exchange).some(({ responses }) =>
    responses.some(({ packet }) => FAILING.has(packet.dns?.rcode ?? '')),
  );
}

function add(byServer: Map<string, Said[]>, exchange: Exchange, point: number): void {
  const here = exchange.at[point];
  if (here === undefined) return;
  const asked = new Set(here.requests.map(({ packet }) => packet.destination.host));
  const question = `${exchange.client.host} ${exchange.dns?.qtype} ${exchange.dns?.qname}`;
  for (const answer of here.responses) {
    const { source, dns } = answer.packet;
    if (!asked.has(source.host)) continue;
    const said = byServer.get(source.host) ?? [];
    said.push({ question, rcode: dns?.rcode ?? null, answer });
    byServer.set(source.host, said);
  }
}

function failing(
  server: string,
  said: readonly Said[],
  byServer: ReadonlyMap<string, readonly Said[]>,
): FailingServer | undefined {
  const rcode = said[0]?.rcode;
  if (rcode == null || !FAILING.has(rcode) || said.some((one) => one.rcode !== rcode))
    return undefined;
  const questions = new Set(said.map(({ question }) => question));
  if (questions.size < LEAST_QUESTIONS) return undefined;
  for (const [other, answers] of byServer) {
    const good = answers.filter(
      (one) => one.rcode !== null && !FAILING.has(one.rcode) && questions.has(one.question),
    );
    if (other === server || new Set(good.map(({ question }) => question)).size < questions.size)
      continue;
    const at = [...said.slice(0, 2), ...good.slice(0, 1)].map(({ answer }) => answer);
    return { server, rcode, other, questions: questions.size, at };
  }
  return undefined;
}
