import { type Digest, FORM } from '../artefacts/digest.ts';
import { once } from '../primitives/once.ts';
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
  /** Each question with each `FORM` of its answers, once, in the order of asking. */
  readonly outcomes: () => readonly Outcome[];
  /** The client's port. */
  readonly portAt: (index: number) => number;
  /** The addresses that answered. */
  readonly servers: () => ReadonlySet<string>;
  /** -1 where none is shown. */
  readonly ttlAt: (index: number) => number;
  readonly exchangeAt: (index: number) => Exchange;
  /** By the number of the client's name in the digest, those that asked first before others. */
  readonly clients: ReadonlyMap<number, Asker>;
  /** The client of any packet. */
  readonly clientOf: (packet: number) => number;
}

/** A question, as `A? name.`, and one of `FORM`: how it was answered. */
export interface Outcome {
  readonly question: string;
  readonly form: number;
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
  for (let index = 0; index < asked.length; index += 1) {
    own[asked[index] ?? 0] = 1;
    own[answered[index] ?? 0] = 1;
  }
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
  const exchangeAt = (index: number) => {
    const known = made.get(index);
    if (known !== undefined) return known;
    const exchange = exchangeOf(sightingAt(askedAt(index)), sightingAt(answeredAt(index)));
    made.set(index, exchange);
    return exchange;
  };
  return {
    length: asked.length,
    askedAt,
    formAt: (index) => digest.form[answeredAt(index)] ?? FORM.none,
    questionAt: (index) => questions[digest.question[askedAt(index)] ?? -1] ?? '',
    ttlAt: (index) => digest.ttl[askedAt(index)] ?? -1,
    portAt: (index) => (digest.key[askedAt(index)] ?? 0) >>> 16,
    servers: once(() => {
      const first = new Map<number, number>();
      for (let index = 0; index < asked.length; index += 1) {
        const server = digest.server[asked[index] ?? 0] ?? 0;
        if (!first.has(server)) first.set(server, index);
      }
      return new Set([...first.values()].map((index) => exchangeAt(index).server.host));
    }),
    outcomes: once(() => outcomesOf(digest, asked, answered, questions)),
    exchangeAt,
    clients: clientsOf(digest, asked),
    clientOf: (packet) => digest.client[packet] ?? -1,
  };
}

function outcomesOf(
  { question, form }: Digest,
  asked: Int32Array,
  answered: Int32Array,
  questions: readonly string[],
): readonly Outcome[] {
  /** By question: a bit for each form that was met. */
  const met = new Uint8Array(questions.length);
  const outcomes: Outcome[] = [];
  for (let index = 0; index < asked.length; index += 1) {
    const number = question[asked[index] ?? 0] ?? -1;
    const how = form[answered[index] ?? 0] ?? FORM.none;
    const forms = met[number] ?? 0;
    if ((forms & (1 << how)) !== 0) continue;
    met[number] = forms | (1 << how);
    outcomes.push({ question: questions[number] ?? '', form: how });
  }
  return outcomes;
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
    doubtful: [],
  };
}

function clientsOf({ client }: Digest, asked: Int32Array): ReadonlyMap<number, Asker> {
  const next = new Int32Array(asked.length);
  const lists = new Map<number, { first: number; last: number; count: number }>();
  for (let index = 0; index < asked.length; index += 1) {
    const name = client[asked[index] ?? 0] ?? -1;
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
  const { form, key, length } = digest;
  const order = byKey(digest);
  /** By question: its answer plus one. */
  const answers = new Int32Array(length);
  let count = 0;
  for (let from = 0, to = 0; from < order.length; from = to) {
    const question = order[from] ?? 0;
    while (to < order.length && key[order[to] ?? 0] === key[question]) to += 1;
    const answer = order[from + 1] ?? 0;
    if (to - from !== 2 || form[question] !== FORM.question) continue;
    if (!isSettled(digest, question, answer)) continue;
    answers[question] = answer + 1;
    count += 1;
  }
  const asked = new Int32Array(count);
  const answered = new Int32Array(count);
  for (let packet = 0, at = 0; at < count; packet += 1) {
    const answer = answers[packet] ?? 0;
    if (answer === 0) continue;
    asked[at] = packet;
    answered[at] = answer - 1;
    at += 1;
  }
  return { asked, answered };
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

const HALF = 0x1_0000;

/**
 * All packets of DNS by port and id, those of one key in their order: sorted by one half of the key and then by the other,
 * which takes linear time whatever keys somebody chose.
 */
function byKey({ form, key, length }: Digest): Int32Array {
  const all = new Int32Array(length);
  let count = 0;
  for (let packet = 0; packet < length; packet += 1) {
    if (form[packet] === FORM.none) continue;
    all[count] = packet;
    count += 1;
  }
  const own = all.subarray(0, count);
  if (count < HALF) return own.sort((a, b) => (key[a] ?? 0) - (key[b] ?? 0) || a - b);
  return sorted(sorted(own, key, 0), key, 16);
}

/** A counting sort by the 16 bits of the key from `shift` on, which leaves equals as they stand. */
function sorted(packets: Int32Array, key: Uint32Array, shift: number): Int32Array {
  const { length } = packets;
  const rankAt = (at: number) => ((key[packets[at] ?? 0] ?? 0) >>> shift) % HALF;
  const starts = new Int32Array(HALF + 1);
  for (let at = 0; at < length; at += 1) {
    const next = rankAt(at) + 1;
    starts[next] = (starts[next] ?? 0) + 1;
  }
  for (let rank = 1; rank <= HALF; rank += 1)
    starts[rank] = (starts[rank] ?? 0) + (starts[rank - 1] ?? 0);
  const out = new Int32Array(length);
  for (let at = 0; at < length; at += 1) {
    const rank = rankAt(at);
    const place = starts[rank] ?? 0;
    out[place] = packets[at] ?? 0;
    starts[rank] = place + 1;
  }
  return out;
}
