import type { Tcp } from '../packet.ts';
import type { Draft } from '../packet-draft.ts';
import { type Cursor, moveAfter, piece, take, takeNumber } from './cursor.ts';

type Mutable = { -readonly [Field in keyof Tcp]: Tcp[Field] };

/**
 * Reads what follows the addresses of a TCP segment (print-tcp.c):
 * `Flags [P.], cksum 0x9ec8 (incorrect -> 0x6674), seq 1:42, ack 1, win 166, options [mss 1460,…], length 41: HTTP: …`.
 */
export function readTcp(cursor: Cursor, packet: Draft): void {
  if (take(cursor, 'tcp ')) {
    packet.payload = takeNumber(cursor);
    return;
  }
  if (!take(cursor, 'Flags [')) return;
  const close = cursor.text.indexOf(']', cursor.at);
  const tcp: Mutable = { flags: '', seq: null, seqEnd: null, ack: null, win: null, mss: null };
  packet.tcp = tcp;
  tcp.flags = piece(cursor, cursor.at, close < 0 ? cursor.text.length : close);
  moveAfter(cursor, ']');
  while (take(cursor, ', ')) if (readField(cursor, packet, tcp)) return;
  packet.truncated = true;
}

/** Reads one field; true when it was the length, which is the last. */
function readField(cursor: Cursor, packet: Draft, tcp: Mutable): boolean {
  if (take(cursor, 'length ')) {
    packet.payload = takeNumber(cursor);
    return packet.payload !== null;
  }
  if (take(cursor, 'seq ')) {
    tcp.seq = takeNumber(cursor);
    if (take(cursor, ':')) tcp.seqEnd = takeNumber(cursor);
  } else if (take(cursor, 'ack ')) tcp.ack = takeNumber(cursor);
  else if (take(cursor, 'win ')) tcp.win = takeNumber(cursor);
  else if (take(cursor, 'cksum ')) readChecksum(cursor, packet);
  else if (take(cursor, 'options [')) readOptions(cursor, tcp);
  else if (take(cursor, '[')) moveAfter(cursor, ']');
  skipToComma(cursor);
  return false;
}

// `0x1c3a (correct)`, `0x1c3a (incorrect -> 0x77aa)`.
function readChecksum(cursor: Cursor, packet: Draft): void {
  const { text, at } = cursor;
  moveAfter(cursor, ')');
  const words = text.slice(at, cursor.at);
  if (words.includes('(correct')) packet.checksum = 'ok';
  else if (words.includes('(incorrect')) packet.checksum = 'bad';
}

function readOptions(cursor: Cursor, tcp: Mutable): void {
  const { text, at } = cursor;
  moveAfter(cursor, ']');
  const end = cursor.at;
  const mss = text.slice(at, end).indexOf('mss ');
  if (mss < 0) return;
  cursor.at = at + mss + 'mss '.length;
  tcp.mss = takeNumber(cursor);
  cursor.at = end;
}

function skipToComma(cursor: Cursor): void {
  if (cursor.text.startsWith(', ', cursor.at)) return;
  const comma = cursor.text.indexOf(', ', cursor.at);
  cursor.at = comma < 0 ? cursor.text.length : comma;
}
