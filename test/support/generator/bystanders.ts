import type { Network } from './network.ts';
import type { Random } from './random.ts';
import { lookUp } from './resolver.ts';
import { counters } from './traffic.ts';
import { type Flow, type Trip, travel } from './trip.ts';

/** Flows of others that pass some of the same stops and come to no harm. */
export function bystanderTraffic(
  random: Random,
  network: Network,
  untilUs: number,
): readonly Trip[] {
  return [
    ...neighbour(random, network, untilUs),
    ...pings(random, network, untilUs),
    ...stranger(random, network, untilUs),
  ];
}

/** Another client of the same server, from the same node: it shares all but the pod's own interfaces. */
function neighbour(random: Random, network: Network, untilUs: number): readonly Trip[] {
  const { stops } = network;
  const first = network.protocol === 'tcp' ? 1 : 2;
  const along = stops.map((_, at) => at).slice(first);
  const parts = network.client.split('.');
  const client = [...parts.slice(0, 3), `${(Number(parts[3]) % 250) + 2}`].join('.');
  const ids = counters(random);
  const trips: Trip[] = [];
  let now = random.int(20_000, 250_000);
  while (now < untilUs) {
    if (network.protocol === 'tcp') now = connect(now);
    else now = resolve(now);
    now += random.int(200_000, 1_800_000);
  }
  return trips;

  function flowFrom(clientPort: number, maskedPort: number): Flow {
    const { server, serverPort } = network;
    return { victim: false, client, clientPort, maskedPort, server, serverPort, translated: true };
  }

  function both(
    atUs: number,
    flow: Flow,
    question: string,
    bodies: readonly [Trip['body'], Trip['body']],
    answerId: number,
  ): number {
    const stem = { flow, question, lookup: question, attempt: 0, lostAfter: null };
    const at = travel(random, stops, along, atUs, null);
    trips.push({ ...stem, way: 'request', body: bodies[0], ipId: ids.client(), at });
    const arrived = at.get(along.at(-1) ?? 0) ?? atUs;
    const back = travel(random, stops, along.toReversed(), arrived + random.int(60, 400), null);
    trips.push({ ...stem, way: 'response', body: bodies[1], ipId: answerId, at: back });
    return back.get(first) ?? arrived;
  }

  function resolve(atUs: number): number {
    const masked = random.int(1_024, 60_999);
    const zone = 'cluster.local.';
    const qname = `${random.pick(['cache', 'queue', 'mail'])}.default.svc.cluster.local.`;
    const { doneUs } = lookUp('musl', qname, atUs, {
      random,
      habits: { oneByOne: false },
      ask: ({ id, qtype, port, key }, _attempt, sentUs) => {
        const value = qtype === 'A' ? `10.96.3.${random.int(1, 250)}` : '';
        const dns = { kind: 'dns', id, qtype, qname } as const;
        const answer = { rcode: 'NoError', zone, value } as const;
        const bodies = [
          { ...dns, answer: null },
          { ...dns, answer },
        ] as const;
        return both(sentUs, flowFrom(port, masked), `neighbour ${key}`, bodies, ids.server());
      },
    });
    return doneUs;
  }

  function connect(atUs: number): number {
    const seq = random.int(1, 4_294_967_000);
    const stem = { kind: 'tcp', bytes: 0 } as const;
    const isn = random.int(1, 4_294_967_000);
    return both(
      atUs,
      flowFrom(random.int(32_768, 60_999), random.int(1_024, 60_999)),
      `neighbour ${atUs}`,
      [
        { ...stem, flags: 'S', seq, ack: null },
        { ...stem, flags: 'S.', seq: isn, ack: (seq + 1) >>> 0 },
      ],
      0,
    );
  }
}

/** One host pings the next through the cards between them. */
function pings(random: Random, network: Network, untilUs: number): readonly Trip[] {
  const cards = network.stops.flatMap(({ role }, at) => (role === 'nic' ? [at] : []));
  const along = cards.slice(0, 2);
  const [near, far] = along.map((at) => network.stops[at]?.machine.address);
  if (near === undefined || far === undefined || near === far) return [];
  const flow: Flow = {
    victim: false,
    client: near,
    clientPort: null,
    maskedPort: null,
    server: far,
    serverPort: null,
    translated: false,
  };
  const ids = counters(random);
  const id = random.int(1, 60_000);
  const trips: Trip[] = [];
  const start = random.int(10_000, 900_000);
  for (let seq = 1; start + seq * 1_000_000 < untilUs && seq < 12; seq += 1) {
    const stem = {
      flow,
      question: `ping ${seq}`,
      lookup: `ping ${seq}`,
      attempt: 0,
      lostAfter: null,
    };
    const at = travel(random, network.stops, along, start + seq * 1_000_000, null);
    const arrived = at.get(along[1] ?? 0) ?? 0;
    trips.push(
      {
        ...stem,
        way: 'request',
        body: { kind: 'echo', reply: false, id, seq },
        ipId: ids.client(),
        at,
      },
      {
        ...stem,
        way: 'response',
        body: { kind: 'echo', reply: true, id, seq },
        ipId: ids.server(),
        at: travel(random, network.stops, along.toReversed(), arrived + random.int(8, 40), null),
      },
    );
  }
  return trips;
}

/** A stream between two others that one interface alone sees. */
function stranger(random: Random, { stops }: Network, untilUs: number): readonly Trip[] {
  const at = random.int(1, stops.length - 2);
  const flow: Flow = {
    victim: false,
    client: stops[at]?.machine.address ?? '192.168.1.1',
    clientPort: random.int(32_768, 60_999),
    maskedPort: null,
    server: `192.0.2.${random.int(1, 250)}`,
    serverPort: 443,
    translated: false,
  };
  const ids = counters(random);
  const trips: Trip[] = [];
  let now = random.int(5_000, 400_000);
  let sent = 1;
  while (now < untilUs) {
    const bytes = random.int(30, 900);
    const stem = { flow, question: 'stream', lookup: 'stream', attempt: 0, lostAfter: null };
    trips.push({
      ...stem,
      way: 'request',
      body: { kind: 'tcp', flags: 'P.', seq: sent, ack: 1, bytes },
      ipId: ids.client(),
      at: new Map([[at, now]]),
    });
    sent += bytes;
    trips.push({
      ...stem,
      way: 'response',
      body: { kind: 'tcp', flags: '.', seq: null, ack: sent, bytes: 0 },
      ipId: ids.server(),
      at: new Map([[at, now + random.int(200, 30_000)]]),
    });
    now += random.int(300_000, 1_400_000);
  }
  return trips;
}
