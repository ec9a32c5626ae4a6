import type { Tcp } from '../packet.ts';
import { portNamed } from '../service-ports.ts';

/** A TCP segment as the Info column shows it. */
export interface Segment {
  readonly sourcePort: number | null;
  readonly destinationPort: number | null;
  readonly tcp: Tcp;
  readonly payload: number | null;
}

/** `[TCP Retransmission] 41000 → 80 [SYN] Seq=0 …`; Wireshark before 2 wrote `>` between the ports. */
const SEGMENT =
  /^(?:\[[^\]]{1,80}\] ?){0,6}(\S{1,32}) (?:→|->|>) (\S{1,32}) \[([^\]]{1,60})\](.*)$/;
/** tcpdump's letters, in its order. */
const LETTERS = [
  ['FIN', 'F'],
  ['SYN', 'S'],
  ['RST', 'R'],
  ['PSH', 'P'],
  ['ACK', '.'],
  ['URG', 'U'],
  ['ECE', 'E'],
  ['ECN', 'E'],
  ['CWR', 'W'],
] as const;

/** Reads what packet-tcp.c writes: ports, flags, `Seq= Ack= Win= Len= MSS=`; undefined where a protocol above has overwritten it. */
export function readSegment(info: string): Segment | undefined {
  const [, from, to, flags, fields] = SEGMENT.exec(info) ?? [];
  if (from === undefined || to === undefined || flags === undefined) return undefined;
  const words = flags.split(/, ?/);
  const letters = LETTERS.filter(([word]) => words.includes(word)).map(([, letter]) => letter);
  const payload = numberAfter('Len', fields);
  const seq = numberAfter('Seq', fields);
  const isSyn = words.includes('SYN');
  // Numbers count from the connection's first one, which therefore says nothing, and nor does the answer to it.
  const isRelative = isSyn && seq === 0;
  return {
    sourcePort: portOf(from),
    destinationPort: portOf(to),
    payload,
    tcp: {
      flags: letters.length === 0 ? 'none' : letters.join(''),
      seq: isRelative ? null : seq,
      seqEnd: seq === null || isSyn || !payload ? null : seq + payload,
      ack: isRelative || !words.includes('ACK') ? null : numberAfter('Ack', fields),
      win: numberAfter('Win', fields),
      mss: numberAfter('MSS', fields),
    },
  };
}

function portOf(text: string): number | null {
  return /^\d{1,5}$/.test(text) ? Number(text) : portNamed(text.toLowerCase());
}

function numberAfter(name: string, fields = ''): number | null {
  const found = new RegExp(`(?:^|\\s)${name}=(\\d{1,10})(?=\\s|$)`).exec(fields)?.[1];
  return found === undefined ? null : Number(found);
}
