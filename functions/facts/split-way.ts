import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Place, spotOf } from '../captures/place.ts';
import type { Point, Sighting } from '../captures/points.ts';
import { flowsAt, type TcpFlow } from '../captures/tcp-flows.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { latestRules } from './latest-rules.ts';
import { citation } from './loss.ts';
import { ruleText } from './rule-text.ts';

const NONE = 'no capture here shows answers to connections whose SYN went another way';
const elsewhere = labelsOf(splitAt, NONE);
const seen = labelsOf((view) => strayAt(view), NONE);

/** Whether answers to a connection attempt come to a host that its SYN did not pass, and go no further. */
export const splitWay = defineJoin({
  question: 'split-way',
  needs: ['tcpdump', 'iptables', 'nft'],
  facts: {
    otherWay: {
      ...elsewhere('the point that saw the SYN, on another host', ({ other }) => nameOf(other)),
      place: (view) => placeOf(view, splitAt(view)),
    },
    answersOnly: {
      ...seen(
        'the point here that saw the SYN/ACK of one connection again and again, and nothing of its client',
        ({ point }) => nameOf(point),
      ),
      place: (view) => placeOf(view, strayAt(view)),
    },
    client: seen('the client of that connection', ({ flow }) => flow.client.host),
    server: seen(
      'address and port that answer',
      ({ flow }) => `${flow.server.host}:${flow.server.port}`,
    ),
    dropped: {
      type: 'label',
      is: 'the rule or policy of FORWARD here that drops what belongs to no known connection',
      of: (view) => {
        const rule = dropOf(view);
        return rule === undefined ? unknown('no such rule is shown') : known(rule.text, [rule.at]);
      },
    },
  },
});

interface Stray {
  readonly flow: TcpFlow;
  readonly point: Point;
  readonly at: readonly Citation[];
}

interface Split extends Stray {
  readonly other: Point;
}

/** SYN/ACKs that were sent again, at a point that takes both ways and holds no packet of the client's side. */
function strayAt(view: View): Stray | undefined {
  const own = new Set(addressesIn(view.own).map(({ address }) => address));
  for (const point of view.following.points) {
    if (point.host !== view.host || point.lossy || point.role === 'tunnel') continue;
    for (const flow of flowsAt(point)) {
      const { syn, synAck, fromClient, fromServer, client, server } = flow;
      const [first, again] = fromServer;
      if (syn !== null || synAck === null || fromClient.length > 0) continue;
      if (first === undefined || again === undefined || !isSentAgain(fromServer)) continue;
      if (own.has(client.host) || own.has(server.host)) continue;
      return { flow, point, at: [first, again].map(citation) };
    }
  }
  return undefined;
}

function isSentAgain(all: readonly Sighting[]): boolean {
  const [first] = all;
  const times = all.flatMap(({ time }) => time ?? []);
  return (
    all.every(({ packet: { tcp } }) => tcp?.flags === 'S.' && tcp.seq === first?.packet.tcp?.seq) &&
    Math.max(...times) - Math.min(...times) > LEAST_US
  );
}

/** The first timeout is a second (RFC 6298); a copy on another card comes within microseconds. */
const LEAST_US = 800_000;

/** The SYN that it acknowledges (RFC 9293, 3.4), on another host. */
function splitAt(view: View): Split | undefined {
  const stray = strayAt(view);
  const ack = stray?.flow.synAck?.packet.tcp?.ack;
  if (stray === undefined || ack == null) return undefined;
  for (const point of view.following.points) {
    if (point.host === null || point.host === view.host) continue;
    const flow = flowsAt(point).find(
      ({ syn, client }) =>
        syn?.packet.tcp?.seq != null &&
        (syn.packet.tcp.seq + 1) >>> 0 === ack &&
        client.host === stray.flow.client.host,
    );
    const syn = flow?.syn ?? null;
    if (syn !== null) return { ...stray, other: point, at: [citation(syn), ...stray.at] };
  }
  return undefined;
}

/** From the card by which the answers come to the one by which they should go on, where that was captured too. */
function placeOf(view: View, found: Stray | undefined): Place | undefined {
  if (found === undefined) return undefined;
  const { point } = found;
  const next = view.following.points.find(
    (one) => one.host === view.host && one !== point && one.ran && !one.lossy && !holds(one, found),
  );
  const to = next === undefined ? null : spotOf(next);
  return { from: spotOf(point), to, direction: 'response', packets: [] };
}

function holds(point: Point, { flow }: Stray): boolean {
  return flowsAt(point).some(
    ({ synAck }) => synAck?.packet.tcp?.seq === flow.synAck?.packet.tcp?.seq,
  );
}

function nameOf({ host, interface: device }: Point): string {
  return [host, device].filter((part) => part !== null).join(' ');
}

/** What opens no connection and belongs to none is INVALID, and new to a chain that takes what is established alone. */
function dropOf({ own }: View): { readonly text: string; readonly at: Citation } | undefined {
  for (const evidence of [latestRules(ofKind(own, 'iptables')), latestRules(ofKind(own, 'nft'))]) {
    const set = evidence?.content.readings.at(-1);
    if (evidence === undefined || set === undefined) continue;
    const chain = set.chains.find(({ hook, name }) => (hook ?? name.toLowerCase()) === 'forward');
    const rules = set.rules.filter((rule) => rule.chain === (chain?.name ?? 'FORWARD'));
    const rule = rules.find(
      ({ target, ctstate, packets }) =>
        target === 'DROP' && /^invalid\b/i.test(ctstate ?? '') && packets !== 0,
    );
    if (rule !== undefined) return { text: ruleText(rule), at: cite(evidence.artefact, rule.line) };
    const isStateful = rules.some(({ ctstate }) => /ESTABLISHED/i.test(ctstate ?? ''));
    if (chain?.policy === 'DROP' && chain.packets !== 0 && isStateful)
      return { text: `-P ${chain.name} DROP`, at: cite(evidence.artefact, chain.line) };
  }
  return undefined;
}
