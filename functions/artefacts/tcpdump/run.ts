import type { Capture, Clock } from '../packet.ts';
import type { Draft } from '../packet-draft.ts';
import { type Cursor, cursorOn } from './cursor.ts';
import type { Counter, Notice } from './notice.ts';
import { isDelta } from './time.ts';

/** A capture while it is being read. */
export interface Run {
  readonly cursor: Cursor;
  readonly packets: Draft[];
  readonly unread: number[];
  readonly banner: number[];
  readonly trailer: number[];
  readonly counts: Map<Counter, number>;
  listeningOn: string | null;
  clock: Clock;
  /** The packet whose lines are being read, and the innermost packet in it. */
  current: Draft | null;
  leaf: Draft | null;
  depth: number;
  /** The innermost packet's header stood on a line of its own and its addresses are still to come. */
  awaitsBody: boolean;
  /** That header is longer than usual. */
  options: boolean;
  /** How far the packet's first line is indented. */
  indent: number;
  /** Inside the characters of `-A`, which may look like anything. */
  dumping: boolean;
}

export function newRun(): Run {
  return {
    cursor: cursorOn(''),
    packets: [],
    unread: [],
    banner: [],
    trailer: [],
    counts: new Map(),
    listeningOn: null,
    clock: 'none',
    current: null,
    leaf: null,
    depth: 0,
    awaitsBody: false,
    options: false,
    indent: 0,
    dumping: false,
  };
}

/** Keeps what a line of banner or trailer says. */
export function keepNotice(run: Run, notice: Notice, number: number): void {
  if (notice.place === 'banner') {
    run.banner.push(number);
    run.listeningOn ??= notice.listeningOn;
  } else if (notice.place === 'trailer') {
    run.trailer.push(number);
    for (const { of, packets } of notice.counts) run.counts.set(of, packets);
  }
  run.dumping = false;
}

/** Adds a packet that no time stamp announced. */
export function addUntimed(run: Run, packet: Draft): void {
  closePacket(run);
  run.packets.push(packet);
  run.current = packet;
  run.leaf = packet;
  run.depth = 0;
}

/** Counts a line to the packet that is being read. */
export function extend(run: Run, number: number): void {
  if (run.current !== null) run.current.lastLine = number;
  if (run.leaf !== null) run.leaf.lastLine = number;
}

/** A packet whose addresses never came is kept for its time and its id. */
export function closePacket(run: Run): void {
  if (run.awaitsBody && run.leaf !== null) run.leaf.truncated = true;
  run.awaitsBody = false;
  run.dumping = false;
}

/** What was read, as the artefact's content. */
export function captureOf(run: Run): Capture {
  const { packets, banner, trailer, listeningOn, counts } = run;
  const isSteps = run.clock === 'day' && isDelta(packets);
  return {
    packets,
    clock: isSteps ? 'delta' : run.clock,
    listeningOn,
    captured: counts.get('captured') ?? null,
    receivedByFilter: counts.get('received by filter') ?? null,
    droppedByKernel: counts.get('dropped by kernel') ?? null,
    banner,
    trailer,
  };
}

/** Whether the last line that says anything stops in the middle of a packet. */
export function isCut({ awaitsBody, leaf, current }: Run, lines: readonly string[]): boolean {
  if (leaf === null || current === null) return false;
  const last = lines.findLastIndex((line) => line.trim() !== '');
  return (
    current.lastLine === last + 1 &&
    (awaitsBody || (leaf.truncated && !(lines[last] ?? '').includes('[|')))
  );
}
