/**
 * One captured packet, as the text (or a pcap file) tells it. Whatever the text does not show is null: a capture
 * without `-v` has no TTL and no IP id, one with `-t` has no time, names may stand where addresses are expected.
 */
export interface Packet {
  /** First and last line of the packet, 1-based within the artefact. */
  readonly line: number;
  readonly lastLine: number;
  /** Microseconds on this capture's own clock (fractions for nanoseconds); what zero means is the capture's `clock`. */
  readonly time: number | null;
  /** The time exactly as printed (`14:21:47.819323`); null with `-t`. */
  readonly timeText: string | null;
  /** The interface column of `-i any` (`eth0  In  IP …`). */
  readonly interface: string | null;
  readonly direction: 'in' | 'out' | 'other' | null;
  readonly sourceMac: string | null;
  readonly destinationMac: string | null;
  /**
   * The VLANs of its tags (IEEE 802.1Q), the outermost first; none for a frame shown untagged. Null where the text cannot
   * tell: without `-e`, and with `-i any`, where libpcap leaves tags out.
   */
  readonly vlan: readonly number[] | null;
  readonly ttl: number | null;
  /** The IP identification field. */
  readonly ipId: number | null;
  readonly dontFragment: boolean | null;
  /** Total length of the IP packet in bytes, as `-v` prints it. */
  readonly ipLength: number | null;
  /** Fragment offset in bytes, and whether more follow; null when the text does not say. */
  readonly fragment: { readonly offset: number; readonly more: boolean } | null;
  readonly protocol: Protocol;
  readonly source: Endpoint;
  readonly destination: Endpoint;
  /** `[udp sum ok]` / `(correct)`: ok · `[bad udp cksum …]` / `(incorrect …)`: bad · `[no cksum]`: none. */
  readonly checksum: 'ok' | 'bad' | 'none' | null;
  /** Payload length in bytes: the trailing `length N` of TCP, the `(55)` of DNS, `UDP, length N`. */
  readonly payload: number | null;
  readonly dns: Dns | null;
  readonly tcp: Tcp | null;
  readonly icmp: Icmp | null;
  readonly arp: Arp | null;
  /** The packet carried inside, and by what. */
  readonly tunnel: Tunnel | null;
  /** Cut short by the snap length or by the paste. */
  readonly truncated: boolean;
}

export type Protocol =
  | 'udp'
  | 'tcp'
  | 'icmp'
  | 'icmp6'
  | 'arp'
  | 'igmp'
  | 'esp'
  | 'gre'
  | 'ipip'
  | 'other';

/** Address or name as printed, and the port as a number; a service name is looked up (`domain` is 53). */
export interface Endpoint {
  readonly host: string;
  readonly port: number | null;
}

/** A DNS message as tcpdump prints it (print-domain.c): `25419+ A? name. (55)`, `25419 NXDomain*- 0/1/0 (148)`. */
export interface Dns {
  readonly id: number;
  readonly response: boolean;
  /** The question; in a response only with `-v` or where tcpdump repeats it. */
  readonly qtype: string | null;
  readonly qname: string | null;
  /** `NoError` when a response prints none; null for a query. */
  readonly rcode: string | null;
  /** `|` in the flags: the answer did not fit. */
  readonly truncatedAnswer: boolean;
  /** Answer, authority and additional records of a response. */
  readonly counts: readonly [number, number, number] | null;
  /** The answer records as printed: `A 198.51.100.210`. */
  readonly answers: readonly string[];
}

export interface Tcp {
  /** tcpdump's letters without brackets: `S`, `S.`, `P.`, `.`, `R`, `F.`. */
  readonly flags: string;
  readonly seq: number | null;
  /** End of the range `seq 1:42`, else null. */
  readonly seqEnd: number | null;
  readonly ack: number | null;
  readonly win: number | null;
  readonly mss: number | null;
}

export interface Icmp {
  /** The message as printed: `echo request`, `host 10.0.0.1 unreachable - admin prohibited`. */
  readonly message: string;
  /** Identifier and sequence number of an echo. */
  readonly id: number | null;
  readonly seq: number | null;
  /** `need to frag (mtu 1450)`. */
  readonly mtu: number | null;
  /** The packet that the error quotes, with `-v`. */
  readonly quoted: Packet | null;
}

export interface Arp {
  readonly operation: 'request' | 'reply';
  /** The address asked for or answered for. */
  readonly target: string;
  /** Who asks; null in a reply. */
  readonly asker: string | null;
  /** The MAC of a reply's `is-at`. */
  readonly mac: string | null;
}

export interface Tunnel {
  readonly kind: 'vxlan' | 'geneve' | 'gre' | 'ipip' | 'otv';
  /** VXLAN or Geneve network identifier, else null. */
  readonly id: number | null;
  /** Null when the text shows only the outer packet. */
  readonly inner: Packet | null;
}

/**
 * What a capture's clock measures: `day` seconds since midnight (`14:21:47.8`), `date` and `epoch` absolute time,
 * `delta` time since the previous packet (`-ttt`) or the first one (`-ttttt`: cannot be told from `day` when small), `none` nothing.
 */
export type Clock = 'day' | 'date' | 'epoch' | 'delta' | 'none';

/** One capture at one place: its packets in order and what its banner and trailer say. */
export interface Capture {
  readonly packets: readonly Packet[];
  readonly clock: Clock;
  /** `listening on eth0`: the interface, and `-i any` as `any`. */
  readonly listeningOn: string | null;
  /** The trailer's counts; null when it was not pasted. */
  readonly captured: number | null;
  readonly receivedByFilter: number | null;
  readonly droppedByKernel: number | null;
  /** Lines of banner and trailer (1-based within the artefact), for quoting. */
  readonly banner: readonly number[];
  readonly trailer: readonly number[];
}
