import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Rule } from '../artefacts/firewall-rule.ts';
import { fits, isPicky } from '../artefacts/iptables/match.ts';
import type { Exchange } from '../captures/exchanges.ts';
import { type Place, spotOf, wayOf } from '../captures/place.ts';
import type { Point, Sighting } from '../captures/points.ts';
import { flowsAt, isSameFlow, type Side, sentBy, type TcpFlow } from '../captures/tcp-flows.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { latestRules } from './latest-rules.ts';
import { citation } from './loss.ts';
import { ruleText } from './rule-text.ts';

const early = labelsOf(answeredEarly, 'no capture shows a reset that came from before the server');
const forged = labelsOf(forgedAt, 'no capture shows a reset that its sender did not send');
const ruled = labelsOf(
  (view) => rejectedAt(view, view.host),
  'no rule is shown that resets a connection that was reset',
);

/** Who sent a reset: not the end whose address it bears, where that end's side of the way did not see it or the SYN. */
export const resetOrigin = defineJoin({
  question: 'reset-origin',
  needs: ['tcpdump', 'iptables'],
  facts: {
    beforeServer: {
      ...early('the capture point further on that the refused SYN did not reach', ({ silent }) =>
        nameOf(silent),
      ),
      place: (view) => {
        const found = answeredEarly(view);
        return found === undefined ? undefined : placeOf(found);
      },
    },
    refusedServer: early(
      'address and port in whose name that SYN was refused',
      ({ exchange }) => `${exchange.server.host}:${exchange.server.port}`,
    ),
    notSentBy: forged(
      'the address that a RST of an open connection bears, where the capture nearer to it holds none and goes on',
      ({ rst }) => rst.packet.source.host,
    ),
    notSeenAt: forged('the capture point that does not hold it', ({ near }) => nameOf(near)),
    rule: ruled(
      'the rule on the way through this host that answers connections like the refused one with RST, and has done so',
      ({ text }) => text,
    ),
    ruleSomewhere: {
      type: 'flag',
      is: 'a host of the paste has such a rule',
      of: (view) => {
        const found = [...new Set(view.all.map(({ artefact }) => artefact.host))]
          .map((host) => rejectedAt(view, host))
          .find((one) => one !== undefined);
        return found === undefined ? unknown('no such rule is shown') : known(true, found.at);
      },
    },
    ruleHost: ruled('the host that has this rule', ({ host }) => host),
  },
});

function nameOf({ host, interface: device }: Point): string {
  return [host, device].filter((part) => part !== null).join(' ');
}

interface Early {
  readonly exchange: Exchange;
  readonly syn: Sighting;
  readonly last: Point;
  readonly silent: Point;
  readonly at: readonly Citation[];
}

/** SYNs that this host's captures show refused: a reset is their only answer, at every point. */
function refusedIn({ following, host }: View): readonly Exchange[] {
  const own = following.points.filter((point) => point.host === host);
  return following.unsettled.filter(({ protocol, at }) => {
    const answers = at.flatMap((seen) => seen?.responses ?? []);
    return (
      protocol === 'tcp' &&
      own.some(({ index }) => (at[index]?.requests.length ?? 0) > 0) &&
      answers.length > 0 &&
      answers.every(({ packet }) => packet.tcp?.flags.startsWith('R'))
    );
  });
}

/** Whoever captures at a further card for the same packets expects them there; that of the client's own host may be another. */
function answeredEarly(view: View): Early | undefined {
  const { points } = view.following;
  for (const exchange of refusedIn(view)) {
    const way = wayOf(exchange, view.following);
    const last = way.at(-1);
    const syn = exchange.at[last?.index ?? -1]?.requests[0];
    if (last === undefined || syn === undefined || last.host !== view.host) continue;
    const silent = points.find(
      (point) =>
        point.host !== null &&
        point.ran &&
        !point.lossy &&
        point.seen === 0 &&
        admits(point, last, exchange) &&
        ['nic', 'tunnel'].includes(point.role ?? 'nic') &&
        point.host !== way[0]?.host &&
        (point.host !== last.host || point.interface !== last.interface),
    );
    if (silent === undefined) continue;
    const rst = exchange.at[last.index]?.responses[0] ?? syn;
    return { exchange, syn, last, silent, at: [syn, rst].map(citation) };
  }
  return undefined;
}

/** A filter that names the port, in both directions, would have shown the SYN. */
function admits({ filter }: Point, last: Point, { server }: Exchange): boolean {
  if (!filter || filter === last.filter) return true;
  return (
    new RegExp(`\\bport ${server.port}\\b`).test(filter) && !/\b(?:src|dst|not)\b|\[/.test(filter)
  );
}

function placeOf({ syn, exchange, last, silent }: Early): Place {
  return {
    from: spotOf(last),
    to: spotOf(silent),
    direction: 'request',
    packets: [{ seen: syn, exchange, retriedAfterUs: null }],
  };
}

interface Forged {
  readonly rst: Sighting;
  readonly near: Point;
  readonly at: readonly Citation[];
}

/** A reset at one point, in the name of an end whose nearer point goes on with the connection and holds none. */
function forgedAt(view: View): Forged | undefined {
  const { points } = view.following;
  for (const far of points.filter(({ host }) => host === view.host))
    for (const flow of flowsAt(far))
      for (const side of ['client', 'server'] as const) {
        const rst = sentBy(flow, side).find(({ packet }) => packet.tcp?.flags.startsWith('R'));
        if (rst === undefined || flow.synAck === null) continue;
        const found = nearerWithout(view, flow, side, rst);
        if (found !== undefined) return found;
      }
  return undefined;
}

function nearerWithout(
  { following }: View,
  flow: TcpFlow,
  side: Side,
  rst: Sighting,
): Forged | undefined {
  const exchange = following.unsettled.find(({ at }) =>
    at[flow.point.index]?.requests.some((one) => one === flow.syn),
  );
  const path = exchange === undefined ? [] : wayOf(exchange, following);
  const here = path.indexOf(flow.point);
  const nearer = side === 'client' ? path.slice(0, here) : path.slice(here + 1);
  for (const near of here < 0 ? [] : nearer) {
    if (near.lossy || near.host === null || near.host === flow.point.host) continue;
    const there = flowsAt(near).find((one) => isSameFlow(one, flow));
    const shift = following.clocks.shift(near.index, flow.point.index);
    const own = there === undefined ? [] : sentBy(there, side);
    const later = own.at(-1);
    if (later?.time == null || rst.time === null || shift === undefined) continue;
    if (own.some(({ packet }) => packet.tcp?.flags.startsWith('R'))) continue;
    if (later.time - shift.by > rst.time) return { rst, near, at: [rst, later].map(citation) };
  }
  return undefined;
}

interface Rejected {
  readonly text: string;
  readonly host: string;
  readonly at: readonly Citation[];
}

/** `REJECT --reject-with tcp-reset` (iptables-extensions(8)), `reject with tcp reset` (nft(8)), in a chain of what passes. */
function rejectedAt(view: View, host: string | null): Rejected | undefined {
  if (host === null) return undefined;
  const own = view.all.filter(({ artefact }) => artefact.host === host);
  const refused = view.following.unsettled.flatMap((exchange) => {
    const syn = wayOf(exchange, view.following)
      .map(({ index }) => exchange.at[index])
      .find((seen) => seen?.responses[0]?.packet.tcp?.flags.startsWith('R'))?.requests[0];
    return exchange.protocol !== 'tcp' || syn === undefined ? [] : [syn];
  });
  const listings = [latestRules(ofKind(own, 'iptables')), latestRules(ofKind(own, 'nft'))];
  for (const evidence of listings) {
    const set = evidence?.content.readings.at(-1);
    if (evidence === undefined || set === undefined) continue;
    const passing = new Set([
      'FORWARD',
      ...set.chains.filter(({ hook }) => hook === 'forward').map(({ name }) => name),
    ]);
    for (const syn of refused) {
      const rule = set.rules.find((one) => passing.has(one.chain) && resets(one, syn));
      if (rule !== undefined)
        return {
          text: ruleText(rule),
          host,
          at: [cite(evidence.artefact, rule.line), citation(syn)],
        };
    }
  }
  return undefined;
}

function resets(rule: Rule, { packet }: Sighting): boolean {
  return (
    rule.target === 'REJECT' &&
    /\btcp[- ]reset$/.test(rule.rejectWith ?? '') &&
    (rule.packets ?? 0) > 0 &&
    isPicky(rule) &&
    fits(rule, packet, { from: null, to: null }) !== false
  );
}
