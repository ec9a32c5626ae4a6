import { type Exchange, type Seen, sightedAt } from '../captures/exchanges.ts';
import type { Following } from '../captures/follow.ts';
import type { Sighting } from '../captures/points.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
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

function questions({ exchanges }: Following): readonly Exchange[] {
  return exchanges.filter((exchange) => exchange.protocol === 'dns');
}

function answersOf(exchange: Exchange): readonly Sighting[] {
  const best = sightedAt(exchange).toSorted((a, b) => b.responses.length - a.responses.length)[0];
  return best?.responses ?? [];
}

function nxdomainPercent(following: Following): Reading<number> {
  const answers = questions(following).flatMap((exchange) => answersOf(exchange).slice(0, 1));
  if (answers.length === 0) return unknown('no DNS answer in a capture');
  const negative = answers.filter(({ packet }) => packet.dns?.rcode === 'NXDomain');
  return known(
    Math.round((100 * negative.length) / answers.length),
    negative.slice(0, 3).map(citation),
  );
}

/**
 * musl sends one question from one port to every server, under one id: answers from two addresses show it (res_msend.c).
 * One lookup that went wrong is enough; the fault comes and goes with the round-trip times.
 */
function nxdomainBeatAnswer(following: Following): Reading<boolean> {
  const raced = questions(following).flatMap((exchange) =>
    sightedAt(exchange).flatMap(raceBetweenServers),
  );
  const lost = raced.find(({ negativeFirst }) => negativeFirst) ?? raced[0];
  if (lost === undefined) return unknown('no question went to two servers in a capture');
  return known(lost.negativeFirst, lost.sightings.map(citation));
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
