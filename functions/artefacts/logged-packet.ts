/** A packet that a rule of the kernel's firewall wrote into its log. */
export interface LoggedPacket {
  /** What the rule puts before it: `[UFW BLOCK]`, `FINAL_REJECT:`; empty where it puts nothing. */
  readonly prefix: string;
  readonly in: string | null;
  readonly out: string | null;
  readonly source: string;
  readonly destination: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'other';
  readonly sourcePort: number | null;
  readonly port: number | null;
  /** It asks for a connection or an echo, or is a datagram: no answer, and no rest of a connection that is over. */
  readonly isFirst: boolean;
}

/** net/netfilter/nf_log_syslog.c (nf_log_dump_packet_common, dump_ipv4_packet, dump_ipv6_packet, nf_log_dump_tcp_header). */
const SHAPE =
  /^(?<prefix>[^=]{0,128}?)\bIN=(?<in>\S{0,15}) OUT=(?<out>\S{0,15}) .{0,200}?\bSRC=(?<source>[\da-f.:]{7,39}) DST=(?<destination>[\da-f.:]{7,39}) .{0,160}?\bPROTO=(?<protocol>[A-Za-z\d]{1,8})(?<rest> .{0,300})?$/;

/** The packet that such a message tells of; undefined where it is another message. */
export function loggedPacketIn(text: string): LoggedPacket | undefined {
  if (!text.includes(' SRC=')) return undefined;
  const groups = SHAPE.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const { prefix = '', source = '', destination = '', rest = '' } = groups;
  const protocol = PROTOCOLS[groups.protocol ?? ''] ?? 'other';
  return {
    prefix: prefix.trim(),
    in: groups.in || null,
    out: groups.out || null,
    source,
    destination,
    protocol,
    sourcePort: portIn(rest, /\bSPT=(\d{1,5})\b/),
    port: portIn(rest, /\bDPT=(\d{1,5})\b/),
    isFirst: isFirst(protocol, rest),
  };
}

const PROTOCOLS: Readonly<Record<string, LoggedPacket['protocol']>> = {
  TCP: 'tcp',
  UDP: 'udp',
  ICMP: 'icmp',
  ICMPv6: 'icmp',
};

function portIn(text: string, shape: RegExp): number | null {
  const [, digits] = shape.exec(text) ?? [];
  return digits === undefined ? null : Number(digits);
}

function isFirst(protocol: LoggedPacket['protocol'], rest: string): boolean {
  if (protocol === 'tcp') return / SYN /.test(`${rest} `) && !/ (?:ACK|RST|FIN) /.test(`${rest} `);
  return protocol === 'udp' || / TYPE=(?:8|128) /.test(`${rest} `);
}

/** Words by which firewalls and their authors name what they do to the packet; a rule that only logs says nothing like it. */
export function saysRefused({ prefix }: LoggedPacket): boolean {
  return /(?:^|[^a-z])(?:drop(?:ped|ping)?|block(?:ed)?|den(?:y|ied)|reject(?:ed)?|refused?)(?:$|[^a-z])/i.test(
    prefix,
  );
}
