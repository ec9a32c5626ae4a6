import { FORM } from '../artefacts/digest.ts';
import { type Exchange, type Seen, sightedAt } from '../captures/exchanges.ts';
import { answeredBy, type Following } from '../captures/follow.ts';
import type { Sighting } from '../captures/points.ts';
import type { Settled } from '../captures/settled.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { citation } from './loss.ts';

/** How DNS questions were answered, at the point nearest the client. */
export const dnsAnswers = defineJoin({
  question: 'dns-answers',
  needs: ['tcpdump'],
  facts: {
    nxdomainPercent: {
      type: 'count',
      is: 'answers that say NXDOMAIN, in percent',
      of: ofCaptures(nxdomainPercent),
    },
    nxdomainBeatAnswer: {
      type: 'flag',
      is: 'one question sent to two servers got NXDOMAIN first and a positive answer after it',
      of: ofCaptures(nxdomainBeatAnswer),
    },
  },
});

/** What all captures together tell is the same for every view: it is found once, however many packets and losses there are. */
function ofCaptures<T>(of: (following: Following) => Reading<T>): (view: View) => Reading<T> {
  const found = new WeakMap<Following, Reading<T>>();
  return ({ following }) => {
    const reading = found.get(following) ?? of(following);
    found.set(following, reading);
    return reading;
  };
}

/** The first answer at the point that saw most of them. */
function firstAnswer({ at }: Exchange): Sighting | undefined {
  let best: Seen | undefined;
  for (const seen of at)
    if (seen !== undefined && seen.responses.length > (best?.responses.length ?? -1)) best = seen;
  return best?.responses[0];
}

function nxdomainPercent(following: Following): Reading<number> {
  const { settled, unsettled } = following;
  const told = unsettled.flatMap((exchange) =>
    exchange.protocol === 'dns' ? (firstAnswer(exchange) ?? []) : [],
  );
  const settledNegative = settled === null ? 0 : countOf(settled, FORM.negative);
  const answers = told.length + (settled?.length ?? 0);
  if (answers === 0) return unknown('no DNS answer in a capture');
  const negative = told.filter(isNegative).length + settledNegative;
  const lines: Citation[] = [];
  for (const exchange of answeredBy(following, FORM.negative)) {
    if (lines.length === 3) break;
    const answer = exchange.protocol === 'dns' ? firstAnswer(exchange) : undefined;
    if (answer !== undefined && isNegative(answer)) lines.push(citation(answer));
  }
  return known(Math.round((100 * negative) / answers), lines);
}

function isNegative({ packet }: Sighting): boolean {
  return packet.dns?.rcode === 'NXDomain';
}

function countOf({ length, formAt }: Settled, form: number): number {
  let count = 0;
  for (let at = 0; at < length; at += 1) if (formAt(at) === form) count += 1;
  return count;
}

/**
 * musl sends one question from one port to every server, under one id: answers from two addresses show it (res_msend.c).
 * One lookup that went wrong is enough; the fault comes and goes with the round-trip times.
 */
function nxdomainBeatAnswer(following: Following): Reading<boolean> {
  const raced = following.unsettled.flatMap((exchange) =>
    exchange.protocol === 'dns' && exchange.at.some(isRepeated)
      ? sightedAt(exchange).flatMap(raceBetweenServers)
      : [],
  );
  const lost = raced.find(({ negativeFirst }) => negativeFirst) ?? raced[0];
  if (lost === undefined) return unknown('no question went to two servers in a capture');
  return known(lost.negativeFirst, lost.sightings.map(citation));
}

function isRepeated(seen: Seen | undefined): boolean {
  return seen !== undefined && seen.requests.length > 1;
}

function raceBetweenServers({ requests, responses }: Seen) {
  const servers = new Set(requests.map(({ packet }) => packet.destination.host));
  const negative = responses.find(({ packet }) => packet.dns?.rcode === 'NXDomain');
  const positive = responses.find(
    ({ packet }) => packet.dns?.rcode === 'NoError' && (packet.dns.counts?.[0] ?? 0) > 0,
  );
  if (servers.size < 2 || negative?.time == null || positive?.time == null) return [];
  const sightings = [...requests.slice(0, 2), negative, positive];
  return [{ negativeFirst: negative.time < positive.time, sightings }];
}
