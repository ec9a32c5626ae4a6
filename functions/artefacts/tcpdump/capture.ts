import type { Lines } from '../../primitives/lines.ts';
import type { Parsed } from '../define.ts';
import { copy } from '../digest.ts';
import type { Capture, Packet } from '../packet.ts';
import { blankPacket, type Draft } from '../packet-draft.ts';
import { readArp } from './arp.ts';
import { readBody } from './body.ts';
import { type Cursor, isDigit, moveAfter, take, takeBlanks } from './cursor.ts';
import { beginsAsciiDump, isHexDump } from './dump.ts';
import { areEndpoints, endsAt } from './endpoint.ts';
import { headerHere, type Network, readFrame } from './frame.ts';
import { awaitsQuote } from './icmp.ts';
import { readHeader } from './ip.ts';
import { readNotice } from './notice.ts';
import { takeBack } from './pairing.ts';
import {
  addUntimed,
  captureOf,
  closePacket,
  extend,
  isCut,
  keepNotice,
  newRun,
  type Run,
} from './run.ts';
import { scanned } from './scan.ts';
import { clockAt, readTime, stampAt } from './time.ts';
import { awaitsInner } from './tunnel.ts';

const DEEPEST_TUNNEL = 4;
const DETAIL_INDENT = 4;
const OPEN = 40;

/** Reads the lines of one capture. A second line is told by its shape, because a paste often loses the indentation. */
export function readCapture(lines: Lines): Parsed<Capture> | undefined {
  const run = newRun(lines.length);
  const { digest, offset, next } = scanned(lines);
  run.digest.questions = digest.questions;
  let ordinary = next;
  for (let index = 0; index < lines.length; ) {
    if (digest.line[ordinary] === offset + index + 1 && index + 1 < lines.length) {
      if (run.clock === 'none') run.clock = clockAt(lines.text, lines.startOf(index));
      copy(digest, ordinary, run.digest, run.packets.length);
      run.digest.line[run.packets.length] = index + 1;
      run.packets.push(null);
      ordinary += 1;
      index += 2;
    } else {
      reopen(run, lines);
      readLine(run, lines.at(index), index + 1);
      index += 1;
    }
  }
  reopen(run, lines);
  const truncated = isCut(run, lines);
  closePacket(run);
  if (run.packets.length + run.banner.length + run.trailer.length === 0) return undefined;
  return { content: captureOf(run, rereader(lines, run.cursor)), unread: run.unread, truncated };
}

/** Reads the last packet once more if it was of the ordinary kind: the lines behind it may belong to it. */
function reopen(run: Run, lines: Lines): void {
  if (run.packets.at(-1) !== null) return;
  run.packets.pop();
  const line = run.digest.line[run.packets.length] ?? 0;
  readLine(run, lines.at(line - 1), line);
  readLine(run, lines.at(line), line + 1);
}

/** Puts packets of the ordinary kind together, each when it is asked for. */
function rereader(lines: Lines, { shared }: Cursor): (line: number) => Packet | undefined {
  const run: Run = { ...newRun(0), cursor: { text: '', at: 0, shared } };
  return (line) => {
    run.packets.length = 0;
    readLine(run, lines.at(line - 1), line);
    readLine(run, lines.at(line), line + 1);
    return run.packets[0] ?? undefined;
  };
}

function readLine(run: Run, line: string, number: number): void {
  const { cursor } = run;
  cursor.text = line.charCodeAt(line.length - 1) <= 32 ? line.trimEnd() : line;
  cursor.at = 0;
  const indent = takeBlanks(cursor);
  if (cursor.at >= cursor.text.length) return;
  const start = cursor.at;
  const stamp = stampAt(cursor.text, start);
  if (stamp >= 0) {
    cursor.at = stamp;
    beginPacket(run, number, stamp === start ? indent : 0);
  } else if (!continuePacket(run, number) && !readUntimed(run, number, start, indent)) {
    readRest(run, number, start, indent);
  }
}

/** A line with a time begins a packet, whatever protocol it is of. */
function beginPacket(run: Run, number: number, indent: number): void {
  const { cursor } = run;
  closePacket(run);
  const packet = blankPacket(number);
  const clock = readTime(cursor, packet);
  if (run.clock === 'none') run.clock = clock;
  takeBlanks(cursor);
  run.packets.push(packet);
  run.current = packet;
  run.indent = indent;
  // tcpdump before 3.9 wrote no `IP`.
  const network =
    readFrame(cursor, packet) ?? (endsAt(cursor.text, cursor.at) === undefined ? 'other' : 'ip');
  if (!readNetwork(run, packet, network, 0)) packet.truncated = true;
}

/** The second line of a packet, or of an inner or quoted packet; without a first line it becomes a packet of unknown time. */
function continuePacket(run: Run, number: number): boolean {
  const { cursor, leaf } = run;
  const start = cursor.at;
  if (run.awaitsBody && leaf !== null) {
    if (!readBody(cursor, leaf)) return false;
    run.awaitsBody = false;
    if (!takeBack(leaf, cursor.text, start, run.options)) {
      extend(run, number);
      readInner(run, leaf, run.depth);
      return true;
    }
    cursor.at = start;
  }
  const ends = endsAt(cursor.text, start);
  if (ends === undefined || !areEndpoints(cursor.text, ends)) return false;
  const orphan = blankPacket(number);
  if (!readBody(cursor, orphan)) return false;
  addUntimed(run, orphan);
  readInner(run, orphan, 0);
  return true;
}

/** A line without a time that begins a packet: what a tunnel carries, what an ICMP error quotes, or any packet with `-t`. */
function readUntimed(run: Run, number: number, start: number, indent: number): boolean {
  const { cursor, leaf: parent, depth, awaitsBody } = run;
  cursor.at = start;
  if (
    isDigit(cursor.text.charCodeAt(start)) &&
    /^\d{1,9} +(?:IP6? |ARP, )/.test(cursor.text.slice(start, start + 24))
  ) {
    cursor.at = cursor.text.indexOf(' ', start);
    takeBlanks(cursor);
  }
  const packet = blankPacket(number);
  const network = readFrame(cursor, packet);
  if (network === undefined || network === 'other') return false;
  const withHeader = cursor.text.charCodeAt(cursor.at) === OPEN;
  if (!isNetwork(cursor, network)) return false;
  const isInner = parent !== null && !awaitsBody && awaitsInner(parent);
  const isQuoted = parent?.icmp != null && withHeader && !awaitsBody && awaitsQuote(parent.icmp);
  if (parent === null || depth >= DEEPEST_TUNNEL || (!isInner && !isQuoted)) {
    addUntimed(run, packet);
    run.indent = indent;
    if (!readNetwork(run, packet, network, 0)) packet.truncated = true;
    return true;
  }
  extend(run, number);
  if (isInner && parent.tunnel !== null) parent.tunnel = { ...parent.tunnel, inner: packet };
  else if (parent.icmp !== null) parent.icmp = { ...parent.icmp, quoted: packet };
  if (!readNetwork(run, packet, network, depth + 1)) packet.truncated = true;
  return true;
}

/** Whether what follows the word `IP` or `ARP,` is a packet and not prose. */
function isNetwork({ text, at }: Cursor, network: Network): boolean {
  if (network === 'arp')
    return /^(?:Ethernet \(len|Request |Reply |who-has |reply )/.test(text.slice(at, at + 16));
  const ends = endsAt(text, at);
  return (
    text.charCodeAt(at) === OPEN ||
    text.startsWith('truncated-ip', at) ||
    (ends !== undefined && !ends.cut)
  );
}

/** Reads from the network header on; false when the line stops before the addresses or holds something else there. */
function readNetwork(run: Run, packet: Draft, network: Network, depth: number): boolean {
  const { cursor } = run;
  run.leaf = packet;
  run.depth = depth;
  run.awaitsBody = false;
  if (network === 'other') return true;
  if (network === 'arp') {
    readArp(cursor, packet);
    return true;
  }
  if (take(cursor, 'truncated-ip')) {
    moveAfter(cursor, '! ');
    packet.truncated = true;
  }
  skipRemarks(cursor);
  if (headerHere(cursor) !== undefined) {
    run.options = readHeader(cursor, packet);
    run.awaitsBody = cursor.at >= cursor.text.length;
    if (run.awaitsBody) return true;
  }
  if (!readBody(cursor, packet)) return false;
  readInner(run, packet, depth);
  return true;
}

// `[total length 84 > length 35] (invalid) ` before a header that does not fit its packet (print-ip.c).
function skipRemarks(cursor: Cursor): void {
  if (!take(cursor, '[')) return;
  moveAfter(cursor, ']');
  takeBlanks(cursor);
  if (take(cursor, '(invalid)')) takeBlanks(cursor);
}

/** Reads the packet that stands on the same line behind a tunnel's header. */
function readInner(run: Run, packet: Draft, depth: number): void {
  const { cursor } = run;
  if (packet.tunnel === null || cursor.at >= cursor.text.length || depth >= DEEPEST_TUNNEL) return;
  const inner = blankPacket(packet.lastLine);
  const network = readFrame(cursor, inner) ?? bareHere(cursor);
  if (network === undefined || network === 'other') return;
  packet.tunnel = { ...packet.tunnel, inner };
  if (!readNetwork(run, inner, network, depth + 1)) inner.truncated = true;
}

// With `-e` nothing names the inner packet of IPIP; print-ip.c leaves the word out wherever the link header stood.
function bareHere({ text, at }: Cursor): Network | undefined {
  const ends = endsAt(text, at);
  return ends !== undefined && areEndpoints(text, ends) ? 'ip' : undefined;
}

/** Banner, trailer, dump and detail lines; what is none of them stays unread. */
function readRest(run: Run, number: number, start: number, indent: number): void {
  const text = run.cursor.text.slice(start);
  const notice = readNotice(text);
  const { current } = run;
  if (notice !== undefined) {
    keepNotice(run, notice, number);
    return;
  }
  if (current === null) {
    run.unread.push(number);
    return;
  }
  if (current.lastLine === number - 1 && !run.awaitsBody && beginsAsciiDump(text))
    run.dumping = true;
  // `[|bgp]` ends a packet that was not captured whole, sometimes on a line of its own.
  const isDetail = indent >= run.indent + DETAIL_INDENT || text.startsWith('[|');
  if (run.dumping || isDetail || isHexDump(text)) extend(run, number);
  else run.unread.push(number);
}
