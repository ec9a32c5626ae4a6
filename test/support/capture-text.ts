/**
 * Writes captures as tcpdump prints them, from packets and the stops they pass: print-ip.c, print-udp.c,
 * print-domain.c, print-tcp.c, print-icmp.c, print-vxlan.c, print-otv.c and print-ether.c of tcpdump 4.99.
 * Deterministic: jitter and checksums are hashed from the packet, so the same incident is the same text.
 */

export interface End {
  readonly host: string;
  readonly port: number | null;
}

export interface Answer {
  readonly rcode: 'NoError' | 'NXDomain' | 'ServFail';
  readonly authoritative: boolean;
  readonly records: readonly {
    readonly type: string;
    readonly value: string;
    readonly ttl: number;
  }[];
  readonly zone: string;
}

export type Body =
  | {
      readonly kind: 'dns';
      readonly id: number;
      readonly qtype: string;
      readonly qname: string;
      readonly answer: Answer | null;
    }
  | {
      readonly kind: 'tcp';
      readonly flags: string;
      readonly seq: number | null;
      readonly ack: number | null;
      readonly bytes: number;
      readonly win: number;
    }
  | {
      readonly kind: 'echo';
      readonly reply: boolean;
      readonly id: number;
      readonly seq: number;
      readonly bytes: number;
    };

export interface SentPacket {
  readonly from: End;
  readonly to: End;
  readonly ttl: number;
  readonly ipId: number;
  readonly body: Body;
}

/** One packet on its way. `way` tells from which end of the stops it comes; `seenAt` lists the stops it reached. */
export interface Trip {
  readonly atUs: number;
  readonly way: 'request' | 'response';
  readonly packet: SentPacket;
  readonly seenAt?: readonly number[];
  /** Sent by the hosts themselves: it does not enter the tunnel. */
  readonly bare?: boolean;
}

type Sum = 'ok' | 'bad';

/** One place where a capture runs; stops are listed in the order in which a request passes them. */
export interface Stop {
  /** From the first stop to here, in microseconds, and how far this host's clock is ahead. */
  readonly delayUs: number;
  readonly aheadUs: number;
  /** Routers between the client and here; a response loses its hops from the last stop. */
  readonly hops: number;
  /** The address that stands for the server here, where NAT hides it. */
  readonly shows?: { readonly request?: string; readonly response?: string };
  readonly sums?: { readonly request: Sum; readonly response: Sum };
  /** The tunnel the packet travels in here: outer addresses in the direction of the request. */
  readonly wrap?: {
    readonly from: string;
    readonly to: string;
    readonly port: 4789 | 8472;
    readonly vni: number;
  };
  readonly macs?: readonly [string, string];
  /** The interface column of `-i any`. */
  readonly column?: string;
}

export interface Flags {
  readonly verbose: 0 | 1 | 2;
  readonly time: 'day' | 'date' | 'delta' | 'none';
  readonly link: boolean;
  /** Names for addresses, and service names for ports: a capture without `-n`. */
  readonly names: ReadonlyMap<string, string> | null;
}

export const PLAIN: Flags = { verbose: 0, time: 'day', link: false, names: null };
const DATE = '2024-03-05';
const DAY_AFTER = '2024-03-06';
const DAY_US = 86_400_000_000;

/** The lines that a capture at one stop prints. */
export function captureText(
  stops: readonly Stop[],
  at: number,
  trips: readonly Trip[],
  flags: Flags,
): readonly string[] {
  const stop = stops[at];
  if (stop === undefined) return [];
  const seen = trips
    .filter((trip) => trip.seenAt?.includes(at) ?? true)
    .map((trip) => ({ trip, time: timeAt(stops, at, trip) }))
    .toSorted((a, b) => a.time - b.time);
  let before = seen[0]?.time ?? 0;
  return seen.flatMap(({ trip, time }) => {
    const stamp = stampOf(time, before, flags);
    before = time;
    return packetLines(stamp, stop, passing(stop, stops.at(-1), trip), trip, flags);
  });
}

/** One question and its answer, ready to be sent along stops; the answer leaves `thinkUs` after the question arrived. */
export function exchange(
  stops: readonly Stop[],
  question: {
    readonly atUs: number;
    readonly packet: SentPacket;
    readonly seenAt?: readonly number[];
  },
  reply?: {
    readonly thinkUs: number;
    readonly ipId: number;
    readonly answer: Answer;
    readonly seenAt?: readonly number[];
  },
): readonly Trip[] {
  const { packet } = question;
  const asked: Trip = { ...question, way: 'request' };
  if (reply === undefined || packet.body.kind !== 'dns') return [asked];
  const { thinkUs, ipId, answer, seenAt } = reply;
  const body = { ...packet.body, answer };
  const back: SentPacket = { from: packet.to, to: packet.from, ttl: 64, ipId, body };
  const atUs = question.atUs + (stops.at(-1)?.delayUs ?? 0) + thinkUs;
  return [
    asked,
    { atUs, way: 'response', packet: back, ...(seenAt === undefined ? {} : { seenAt }) },
  ];
}

function timeAt(stops: readonly Stop[], at: number, { atUs, way, packet }: Trip): number {
  const delay = stops[at]?.delayUs ?? 0;
  const onTheWay = way === 'request' ? delay : (stops.at(-1)?.delayUs ?? 0) - delay;
  return atUs + onTheWay + (stops[at]?.aheadUs ?? 0) + (hash(packet.ipId, at) % 4);
}

/** The packet as this stop sees it: TTL used up, the server's address under its name here. */
function passing(stop: Stop, last: Stop | undefined, { packet, way }: Trip): SentPacket {
  const ttl = packet.ttl - (way === 'request' ? stop.hops : (last?.hops ?? 0) - stop.hops);
  const host = stop.shows?.[way];
  if (host === undefined) return { ...packet, ttl };
  return way === 'request'
    ? { ...packet, ttl, to: { ...packet.to, host } }
    : { ...packet, ttl, from: { ...packet.from, host } };
}

function packetLines(
  stamp: string,
  stop: Stop,
  packet: SentPacket,
  { way, bare }: Trip,
  flags: Flags,
): readonly string[] {
  const sum = stop.sums?.[way] ?? 'ok';
  const column =
    stop.column === undefined
      ? ''
      : `${stop.column.padEnd(5)} ${way === 'request' ? 'In ' : 'Out'} `;
  const macs = way === 'request' ? stop.macs : stop.macs?.toReversed();
  if (stop.wrap === undefined || bare === true)
    return ipLines(stamp + column, packet, sum, macs, flags);
  const { from, to, port, vni } = stop.wrap;
  const name =
    port === 4789
      ? `VXLAN, flags [I] (0x08), vni ${vni}`
      : `OTV, flags [I] (0x08), overlay 0, instance ${vni}`;
  const ends = way === 'request' ? [from, to] : [to, from];
  const source = 32768 + (hash(packet.from.port ?? 0, packet.to.port ?? 0) % 28000);
  const outer = `${ends[0]}.${source} > ${ends[1]}.${port}: `;
  const bytes = ipBytes(packet.body) + 14 + 8 + 8 + 20;
  const head = ipHead({
    ttl: 64,
    ipId: hash(packet.ipId, 7) % 65536,
    flags: 'none',
    protocol: 'UDP (17)',
    bytes,
  });
  const wrapped =
    flags.verbose > 0
      ? [`${stamp}${column}IP ${head}`, `    ${outer}[no cksum] ${name}`]
      : [`${stamp}${column}IP ${outer}${name}`];
  return [...wrapped, ...ipLines('', packet, sum, undefined, flags)];
}

function ipLines(
  start: string,
  packet: SentPacket,
  sum: Sum,
  macs: readonly string[] | undefined,
  flags: Flags,
): readonly string[] {
  const { body, ttl, ipId } = packet;
  const bytes = ipBytes(body);
  const link =
    flags.link && macs !== undefined
      ? `${macs[0]} > ${macs[1]}, ethertype IPv4 (0x0800), length ${bytes + 14}: `
      : 'IP ';
  const ends = `${endText(packet.from, flags)} > ${endText(packet.to, flags)}: `;
  if (flags.verbose === 0) return [`${start}${link}${ends}${bodyText(body, sum, flags)}`];
  const protocol = body.kind === 'dns' ? 'UDP (17)' : body.kind === 'tcp' ? 'TCP (6)' : 'ICMP (1)';
  // Linux sends a SYN/ACK with id 0, and answers echoes and unconnected DNS without DF.
  const df = body.kind === 'dns' ? body.answer === null : body.kind === 'tcp' || !body.reply;
  const head = ipHead({ ttl, ipId, flags: df ? 'DF' : 'none', protocol, bytes });
  return [`${start}${link}${head}`, `    ${ends}${bodyText(body, sum, flags)}`];
}

function ipHead(ip: {
  ttl: number;
  ipId: number;
  flags: string;
  protocol: string;
  bytes: number;
}): string {
  return `(tos 0x0, ttl ${ip.ttl}, id ${ip.ipId}, offset 0, flags [${ip.flags}], proto ${ip.protocol}, length ${ip.bytes})`;
}

function endText({ host, port }: End, { names }: Flags): string {
  const name = names?.get(host) ?? host;
  if (port === null) return name;
  return `${name}.${names === null ? port : port === 53 ? 'domain' : port === 22 ? 'ssh' : port}`;
}

function bodyText(body: Body, sum: Sum, flags: Flags): string {
  if (body.kind === 'dns') return `${udpSum(body.id, sum, flags)}${dnsText(body, flags)}`;
  if (body.kind === 'tcp') return tcpText(body, sum, flags);
  return `ICMP echo ${body.reply ? 'reply' : 'request'}, id ${body.id}, seq ${body.seq}, length ${body.bytes}`;
}

function udpSum(id: number, sum: Sum, { verbose }: Flags): string {
  if (verbose === 0) return '';
  return sum === 'ok' ? '[udp sum ok] ' : `[bad udp cksum 0x${hex(id, 1)} -> 0x${hex(id, 2)}!] `;
}

function dnsText(body: Extract<Body, { kind: 'dns' }>, { verbose }: Flags): string {
  const { id, qtype, qname, answer } = body;
  if (answer === null) return `${id}+ ${qtype}? ${qname} (${dnsBytes(body)})`;
  const { rcode, authoritative, records, zone } = answer;
  const code = rcode === 'NoError' ? '' : ` ${rcode}`;
  const question = verbose > 1 ? ` q: ${qtype}? ${qname}` : '';
  const negative = records.length === 0 && rcode !== 'ServFail';
  const shown = records.map(({ type, value, ttl }) =>
    verbose > 0 ? `${qname} [${ttl}s] ${type} ${value}` : `${type} ${value}`,
  );
  const soa = ` ns: ${zone} [30s] SOA ns.dns.${zone} hostmaster.${zone} 1709600000 7200 1800 86400 30`;
  const authority = negative && verbose > 1 ? soa : '';
  const counts = `${records.length}/${negative ? 1 : 0}/0`;
  return `${id}${code}${authoritative ? '*-' : ''}${question} ${counts}${shown.length > 0 ? ` ${shown.join(', ')}` : ''}${authority} (${dnsBytes(body)})`;
}

function tcpText(body: Extract<Body, { kind: 'tcp' }>, sum: Sum, { verbose }: Flags): string {
  const { flags, seq, ack, bytes, win } = body;
  const opening = flags.startsWith('S');
  const check =
    verbose === 0
      ? ''
      : sum === 'ok'
        ? `cksum 0x${hex(seq ?? ack ?? 0, 1)} (correct), `
        : `cksum 0x${hex(seq ?? 0, 1)} (incorrect -> 0x${hex(seq ?? 0, 2)}), `;
  const stamps = `TS val ${hash(seq ?? 1, 3)} ecr ${ack === null ? 0 : hash(ack, 3)}`;
  const options =
    flags === 'R'
      ? ''
      : opening
        ? `, options [mss 1460,sackOK,${stamps},nop,wscale 7]`
        : `, options [nop,nop,${stamps}]`;
  const range = seq === null ? '' : bytes > 0 ? `, seq ${seq}:${seq + bytes}` : `, seq ${seq}`;
  const order = `Flags [${flags}], ${check}`.replace(/, $/, '');
  return `${order}${range}${ack === null ? '' : `, ack ${ack}`}, win ${win}${options}, length ${bytes}`;
}

function ipBytes(body: Body): number {
  if (body.kind === 'dns') return 28 + dnsBytes(body);
  if (body.kind === 'echo') return 20 + body.bytes;
  return 20 + (body.flags.startsWith('S') ? 40 : body.flags === 'R' ? 20 : 32) + body.bytes;
}

/** RFC 1035 section 4: header, question, and records whose owner name is a pointer. */
function dnsBytes({ qname, answer }: Extract<Body, { kind: 'dns' }>): number {
  const question = 12 + nameBytes(qname) + 4;
  if (answer === null) return question;
  const records = answer.records.map(
    ({ type, value }) => 12 + (type === 'A' ? 4 : type === 'AAAA' ? 16 : nameBytes(value)),
  );
  const negative =
    answer.records.length === 0 && answer.rcode !== 'ServFail'
      ? 12 + 2 * nameBytes(answer.zone) + 28
      : 0;
  return question + records.reduce((sum, one) => sum + one, 0) + negative;
}

function nameBytes(name: string): number {
  return name.replace(/\.$/, '').length + 2;
}

function stampOf(time: number, before: number, { time: style }: Flags): string {
  if (style === 'none') return '';
  if (style === 'delta') return ` ${clock(time - before)} `;
  const day = time % DAY_US;
  return style === 'date' ? `${time < DAY_US ? DATE : DAY_AFTER} ${clock(day)} ` : `${clock(day)} `;
}

function clock(us: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = us / 1e6;
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${String(us % 1e6).padStart(6, '0')}`;
}

function hex(a: number, b: number): string {
  return (hash(a, b) % 65536).toString(16).padStart(4, '0');
}

/** A small integer hash (Knuth's multiplicative), so that nothing here is random. */
function hash(a: number, b: number): number {
  return Math.imul((a ^ (b * 40503)) >>> 0, 2654435761) >>> 0;
}
