import type { Protocol } from './packet.ts';

/** The protocol field of an IP header (IANA, Assigned Internet Protocol Numbers); those that carry IP itself are all `ipip` to us. */
export const protocolNumbers: readonly (Protocol | undefined)[] = Object.assign(
  new Array<Protocol | undefined>(256).fill(undefined),
  {
    1: 'icmp',
    2: 'igmp',
    4: 'ipip',
    6: 'tcp',
    17: 'udp',
    41: 'ipip',
    47: 'gre',
    50: 'esp',
    58: 'icmp6',
  } satisfies Record<number, Protocol>,
);
