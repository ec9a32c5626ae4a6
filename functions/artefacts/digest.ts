import type { Capture, Packet } from './packet.ts';

/** What a packet is to the pairing of DNS questions and answers. */
export const FORM = {
  /** Neither question nor answer. */
  none: 0,
  question: 1,
  /** A positive answer with records, without any, and a name that does not exist. */
  answer: 2,
  empty: 3,
  negative: 4,
  /** Another question or answer: of another outcome, truncated, with a bad checksum, in a tunnel or over TCP. */
  other: 5,
} as const;

/** A name as a number: an IPv4 address itself, anything else by the order in which it was met. */
type Numbered = number;

/**
 * What pairing needs of each packet, in numbers side by side: a tenth of the memory that packets take, so that only
 * those out of the ordinary have to be looked at one by one. By the packet's place among those of its capture.
 */
export interface Digest {
  readonly length: number;
  /** One of `FORM`. */
  readonly form: Uint8Array;
  /** The client's port and the DNS id. */
  readonly key: Uint32Array;
  readonly client: Float64Array;
  readonly server: Float64Array;
  /** Type and name asked for, as a number; -1 where an answer does not repeat it. */
  readonly question: Int32Array;
  /** Microseconds on the capture's clock; NaN without. */
  readonly time: Float64Array;
  /** -1 where none is shown. */
  readonly ttl: Int16Array;
  /** The packet's line within the artefact. */
  readonly line: Int32Array;
  /** Types and names asked for, `A? name.`, in the order of their numbers. */
  readonly questions: Map<string, number>;
  /** Some packet says itself on which interface it was captured. */
  readonly namesInterfaces: boolean;
}

/** A digest while packets are added. */
export interface DigestDraft extends Omit<Digest, 'length' | 'namesInterfaces' | 'questions'> {
  length: number;
  namesInterfaces: boolean;
  readonly hosts: Map<string, Numbered>;
  questions: Map<string, number>;
}

/** A digest and the packets it was made of, each put together when it is asked for. */
export interface Digested {
  readonly digest: Digest;
  readonly at: (index: number) => Packet | undefined;
}

const digests = new WeakMap<Capture, Digested>();

/** Keeps the digest that was made while a capture was read. */
export function keepDigest(capture: Capture, digested: Digested): void {
  digests.set(capture, digested);
}

/** The digest of a capture; made anew where none was kept. */
export function digestOf(capture: Capture): Digested {
  const known = digests.get(capture);
  if (known !== undefined) return known;
  const { packets } = capture;
  const digest = newDigest(packets.length);
  for (const [index, packet] of packets.entries()) note(digest, index, packet);
  digest.length = packets.length;
  const digested: Digested = { digest, at: (index) => packets[index] };
  digests.set(capture, digested);
  return digested;
}

/** How many packets a capture holds, without putting them together. */
export function countOf(capture: Capture): number {
  return digests.get(capture)?.digest.length ?? capture.packets.length;
}

export function newDigest(room: number): DigestDraft {
  return {
    length: 0,
    form: new Uint8Array(room),
    key: new Uint32Array(room),
    client: new Float64Array(room),
    server: new Float64Array(room),
    question: new Int32Array(room),
    time: new Float64Array(room),
    ttl: new Int16Array(room),
    line: new Int32Array(room),
    namesInterfaces: false,
    hosts: new Map(),
    questions: new Map(),
  };
}

/** Notes what a packet says in its place. */
export function note(digest: DigestDraft, index: number, packet: Packet): void {
  const inner = packet.tunnel === null ? packet : innermost(packet);
  const { dns, source, destination } = inner;
  digest.time[index] = packet.time ?? Number.NaN;
  digest.ttl[index] = inner.ttl ?? -1;
  digest.line[index] = packet.line;
  digest.namesInterfaces ||= packet.interface !== null;
  digest.form[index] = inner === packet ? formOf(packet) : inTunnel(inner);
  if (dns === null) return;
  const [client, server] = dns.response ? [destination, source] : [source, destination];
  digest.key[index] = keyOf(client.port, dns.id);
  digest.client[index] = hostNumber(digest, client.host);
  digest.server[index] = hostNumber(digest, server.host);
  digest.question[index] =
    dns.qtype === null ? -1 : questionNumber(digest, `${dns.qtype}? ${dns.qname}`);
}

/** Copies what a packet says to another digest, all but its line; both must number the questions alike. */
export function copy(from: Digest, index: number, to: DigestDraft, at: number): void {
  to.form[at] = from.form[index] ?? FORM.none;
  to.key[at] = from.key[index] ?? 0;
  to.client[at] = from.client[index] ?? 0;
  to.server[at] = from.server[index] ?? 0;
  to.question[at] = from.question[index] ?? -1;
  to.time[at] = from.time[index] ?? Number.NaN;
  to.ttl[at] = from.ttl[index] ?? -1;
}

/** The packet that tunnels carry in the end. */
export function innermost(packet: Packet): Packet {
  let inner = packet;
  for (let depth = 0; depth < 4 && inner.tunnel?.inner != null; depth += 1)
    inner = inner.tunnel.inner;
  return inner;
}

function inTunnel({ dns }: Packet): number {
  return dns === null ? FORM.none : FORM.other;
}

function formOf(packet: Packet): number {
  const { dns, source, destination, time } = packet;
  if (dns === null) return FORM.none;
  const isWhole =
    packet.protocol === 'udp' &&
    packet.direction === null &&
    packet.checksum !== 'bad' &&
    !packet.truncated &&
    packet.tunnel === null &&
    (packet.fragment === null || !(packet.fragment.more || packet.fragment.offset > 0));
  const [client, server] = dns.response ? [destination, source] : [source, destination];
  if (!isWhole || time === null || dns.id > MOST || server.port !== DNS_PORT) return FORM.other;
  if (client.port === null || dns.truncatedAnswer) return FORM.other;
  if (!dns.response) return dns.qtype === null ? FORM.other : FORM.question;
  if (dns.counts === null) return FORM.other;
  if (dns.rcode === 'NXDomain') return FORM.negative;
  if (dns.rcode !== 'NoError') return FORM.other;
  return dns.counts[0] > 0 ? FORM.answer : FORM.empty;
}

const DNS_PORT = 53;
/** The largest number of 16 bits. */
const MOST = 0xffff;

function hostNumber({ hosts }: DigestDraft, host: string): Numbered {
  const known = hosts.get(host);
  if (known !== undefined) return known;
  const number = addressNumber(host) ?? 2 ** 32 + hosts.size;
  hosts.set(host, number);
  return number;
}

const IP4 = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/;

function addressNumber(host: string): number | undefined {
  const parts = IP4.exec(host)?.slice(1).map(Number);
  if (parts === undefined || parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}

/** A port and an id of 16 bits as one number. */
export function keyOf(port: number | null, id: number): number {
  return ((port ?? 0xffff) * 0x1_0000 + id) >>> 0;
}

export function questionNumber({ questions }: DigestDraft, question: string): number {
  const known = questions.get(question);
  if (known !== undefined) return known;
  questions.set(question, questions.size);
  return questions.size - 1;
}

/** The first packet that stands on a line or below it; lines rise with the packets. */
export function firstFrom({ line, length }: Digest, wanted: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((line[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
