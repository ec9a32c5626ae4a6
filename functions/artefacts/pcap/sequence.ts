/** The first numbers of both directions, by the two addresses and the two ports in one 32-bit number. */
export type Conversations = Map<string, Map<string, Map<number, FirstNumbers>>>;

/** `seq` of the end that stands first in the key, `ack` of the other. */
interface FirstNumbers {
  seq: number;
  ack: number;
}

export interface Numbered {
  readonly seq: number;
  readonly ack: number;
}

const SYN = 0x02;
const ACK = 0x10;

/**
 * Sequence and acknowledgement as tcpdump prints them without `-S` (print-tcp.c): a SYN or the first segment met is absolute
 * and sets the zero of its conversation, later segments with ACK are counted from it. Memory grows with the conversations.
 */
export function relativeNumbers(
  conversations: Conversations,
  sender: string,
  from: number,
  receiver: string,
  to: number,
  { flags, seq, ack }: Numbered & { readonly flags: number },
): Numbered {
  if ((flags & ACK) === 0) return { seq, ack };
  // Any order will do that is the same for both directions; ports decide, and addresses where they are equal.
  const turned = from > to || (from === to && sender > receiver);
  const byPorts = turned
    ? portsOf(conversations, receiver, sender)
    : portsOf(conversations, sender, receiver);
  const key = turned ? (to << 16) | from : (from << 16) | to;
  const known = byPorts.get(key);
  if (known === undefined || (flags & SYN) !== 0) {
    const before = (ack - 1) >>> 0;
    byPorts.set(key, turned ? { seq: before, ack: seq } : { seq, ack: before });
    return { seq, ack };
  }
  return turned
    ? { seq: (seq - known.ack) >>> 0, ack: (ack - known.seq) >>> 0 }
    : { seq: (seq - known.seq) >>> 0, ack: (ack - known.ack) >>> 0 };
}

function portsOf(
  conversations: Conversations,
  low: string,
  high: string,
): Map<number, FirstNumbers> {
  let byHigh = conversations.get(low);
  if (byHigh === undefined) {
    byHigh = new Map();
    conversations.set(low, byHigh);
  }
  let byPorts = byHigh.get(high);
  if (byPorts === undefined) {
    byPorts = new Map();
    byHigh.set(high, byPorts);
  }
  return byPorts;
}
