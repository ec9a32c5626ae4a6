/**
 * Builds packets and capture files byte by byte, from the formats' own documents: RFC 768, 791, 792, 826, 1035, 2784, 4443, 4861,
 * 7348, 8200, 8926, 9293, pcap-savefile(5), draft-ietf-opsawg-pcapng and the link types of tcpdump.org. It shares no code with the reader.
 */
export type Bytes = readonly number[];

/** What stands behind an IP header: it needs the addresses for its checksum. */
export interface Carried {
  readonly protocol: number;
  readonly write: (pseudo: Bytes) => Bytes;
}

export function be16(value: number): Bytes {
  return [(value >> 8) & 255, value & 255];
}

export function be32(value: number): Bytes {
  return [...be16(Math.floor(value / 65_536) & 0xffff), ...be16(value & 0xffff)];
}

export function mac(text: string): Bytes {
  return text.split(':').map((part) => Number.parseInt(part, 16));
}

export function ip4(text: string): Bytes {
  return text.split('.').map(Number);
}

/** An IPv6 address written in full or with one `::`. */
export function ip6(text: string): Bytes {
  const [head = '', tail] = text.split('::');
  const words = (part: string) => (part === '' ? [] : part.split(':'));
  const before = words(head);
  const after = tail === undefined ? [] : words(tail);
  const zeros = new Array<string>(8 - before.length - after.length).fill('0');
  return [...before, ...zeros, ...after].flatMap((word) => be16(Number.parseInt(word, 16)));
}

export function internetChecksum(bytes: Bytes): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0);
  while (sum > 0xffff) sum = (sum % 65_536) + Math.floor(sum / 65_536);
  return 0xffff - sum;
}

function withChecksum(bytes: Bytes, at: number, pseudo: Bytes = []): Bytes {
  const sum = internetChecksum([...pseudo, ...bytes]);
  return [...bytes.slice(0, at), ...be16(sum), ...bytes.slice(at + 2)];
}

export interface Ip4Options {
  readonly ttl?: number;
  readonly id?: number;
  readonly tos?: number;
  readonly dontFragment?: boolean;
  /** A part of a datagram that was written whole: bytes `from` to `to` of what it carries. */
  readonly part?: { readonly from: number; readonly to: number; readonly more: boolean };
  readonly options?: Bytes;
  /** What the header says when it does not say the truth. */
  readonly length?: number;
}

export function ip4Packet(
  source: string,
  destination: string,
  carried: Carried,
  more: Ip4Options = {},
): Bytes {
  const ends = [...ip4(source), ...ip4(destination)];
  const whole = carried.write(ends);
  const { part, options = [] } = more;
  const body = part === undefined ? whole : whole.slice(part.from, part.to);
  const flags = (more.dontFragment ? 0x4000 : 0) + (part?.more ? 0x2000 : 0);
  const header = [
    0x40 + 5 + options.length / 4,
    more.tos ?? 0,
    ...be16(more.length ?? 20 + options.length + body.length),
    ...be16(more.id ?? 0),
    ...be16(flags + (part?.from ?? 0) / 8),
    more.ttl ?? 64,
    carried.protocol,
    0,
    0,
    ...ends,
    ...options,
  ];
  return [...withChecksum(header, 10), ...body];
}

export function ip6Packet(
  source: string,
  destination: string,
  carried: Carried,
  more: { readonly hopLimit?: number; readonly extension?: readonly [number, Bytes] } = {},
): Bytes {
  const ends = [...ip6(source), ...ip6(destination)];
  const [first, extension] = more.extension ?? [carried.protocol, []];
  const body = [...extension, ...carried.write(ends)];
  return [0x60, 0, 0, 0, ...be16(body.length), first, more.hopLimit ?? 64, ...ends, ...body];
}

// Both pseudo-headers give the same sum: 32 or 16 bits for the length and the protocol behind zeros.
function pseudoHeader(ends: Bytes, protocol: number, length: number): Bytes {
  return [...ends, ...be32(length), 0, 0, 0, protocol];
}

export function udp(
  from: number,
  to: number,
  body: Bytes,
  more: { readonly checksum?: number } = {},
): Carried {
  return {
    protocol: 17,
    write: (ends) => {
      const length = 8 + body.length;
      const datagram = [...be16(from), ...be16(to), ...be16(length), 0, 0, ...body];
      if (more.checksum !== undefined)
        return [...datagram.slice(0, 6), ...be16(more.checksum), ...body];
      return withChecksum(datagram, 6, pseudoHeader(ends, 17, length));
    },
  };
}

export interface TcpOptions {
  readonly flags: number;
  readonly seq: number;
  readonly ack?: number;
  readonly win?: number;
  readonly options?: Bytes;
  readonly body?: Bytes;
  /** Added to the right checksum. */
  readonly wrong?: number;
}

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

export function tcp(from: number, to: number, more: TcpOptions): Carried {
  return {
    protocol: 6,
    write: (ends) => {
      const { options = [], body = [] } = more;
      const segment = [
        ...be16(from),
        ...be16(to),
        ...be32(more.seq),
        ...be32(more.ack ?? 0),
        (5 + options.length / 4) * 16,
        more.flags,
        ...be16(more.win ?? 502),
        ...be16(more.wrong ?? 0),
        0,
        0,
        ...options,
        ...body,
      ];
      const right = withChecksum(segment, 16, pseudoHeader(ends, 6, segment.length));
      if (more.wrong === undefined) return right;
      return [...segment.slice(0, 16), ...be16(more.wrong), ...segment.slice(18)];
    },
  };
}

/** Type, code, the second word and what follows; the checksum is reckoned. */
export function icmp(type: number, code: number, word: Bytes, body: Bytes = []): Carried {
  return { protocol: 1, write: () => withChecksum([type, code, 0, 0, ...word, ...body], 2) };
}

export function icmp6(type: number, code: number, word: Bytes, body: Bytes = []): Carried {
  return {
    protocol: 58,
    write: (ends) => {
      const message = [type, code, 0, 0, ...word, ...body];
      return withChecksum(message, 2, pseudoHeader(ends, 58, message.length));
    },
  };
}

export function carrying(protocol: number, bytes: Bytes): Carried {
  return { protocol, write: () => bytes };
}

/** An IPv6 fragment header (RFC 8200 4.5) before a part of what `carried` writes. */
export function fragment6(
  protocol: number,
  offset: number,
  more: boolean,
): readonly [number, Bytes] {
  return [44, [protocol, 0, ...be16(offset + (more ? 1 : 0)), ...be32(0x01020304)]];
}

export function ascii(text: string): Bytes {
  return [...text].map((letter) => letter.charCodeAt(0));
}

/** `web.example.com.` as labels (RFC 1035 3.1). */
export function dnsName(name: string): Bytes {
  const labels = name.split('.').filter((label) => label !== '');
  return [...labels.flatMap((label) => [label.length, ...ascii(label)]), 0];
}

/** A pointer to a name that stands at `offset` of the message; the question's stands at 12. */
export function pointer(offset: number): Bytes {
  return be16(0xc000 + offset);
}

export interface DnsRecord {
  readonly name: Bytes;
  readonly type: number;
  readonly class?: number;
  readonly content: Bytes;
}

export interface DnsOptions {
  readonly id: number;
  /** The second 16 bits; 0x0100 asks for recursion, 0x8180 answers it. */
  readonly flags: number;
  readonly question?: { readonly name: string; readonly type: number };
  readonly answers?: readonly DnsRecord[];
  readonly authority?: readonly DnsRecord[];
  readonly additional?: readonly DnsRecord[];
}

export function dns({ id, flags, question, ...sections }: DnsOptions): Bytes {
  const { answers = [], authority = [], additional = [] } = sections;
  const asked =
    question === undefined ? [] : [...dnsName(question.name), ...be16(question.type), ...be16(1)];
  return [
    ...be16(id),
    ...be16(flags),
    ...be16(question === undefined ? 0 : 1),
    ...be16(answers.length),
    ...be16(authority.length),
    ...be16(additional.length),
    ...asked,
    ...[...answers, ...authority, ...additional].flatMap(dnsRecord),
  ];
}

function dnsRecord({ name, type, content, ...more }: DnsRecord): Bytes {
  const fixed = [...be16(type), ...be16(more.class ?? 1), ...be32(30), ...be16(content.length)];
  return [...name, ...fixed, ...content];
}

export function arp(
  operation: number,
  sender: readonly [string, string],
  target: readonly [string, string],
): Bytes {
  const [senderMac, senderIp] = sender;
  const [targetMac, targetIp] = target;
  const fixed = [...be16(1), ...be16(0x0800), 6, 4, ...be16(operation)];
  return [...fixed, ...mac(senderMac), ...ip4(senderIp), ...mac(targetMac), ...ip4(targetIp)];
}

export function ethernet(
  source: string,
  destination: string,
  type: number,
  body: Bytes,
  tags: readonly (readonly [number, number])[] = [],
): Bytes {
  const tagged = tags.flatMap(([tpid, vlan]) => [...be16(tpid), ...be16(vlan)]);
  return [...mac(destination), ...mac(source), ...tagged, ...be16(type), ...body];
}

export function sll(packetType: number, source: string, type: number, body: Bytes): Bytes {
  return [
    ...be16(packetType),
    ...be16(1),
    ...be16(6),
    ...mac(source),
    0,
    0,
    ...be16(type),
    ...body,
  ];
}

export function sll2(
  packetType: number,
  index: number,
  source: string,
  type: number,
  body: Bytes,
): Bytes {
  const fixed = [...be16(type), 0, 0, ...be32(index), ...be16(1), packetType, 6];
  return [...fixed, ...mac(source), 0, 0, ...body];
}

export function vxlan(vni: number, frame: Bytes): Bytes {
  return [8, 0, 0, 0, ...be32(vni * 256), ...frame];
}

export function geneve(vni: number, type: number, body: Bytes, options: Bytes = []): Bytes {
  return [options.length / 4, 0, ...be16(type), ...be32(vni * 256), ...options, ...body];
}

export function gre(type: number, body: Bytes, key?: number): Carried {
  const header = key === undefined ? [0, 0] : [0x20, 0];
  return carrying(47, [...header, ...be16(type), ...(key === undefined ? [] : be32(key)), ...body]);
}

/** One record of a capture: when, the bytes captured and how many there were. */
export interface Captured {
  readonly seconds: number;
  /** Microseconds, or nanoseconds in a file of nanoseconds. */
  readonly fraction: number;
  readonly frame: Bytes;
  /** How many bytes of the frame were kept; all when missing. */
  readonly kept?: number;
}

export interface FileOptions {
  readonly linkType: number;
  readonly little?: boolean;
  readonly nano?: boolean;
}

export function pcapFile(records: readonly Captured[], options: FileOptions): Uint8Array {
  const { little = false, nano = false, linkType } = options;
  const word = (value: number) => (little ? be32(value).toReversed() : be32(value));
  const half = (value: number) => (little ? be16(value).toReversed() : be16(value));
  const magic = nano ? 0xa1b23c4d : 0xa1b2c3d4;
  const head = [word(magic), half(2), half(4), word(0), word(0), word(262_144), word(linkType)];
  return join([
    ...head,
    ...records.flatMap(({ seconds, fraction, frame, kept = frame.length }) => [
      [...word(seconds), ...word(fraction), ...word(kept), ...word(frame.length)],
      frame.slice(0, kept),
    ]),
  ]);
}

/** The blocks of pcapng, in one byte order. */
export function pcapngBlocks(little: boolean) {
  const word = (value: number) => (little ? be32(value).toReversed() : be32(value));
  const half = (value: number) => (little ? be16(value).toReversed() : be16(value));
  const padded = (bytes: Bytes) => [...bytes, ...new Array<number>(-bytes.length & 3).fill(0)];
  const long = (high: number, low: number) =>
    little ? [...word(low), ...word(high)] : [...word(high), ...word(low)];
  const block = (type: Bytes, body: Bytes) => {
    const length = word(12 + padded(body).length);
    return [...type, ...length, ...padded(body), ...length];
  };
  const option = (code: number, bytes: Bytes) => [
    ...half(code),
    ...half(bytes.length),
    ...padded(bytes),
  ];
  return {
    word,
    half,
    long,
    option,
    block: (type: number, body: Bytes) => block(word(type), body),
    section: () =>
      block(be32(0x0a0d0d0a), [
        ...word(0x1a2b3c4d),
        ...half(1),
        ...half(0),
        ...long(0xffffffff, 0xffffffff),
      ]),
    device: (linkType: number, options: Bytes = [], snapLength = 0) =>
      block(word(1), [...half(linkType), ...half(0), ...word(snapLength), ...options]),
    enhanced: (
      device: number,
      ticks: readonly [number, number],
      frame: Bytes,
      more: { readonly length?: number; readonly options?: Bytes } = {},
    ) =>
      block(word(6), [
        ...word(device),
        ...ticks.flatMap(word),
        ...word(frame.length),
        ...word(more.length ?? frame.length),
        ...padded(frame),
        ...(more.options ?? []),
      ]),
    simple: (frame: Bytes, length: number) => block(word(3), [...word(length), ...padded(frame)]),
    obsolete: (device: number, ticks: readonly [number, number], frame: Bytes) =>
      block(word(2), [
        ...half(device),
        ...half(0),
        ...ticks.flatMap(word),
        ...word(frame.length),
        ...word(frame.length),
        ...padded(frame),
      ]),
    statistics: (device: number, options: Bytes) =>
      block(word(5), [...word(device), ...word(0), ...word(0), ...options]),
  };
}

export function join(parts: readonly Bytes[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
