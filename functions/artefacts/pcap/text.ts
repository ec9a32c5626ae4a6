import type { Arp, Dns, Endpoint, Icmp, Packet, Protocol, Tcp, Tunnel } from '../packet.ts';

/** Names and numbers of the IP header's protocol field (tcpdump's ipproto.c). */
const PROTOCOLS: Readonly<Partial<Record<Protocol, string>>> = {
  icmp: 'ICMP (1)',
  igmp: 'IGMP (2)',
  tcp: 'TCP (6)',
  udp: 'UDP (17)',
  gre: 'GRE (47)',
  esp: 'ESP (50)',
  icmp6: 'ICMPv6 (58)',
};
const IP6_BYTES = 40;

/**
 * One packet on one line, as `tcpdump -nn -v` words it over two. What a `Packet` does not keep (type of service, the checksum's
 * number, DNS flags, TCP options other than the MSS) is left out, not made up.
 */
export function packetText(packet: Packet): string {
  const { timeText, interface: device, direction } = packet;
  const column = device === null ? '' : `${device} `;
  const way = direction === null ? '' : `${WAYS[direction]} `;
  return `${timeText === null ? '' : `${timeText} `}${column}${way}${networkText(packet)}`;
}

const WAYS = { in: 'In', out: 'Out', other: 'P' } as const;

function networkText(packet: Packet): string {
  if (packet.protocol === 'arp') return `ARP, ${arpText(packet.arp)}${lengthText(packet)}`;
  if (packet.source.host === '') return linkText(packet);
  const isIp6 = packet.source.host.includes(':');
  const header = isIp6 ? header6Text(packet) : header4Text(packet);
  return `${isIp6 ? 'IP6' : 'IP'} ${header}${endsText(packet)}: ${fragmentText(packet, isIp6)}${bodyText(packet)}`;
}

function linkText({ sourceMac, destinationMac, truncated }: Packet): string {
  const cut = truncated ? ' [|ether]' : '';
  if (sourceMac === null) return `unread packet${cut}`;
  return `${sourceMac}${destinationMac === null ? '' : ` > ${destinationMac}`}, neither IP nor ARP${cut}`;
}

function header4Text({
  ttl,
  ipId,
  fragment,
  dontFragment,
  ipLength,
  protocol,
  tunnel,
}: Packet): string {
  if (ttl === null) return '';
  const marks = [fragment?.more ? ['+'] : [], dontFragment ? ['DF'] : []].flat();
  const flags = marks.length === 0 ? 'none' : marks.join(', ');
  const proto = protocolText(protocol, tunnel);
  return `(ttl ${ttl}, id ${ipId}, offset ${fragment?.offset ?? 0}, flags [${flags}]${proto === null ? '' : `, proto ${proto}`}, length ${ipLength}) `;
}

function header6Text({ ttl, ipLength, protocol, tunnel }: Packet): string {
  if (ttl === null || ipLength === null) return '';
  const proto = protocolText(protocol, tunnel);
  return `(hlim ${ttl}, ${proto === null ? '' : `next-header ${proto} `}payload length: ${ipLength - IP6_BYTES}) `;
}

function protocolText(protocol: Protocol, tunnel: Tunnel | null): string | null {
  if (protocol !== 'ipip') return PROTOCOLS[protocol] ?? null;
  if (tunnel?.inner == null) return null;
  return tunnel.inner.source.host.includes(':') ? 'IPv6 (41)' : 'IPIP (4)';
}

function fragmentText({ fragment }: Packet, isIp6: boolean): string {
  if (!isIp6 || fragment === null) return '';
  return `frag (${fragment.offset}${fragment.more ? '+' : ''}) `;
}

function endsText({ source, destination }: Packet): string {
  return `${endText(source)} > ${endText(destination)}`;
}

function endText({ host, port }: Endpoint): string {
  return port === null ? host : `${host}.${port}`;
}

function bodyText(packet: Packet): string {
  const { protocol, tcp, icmp, tunnel, dns, truncated, fragment } = packet;
  const cut = truncated ? ` [|${dns === null ? protocol : 'domain'}]` : '';
  if (fragment !== null && fragment.offset > 0) return `ip-proto ${protocol}${cut}`;
  if (tcp !== null) return `${tcpText(packet, tcp)}${dns === null ? '' : ` ${dnsText(dns)}`}${cut}`;
  if (icmp !== null) return `${icmpText(packet, icmp)}${cut}`;
  const sum = udpSumText(packet);
  if (dns !== null) return `${sum}${dnsText(dns)}${truncated ? cut : ` (${packet.payload})`}`;
  if (tunnel !== null) return `${sum}${tunnelText(tunnel)}${cut}`;
  if (protocol === 'udp' && packet.payload !== null) return `${sum}UDP${lengthText(packet)}${cut}`;
  return `${protocol}${lengthText(packet)}${cut}`;
}

function udpSumText({ checksum, protocol }: Packet): string {
  if (protocol !== 'udp' || checksum === null) return '';
  if (checksum === 'none') return '[no cksum] ';
  return checksum === 'ok' ? '[udp sum ok] ' : '[bad udp cksum] ';
}

function dnsText(dns: Dns): string {
  const question = dns.qtype === null ? '' : ` ${dns.qtype}? ${dns.qname}`;
  if (!dns.response) return `${dns.id}${question}`;
  const rcode = dns.rcode === null || dns.rcode === 'NoError' ? '' : ` ${dns.rcode}`;
  const counts = dns.counts === null ? '' : ` ${dns.counts.join('/')}`;
  const answers = dns.answers.length === 0 ? '' : ` ${dns.answers.join(', ')}`;
  const asked = question === '' ? '' : ` q:${question}`;
  return `${dns.id}${rcode}${dns.truncatedAnswer ? '|' : ''}${asked}${counts}${answers}`;
}

function tcpText(packet: Packet, { flags, seq, seqEnd, ack, win, mss }: Tcp): string {
  const { checksum } = packet;
  const sum = checksum === null ? '' : `, cksum (${checksum === 'ok' ? 'correct' : 'incorrect'})`;
  const range = seq === null ? '' : `, seq ${seq}${seqEnd === null ? '' : `:${seqEnd}`}`;
  const options = mss === null ? '' : `, options [mss ${mss}]`;
  return `Flags [${flags}]${sum}${range}${ack === null ? '' : `, ack ${ack}`}, win ${win}${options}${lengthText(packet)}`;
}

function icmpText(packet: Packet, { message, id, seq, quoted }: Icmp): string {
  const { checksum, protocol } = packet;
  const numbers = `${id === null ? '' : `, id ${id}`}${seq === null ? '' : `, seq ${seq}`}`;
  const about = quoted === null ? '' : ` about ${networkText(quoted)}`;
  if (protocol === 'icmp') {
    const wrong = checksum === 'bad' ? ' (wrong icmp cksum)' : '';
    return `ICMP ${message}${numbers}${lengthText(packet)}${wrong}${about}`;
  }
  const sum =
    checksum === null ? '' : `[${checksum === 'ok' ? 'icmp6 sum ok' : 'bad icmp6 cksum'}] `;
  return `${sum}ICMP6, ${message}${numbers}${lengthText(packet)}${about}`;
}

function tunnelText({ kind, id, inner }: Tunnel): string {
  const inside = inner === null ? '' : networkText(inner);
  switch (kind) {
    case 'vxlan':
      return `VXLAN, vni ${id} ${inside}`;
    case 'otv':
      return `OTV, instance ${id} ${inside}`;
    case 'geneve':
      return `Geneve, vni 0x${(id ?? 0).toString(16)}: ${inside}`;
    case 'gre':
      return `GREv0: ${inside}`;
    case 'ipip':
      return inside;
  }
}

function arpText(arp: Arp | null): string {
  if (arp === null) return 'unread operation';
  return arp.operation === 'request'
    ? `Request who-has ${arp.target} tell ${arp.asker}`
    : `Reply ${arp.target} is-at ${arp.mac}`;
}

function lengthText({ payload }: Packet): string {
  return payload === null ? '' : `, length ${payload}`;
}
