import type { Icmp } from '../packet.ts';
import type { Draft } from '../packet-draft.ts';
import { type Cursor, moveAfter, piece, take, takeNumber } from './cursor.ts';

/** Messages that carry the head of the packet they are about (RFC 792, RFC 4443). */
const QUOTING =
  /unreachable|exceeded|redirect|source quench|parameter problem|too big|need to frag/;

/**
 * Reads an ICMP or ICMPv6 message (print-icmp.c, print-icmp6.c): `ICMP echo request, id 1, seq 2, length 64`,
 * `ICMP 10.0.0.7 unreachable - need to frag (mtu 1450), length 556`, `ICMP6, packet too big, mtu 1280, length 1240`.
 */
export function readIcmp(cursor: Cursor, packet: Draft): void {
  if (!take(cursor, 'ICMP6, ') && !take(cursor, 'ICMP ')) return;
  const { text, at } = cursor;
  const length = text.lastIndexOf(', length ');
  const end = length > at ? length : text.length;
  const id = numberAt(cursor, ', id ', end);
  const seq = numberAt(cursor, ', seq ', end);
  packet.icmp = {
    message: piece(cursor, at, messageEnd(text, at, end)),
    id,
    seq,
    mtu: numberAt(cursor, 'mtu ', end),
    quoted: null,
  };
  if (text.includes('(wrong icmp cksum', at)) packet.checksum = 'bad';
  cursor.at = end;
  if (length > at) {
    moveAfter(cursor, ', length ');
    packet.payload = takeNumber(cursor);
  } else if (packet.ttl === null) packet.truncated = true;
  cursor.at = text.length;
}

/** Whether the packet that a message is about may follow on the next lines. */
export function awaitsQuote(icmp: Icmp): boolean {
  return icmp.quoted === null && QUOTING.test(icmp.message);
}

// Only an echo's identifier and number are taken out of the message; whatever else stands there tells what happened.
function messageEnd(text: string, from: number, end: number): number {
  const id = text.indexOf(', id ', from);
  const seq = text.indexOf(', seq ', from);
  const first = id >= 0 ? id : seq;
  return first >= 0 && first < end ? first : end;
}

function numberAt(cursor: Cursor, label: string, end: number): number | null {
  const from = cursor.at;
  const at = cursor.text.indexOf(label, from);
  if (at < 0 || at >= end) return null;
  cursor.at = at + label.length;
  const value = takeNumber(cursor);
  cursor.at = from;
  return value;
}
