import { type Digest, FORM } from '../artefacts/digest.ts';
import type { Exchange } from './exchanges.ts';
import type { Sighting } from './points.ts';

/** An answer that comes later than this is worth a look. */
const PROMPT_US = 200_000;

/**
 * DNS questions that were asked once, and answered once, promptly, by the server asked, with records, without or with
 * NXDOMAIN, while nothing else of the capture bears their port and id. In a long capture nearly all are; nothing of them
 * has to be told apart, so that they are counted as numbers and put together only when somebody asks for them. Places
 * count from 0 in the order of asking.
 */
export interface Settled {
  readonly length: number;
  /** The place of the question among all packets. */
  readonly askedAt: (index: number) => number;
  /** One of `FORM`. */
  readonly formAt: (index: number) => number;
  /** `A? name.` */
  readonly questionAt: (index: number) => string;
  /** -1 where none is shown. */
  readonly ttlAt: (index: number) => number;
  readonly exchangeAt: (index: number) => Exchange;
  /** By the number of the client's name in the digest, those that asked first before others. */
  readonly clients: ReadonlyMap<number, Asker>;
  /** The client of any packet. */
  readonly clientOf: (packet: number) => number;
}

/** What one client asked and had settled. */
export interface Asker {
  readonly first: number;
  readonly count: number;
  readonly all: () => readonly number[];
}

/** The settled exchanges of a capture, and the places of all packets that are not theirs. */
export function settledIn(
  digest: Digest,
  sightingAt: (packet: number) => Sighting,
): { readonly settled: Settled; readonly others: readonly number[] } {
  const { asked, answered } = pairsIn(digest);
  const own = new Uint8Array(digest.length);
  for (const packet of asked) own[packet] = 1;
  for (const packet of answered) own[packet] = 1;
  const others: number[] = [];
  for (let packet = 0; packet < digest.length; packet += 1)
    if (own[packet] === 0) others.push(packet);
  return { settled: settledOf(digest, asked, answered, sightingAt), others };
}

function settledOf(
  digest: Digest,
  asked: Int32Array,
  answered: Int32Array,
  sightingAt: (packet: number) => Sighting,
): Settled {
  const questions = [...digest.questions.keys()];
  const made = new Map<number, Exchange>();
  const askedAt = (index: number) => asked[index] ?? 0;
  const answeredAt = (index: number) => answered[index] ?? 0;
  return {
    length: asked.length,
    askedAt,
    formAt: (index) => digest.form[answeredAt(index)] ?? FORM.none,
    questionAt: (index) => questions[digest.question[askedAt(index)] ?? -1] ?? '',
    ttlAt: (index) => digest.ttl[askedAt(index)] ?? -1,
    exchangeAt(index) {
      const known = made.get(index);
      if (known !== undefined) return known;
      const exchange = exchangeOf(sightingAt(askedAt(index)), sightingAt(answeredAt(index)));
      made.set(index, exchange);
      return exchange;
    },
    clients: clientsOf(digest, asked),
    clientOf: (packet) => digest.client[packet] ?? -1,
  };
}

function exchangeOf(request: Sighting, response: Sighting): Exchange {
  const { dns, source, destination } = request.packet;
  const at: Exchange['at'][number][] = [];
  at[request.point] = { requests: [request], responses: [response] };
  return {
    protocol: 'dns',
    dns: { id: dns?.id ?? 0, qtype: dns?.qtype ?? '', qname: dns?.qname ?? '' },
    client: source,
    server: destination,
    at,
  };
}

function clientsOf({ client }: Digest, asked: Int32Array): ReadonlyMap<number, Asker> {
  const next = new Int32Array(asked.length);
  const lists = new Map<number, { first: number; last: number; count: number }>();
  for (const [index, packet] of asked.entries()) {
    const name = client[packet] ?? -1;
    const list = lists.get(name);
    if (list === undefined) lists.set(name, { first: index, last: index, count: 1 });
    else {
      next[list.last] = index;
      list.last = index;
      list.count += 1;
    }
  }
  const all = ({ first, count }: { first: number; count: number }) => {
    const indexes: number[] = [];
    for (let at = first; indexes.length < count; at = next[at] ?? 0) indexes.push(at);
    return indexes;
  };
  return new Map(
    [...lists].map(([name, list]) => {
      const { first, count } = list;
      return [name, { first, count, all: () => all(list) }];
    }),
  );
}

interface Pairs {
  readonly asked: Int32Array;
  readonly answered: Int32Array;
}

/** Questions and answers that are alone with their port and id, in the order of asking. */
function pairsIn(digest: Digest): Pairs {
  const { length, form } = digest;
  const table = tableOf(digest);
  const asked = new Int32Array(length >> 1);
  const answered = new Int32Array(length >> 1);
  let count = 0;
  for (let packet = 0; packet < length; packet += 1) {
    if (form[packet] !== FORM.question) continue;
    const slot = slotOf(table, digest, packet);
    const answer = table.second[slot] ?? 0;
    if (table.count[slot] !== 2 || table.first[slot] !== packet + 1) continue;
    if (!isSettled(digest, packet, answer)) continue;
    asked[count] = packet;
    answered[count] = answer;
    count += 1;
  }
  return { asked: asked.subarray(0, count), answered: answered.subarray(0, count) };
}

function isSettled(
  { form, client, server, question, time }: Digest,
  asked: number,
  answered: number,
): boolean {
  const kind = form[answered];
  if (kind !== FORM.answer && kind !== FORM.empty && kind !== FORM.negative) return false;
  const named = question[answered] ?? -1;
  const after = (time[answered] ?? Number.NaN) - (time[asked] ?? Number.NaN);
  return (
    (named < 0 || named === question[asked]) &&
    client[asked] === client[answered] &&
    server[asked] === server[answered] &&
    after >= 0 &&
    after <= PROMPT_US
  );
}

/** Packets by port and id: open addressing, a power of two, at most half full. */
interface Table {
  readonly mask: number;
  /** The packet met first, plus one; zero is an empty slot. */
  readonly first: Int32Array;
  readonly second: Int32Array;
  /** How many there are, up to three. */
  readonly count: Uint8Array;
}

function tableOf(digest: Digest): Table {
  const { length, form } = digest;
  let room = 16;
  while (room < length * 2) room *= 2;
  const table: Table = {
    mask: room - 1,
    first: new Int32Array(room),
    second: new Int32Array(room),
    count: new Uint8Array(room),
  };
  for (let packet = 0; packet < length; packet += 1) {
    if (form[packet] === FORM.none) continue;
    const slot = slotOf(table, digest, packet);
    const many = table.count[slot] ?? 0;
    if (many === 0) table.first[slot] = packet + 1;
    else if (many === 1) table.second[slot] = packet;
    table.count[slot] = Math.min(many + 1, 3);
  }
  return table;
}

function slotOf({ mask, first }: Table, { key }: Digest, packet: number): number {
  const own = key[packet] ?? 0;
  let slot = (Math.imul(own, 0x9e3779b1) >>> 7) & mask;
  for (;;) {
    const met = first[slot] ?? 0;
    if (met === 0 || key[met - 1] === own) return slot;
    slot = (slot + 1) & mask;
  }
}
