import type { Socket } from './read.ts';

/** A socket as /proc/net/udp or /proc/net/tcp shows it, in the words of `ss`. */
type ProcSocket = Pick<Socket, 'state' | 'recvQ' | 'sendQ' | 'local' | 'peer' | 'dropped'>;

export const PROC_HEAD =
  /^sl\s+local_address\s+(?:rem|remote)_address\s+st\s+tx_queue\s+rx_queue\s/;
/** net/ipv4/udp.c (udp4_format_sock) and net/ipv4/tcp_ipv4.c (get_tcp4_sock), and those of IPv6; the sixth word is the timer. */
const ROW =
  /^\d{1,7}: ([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4}) ([\dA-F]{8}|[\dA-F]{32}):([\dA-F]{4}) ([\dA-F]{2}) ([\dA-F]{8}):([\dA-F]{8}) \d\d:[\dA-F]{8} [\dA-F]{8}\s+\d+\s+\d+ \d+ \d+ [\da-fA-F]{8,16}(?: (\d+))?(?:\s.*)?$/;
/** udp ends with its count of drops; tcp goes on with timers, or ends with the address. */
const OF_UDP = / [\da-fA-F]{8,16} \d+\s*$/;
/** include/net/tcp_states.h. */
const STATES: readonly (string | null)[] = [
  null,
  'ESTAB',
  'SYN-SENT',
  'SYN-RECV',
  'FIN-WAIT-1',
  'FIN-WAIT-2',
  'TIME-WAIT',
  'UNCONN',
  'CLOSE-WAIT',
  'LAST-ACK',
  'LISTEN',
  'CLOSING',
  'SYN-RECV',
];

export function isProcSocket(text: string): boolean {
  return /^\d{1,7}: [\dA-F]{8}/.test(text) && ROW.test(text);
}

/** Reads a row; of a listening socket rx_queue are the connections that wait, and no limit is shown. */
export function procSocketIn(text: string): ProcSocket | undefined {
  const [, local, port = '', peer = '', other = '', state = '', sent = '', received = '', drops] =
    ROW.exec(text) ?? [];
  if (local === undefined) return undefined;
  return {
    state: STATES[Number.parseInt(state, 16)] ?? null,
    recvQ: Number.parseInt(received, 16),
    sendQ: Number.parseInt(sent, 16),
    local: endOf(local, port),
    peer: other === '0000' ? `${endOf(peer, port).replace(/:\d+$/, '')}:*` : endOf(peer, other),
    dropped: drops !== undefined && OF_UDP.test(text) ? Number(drops) : null,
  };
}

/** Words of 32 bits in the byte order of the machine, which is little-endian nearly everywhere: `0100007F` is 127.0.0.1. */
function endOf(hex: string, port: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  const host =
    bytes.length === 4
      ? bytes.map((byte) => Number.parseInt(byte, 16)).join('.')
      : `[${(bytes.join('').match(/.{4}/g) ?? []).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}]`;
  return `${host}:${Number.parseInt(port, 16)}`;
}
