import type { Machine, Network, Stop } from './network.ts';
import { type Body, type End, endsAt, type Trip, ttlAt } from './trip.ts';

/** How a capture is printed: tcpdump's options, and what became of its blanks. */
export interface Style {
  readonly verbose: 0 | 1 | 2;
  readonly time: 'none' | 'day' | 'epoch' | 'delta' | 'date' | 'since';
  readonly link: boolean;
  /** -nn · service names only (addresses without a name of their own) · names for all. */
  readonly names: 'numbers' | 'services' | 'names';
  /** Whether the second line of -v kept its four blanks. */
  readonly indented: boolean;
}

/** A packet at one stop of one capture. */
export interface Line {
  readonly trip: Trip;
  readonly stop: number;
  readonly trueUs: number;
}

/** What the clock of a machine shows at a true time, in microseconds since its midnight. */
export function clockOf({ aheadUs, drift }: Machine, trueUs: number, baseUs: number): number {
  return baseUs + trueUs + aheadUs + Math.round((trueUs * drift) / 1_000_000);
}

/** The lines of one packet as tcpdump 4.99 prints them (print-ip.c, print-udp.c, print-vxlan.c, print-otv.c, print-sll.c). */
export function packetLines(
  { trip, stop: at, trueUs }: Line,
  network: Network,
  style: Style,
  stamp: string,
  onAny: boolean,
): readonly string[] {
  const stop = network.stops[at];
  if (stop === undefined) return [];
  const column = onAny ? anyColumn(stop, trip) : '';
  const inner = { trip, stop, network, style };
  const { wrap } = stop;
  if (wrap === null || !trip.flow.translated)
    return ipLines(`${stamp}${column}`, inner, onAny, trueUs);
  const [from, to] = trip.way === 'request' ? [wrap.from, wrap.to] : [wrap.to, wrap.from];
  const bytes = ipBytes(trip.body);
  if (wrap.kind === 'ipip') {
    const [head = '', ...rest] = ipLines('', inner, false, trueUs);
    const start = `${stamp}${column}${linkText(stop, trip, bytes + 20, style, onAny)}`;
    const bare = style.link ? head.slice(head.indexOf(': ') + 2) : head;
    const ends = `${nameOf(from, network, style)} > ${nameOf(to, network, style)}: `;
    if (style.verbose === 0) return [`${start}${ends}${bare}`];
    const outer = header({
      ttl: 64,
      id: outerId(trip),
      df: true,
      protocol: 'IPIP (4)',
      bytes: bytes + 20,
    });
    return [`${start}${outer}`, `${pad(style)}${ends}${bare}`, ...rest];
  }
  const port = wrap.kind === 'otv' ? 8472 : 4789;
  const word = port === 4789 ? 'vxlan' : 'otv';
  const head =
    port === 4789
      ? `VXLAN, flags [I] (0x08), vni ${wrap.vni}`
      : `OTV, flags [I] (0x08), overlay 0, instance ${wrap.vni}`;
  const source = 32_768 + (hash(trip.flow.clientPort ?? 0, 9) % 28_000);
  const last = style.names === 'numbers' ? `${port}` : word;
  const ends = `${nameOf(from, network, style)}.${source} > ${nameOf(to, network, style)}.${last}: `;
  const start = `${stamp}${column}${linkText(stop, trip, bytes + 50, style, onAny)}`;
  const wrapped =
    style.verbose === 0
      ? [`${start}${ends}${head}`]
      : [
          `${start}${header({ ttl: 64, id: outerId(trip), df: false, protocol: 'UDP (17)', bytes: bytes + 50 })}`,
          `${pad(style)}${ends}${style.verbose > 1 ? '[no cksum] ' : ''}${head}`,
        ];
  return [...wrapped, ...ipLines('', inner, false, trueUs)];
}

/** The time before a packet; `before` is the capture's packet before it, `first` its first. */
export function stampOf(
  clockUs: number,
  { before, first }: { readonly before: number; readonly first: number },
  time: Style['time'],
): string {
  switch (time) {
    case 'none':
      return '';
    case 'day':
      return `${clock(clockUs)} `;
    case 'epoch':
      return `${1_709_596_800 + Math.floor(clockUs / 1e6)}.${micros(clockUs)} `;
    case 'date':
      return `2024-03-05 ${clock(clockUs)} `;
    case 'delta':
      return ` ${clock(clockUs - before)} `;
    case 'since':
      return ` ${clock(clockUs - first)} `;
  }
}

interface Inner {
  readonly trip: Trip;
  readonly stop: Stop;
  readonly network: Network;
  readonly style: Style;
}

function ipLines(
  start: string,
  { trip, stop, network, style }: Inner,
  onAny: boolean,
  trueUs: number,
): readonly string[] {
  const { body } = trip;
  const bytes = ipBytes(body);
  const link = linkText(stop, trip, bytes, style, onAny);
  const { from, to } = endsAt(trip, stop, network);
  const ends = `${endText(from, network, style)} > ${endText(to, network, style)}: `;
  const text = bodyText(body, trip, style, trueUs);
  if (style.verbose === 0) return [`${start}${link}${ends}${text}`];
  const protocol = body.kind === 'dns' ? 'UDP (17)' : body.kind === 'tcp' ? 'TCP (6)' : 'ICMP (1)';
  const ttl = ttlAt(trip, stop, network.stops);
  const df = body.kind !== 'echo' || !body.reply;
  return [
    `${start}${link}${header({ ttl: trip.flow.translated ? ttl : 64, id: trip.ipId, df, protocol, bytes })}`,
    `${pad(style)}${ends}${text}`,
  ];
}

function pad({ indented }: Style): string {
  return indented ? '    ' : '';
}

function header(ip: { ttl: number; id: number; df: boolean; protocol: string; bytes: number }) {
  return `(tos 0x0, ttl ${ip.ttl}, id ${ip.id}, offset 0, flags [${ip.df ? 'DF' : 'none'}], proto ${ip.protocol}, length ${ip.bytes})`;
}

function linkText(
  stop: Stop,
  { way }: Trip,
  bytes: number,
  { link }: Style,
  onAny: boolean,
): string {
  if (!link) return 'IP ';
  const near = mac(hash(stop.delayUs, 3));
  const far = mac(hash(stop.delayUs, 4));
  const [from, to] = way === 'request' ? [near, far] : [far, near];
  const type = 'ethertype IPv4 (0x0800), length';
  return onAny
    ? `ifindex ${(stop.delayUs % 20) + 2} ${from} ${type} ${bytes + 20}: `
    : `${from} > ${to}, ${type} ${bytes + 14}: `;
}

function anyColumn({ device, way }: Stop, trip: Trip): string {
  const out = trip.way === 'request' ? way : way === 'In' ? 'Out' : 'In';
  return `${device.padEnd(5)} ${out.padEnd(3)} `;
}

function nameOf(address: string, { names }: Network, { names: style }: Style): string {
  return style === 'names' ? (names.get(address) ?? address) : address;
}

const SERVICES: ReadonlyMap<number, string> = new Map([
  [53, 'domain'],
  [22, 'ssh'],
  [443, 'https'],
  [5432, 'postgresql'],
  [8080, 'http-alt'],
]);

function endText({ host, port }: End, network: Network, style: Style): string {
  const name = nameOf(host, network, style);
  if (port === null) return name;
  return `${name}.${style.names === 'numbers' ? port : (SERVICES.get(port) ?? port)}`;
}

function bodyText(body: Body, trip: Trip, style: Style, trueUs: number): string {
  if (body.kind === 'dns') return `${udpSum(trip, style)}${dnsText(body, style)}`;
  if (body.kind === 'tcp') return tcpText(body, style, trueUs);
  const bytes = 64;
  return `ICMP echo ${body.reply ? 'reply' : 'request'}, id ${body.id}, seq ${body.seq}, length ${bytes}`;
}

function udpSum({ ipId, way }: Trip, { verbose }: Style): string {
  if (verbose < 2) return '';
  const sum = hash(ipId, 1) % 65_536;
  return way === 'request' && sum % 2 === 0
    ? `[bad udp cksum 0x${hex(sum)} -> 0x${hex(hash(ipId, 2))}!] `
    : '[udp sum ok] ';
}

function dnsText(body: Extract<Body, { kind: 'dns' }>, { verbose }: Style): string {
  const { id, qtype, qname, answer } = body;
  if (answer === null) return `${id}+ ${qtype}? ${qname} (${dnsBytes(body)})`;
  const code = answer.rcode === 'NXDomain' ? ' NXDomain*-' : '';
  const question = verbose > 1 ? ` q: ${qtype}? ${qname}` : '';
  const size = ` (${dnsBytes(body)})`;
  if (answer.value !== '') {
    const record = `${qtype} ${answer.value}`;
    return `${id}${code}${question} 1/0/0 ${verbose > 0 ? `${qname} [30s] ` : ''}${record}`
      .replace(' [30s]', verbose > 1 ? ' [30s]' : '')
      .concat(size);
  }
  const soa = `ns: ${answer.zone} [30s] SOA ns.dns.${answer.zone} hostmaster.${answer.zone} 1709600000 7200 1800 86400 30`;
  return `${id}${code}${question} 0/1/0${verbose > 1 ? ` ${soa}` : ''}${size}`;
}

function tcpText(
  { flags, seq, ack, bytes }: Extract<Body, { kind: 'tcp' }>,
  { verbose }: Style,
  trueUs: number,
): string {
  const opening = flags.startsWith('S');
  const sum = verbose === 0 ? '' : `, cksum 0x${hex(hash(seq ?? ack ?? 1, 1))} (correct)`;
  const stamps = `TS val ${1_000_000 + Math.floor(trueUs / 1000)} ecr ${ack === null ? 0 : 77_001}`;
  const options = opening
    ? `, options [mss 1460,sackOK,${stamps},nop,wscale 7]`
    : `, options [nop,nop,${stamps}]`;
  const range = seq === null ? '' : bytes > 0 ? `, seq ${seq}:${seq + bytes}` : `, seq ${seq}`;
  return `Flags [${flags}]${sum}${range}${ack === null ? '' : `, ack ${ack}`}, win 64240${options}, length ${bytes}`;
}

function ipBytes(body: Body): number {
  if (body.kind === 'dns') return 28 + dnsBytes(body);
  if (body.kind === 'echo') return 84;
  return (body.flags.startsWith('S') ? 60 : 52) + body.bytes;
}

/** RFC 1035 section 4, owner names as pointers. */
function dnsBytes({ qname, qtype, answer }: Extract<Body, { kind: 'dns' }>): number {
  const question = 12 + qname.length + 1 + 4;
  if (answer === null) return question;
  if (answer.value !== '') return question + 12 + (qtype === 'A' ? 4 : 16);
  return question + 12 + 2 * (answer.zone.length + 1) + 28;
}

function outerId({ ipId }: Trip): number {
  return hash(ipId, 5) % 65_536;
}

function clock(us: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = us / 1e6;
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${micros(us)}`;
}

function micros(us: number): string {
  return String(us % 1_000_000).padStart(6, '0');
}

function hex(value: number): string {
  return (value % 65_536).toString(16).padStart(4, '0');
}

function mac(value: number): string {
  const pair = (shift: number) => ((value >>> shift) & 255).toString(16).padStart(2, '0');
  return `02:42:${pair(0)}:${pair(8)}:${pair(16)}:${pair(24)}`;
}

function hash(a: number, b: number): number {
  return Math.imul((a ^ (b * 40_503)) >>> 0, 2_654_435_761) >>> 0;
}
