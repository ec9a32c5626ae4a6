import { defineArtefact, type Parsed, type Strength } from './define.ts';

/** A queue of packets that a program listens on. */
export interface PacketQueue {
  readonly line: number;
  readonly number: number;
  /** Packets that wait for its verdict. */
  readonly waiting: number;
  /** Packets that the kernel threw away because too many waited. */
  readonly dropped: number;
  /** Packets that did not fit into the program's socket. */
  readonly userDropped: number;
}

interface PacketQueues {
  readonly queues: readonly PacketQueue[];
}

/**
 * /proc/net/netfilter/nfnetlink_queue (net/netfilter/nfnetlink_queue.c, seq_show): queue, the program's netlink port, packets
 * waiting, copy mode, copy range, dropped, dropped on the way to the program, id of the last packet, 1. A queue without a program
 * has no line.
 */
export const packetQueue = defineArtefact({
  kind: 'packet-queue',
  title: '/proc/net/netfilter/nfnetlink_queue',
  ask: 'cat /proc/net/netfilter/nfnetlink_queue',
  hint: /\/nfnetlink_queue\b/,
  first: '0123456789',
  recognise,
  parse,
  size: ({ queues }) => ({ count: queues.length, unit: 'lines' }),
  facts: {},
});

const ROW =
  /^(\d{1,5})\s+\d{1,10}\s+(\d{1,10})\s+[012]\s+\d{1,10}\s+(\d{1,10})\s+(\d{1,10})\s+\d{1,10}\s+1$/;

/** Nine bare numbers are this file only where the command says so. */
function recognise(line: string): Strength {
  return ROW.test(line.trim()) ? 'weak' : 'none';
}

function parse(lines: readonly string[]): Parsed<PacketQueues> | undefined {
  const queues: PacketQueue[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const [, number, waiting, dropped, userDropped] = ROW.exec(text) ?? [];
    if (number === undefined) unread.push(index + 1);
    else
      queues.push({
        line: index + 1,
        number: Number(number),
        waiting: Number(waiting),
        dropped: Number(dropped),
        userDropped: Number(userDropped),
      });
  }
  return queues.length === 0 ? undefined : { content: { queues }, unread };
}
