import { type Draft, NOWHERE } from '../packet-draft.ts';
import { type Cursor, moveAfter, piece, take, takeNumber } from './cursor.ts';

const MAC_LENGTH = 'fa:55:00:00:00:01'.length;

/**
 * Reads what follows `ARP, ` (print-arp.c): `Request who-has 10.0.0.7 tell 10.0.0.1, length 28`, `Reply 10.0.0.7 is-at fa:55:…, length 28`;
 * `-v` puts `Ethernet (len 6), IPv4 (len 4), ` before it, and tcpdump before 4 wrote `who-has` and `reply` alone.
 */
export function readArp(cursor: Cursor, packet: Draft): void {
  packet.protocol = 'arp';
  const { text } = cursor;
  if (text.startsWith('Ethernet (len', cursor.at)) {
    moveAfter(cursor, '), ');
    moveAfter(cursor, '), ');
  }
  if (take(cursor, 'Request who-has ') || take(cursor, 'who-has ')) readRequest(cursor, packet);
  else if (take(cursor, 'Reply ') || take(cursor, 'reply ')) readReply(cursor, packet);
  const length = text.indexOf(', length ', cursor.at);
  if (length >= 0) {
    cursor.at = length + ', length '.length;
    packet.payload = takeNumber(cursor);
  }
  cursor.at = text.length;
}

function readRequest(cursor: Cursor, packet: Draft): void {
  const target = word(cursor);
  // `who-has X (fa:55:…) tell Y` asks one host alone.
  moveAfter(cursor, ' tell ');
  const asker = word(cursor);
  packet.truncated = asker === '';
  packet.arp = { operation: 'request', target, asker: asker === '' ? null : asker, mac: null };
  packet.source = asker === '' ? NOWHERE : { host: asker, port: null };
  packet.destination = { host: target, port: null };
}

function readReply(cursor: Cursor, packet: Draft): void {
  const target = word(cursor);
  moveAfter(cursor, ' is-at ');
  const { text, at } = cursor;
  const mac = at + MAC_LENGTH <= text.length ? piece(cursor, at, at + MAC_LENGTH) : null;
  packet.truncated = mac === null;
  packet.arp = { operation: 'reply', target, asker: null, mac };
  packet.source = { host: target, port: null };
}

function word(cursor: Cursor): string {
  const { text, at } = cursor;
  let to = at;
  for (let code = text.charCodeAt(to); code > 32 && code !== 44; code = text.charCodeAt(to))
    to += 1;
  cursor.at = to;
  return piece(cursor, at, to);
}
