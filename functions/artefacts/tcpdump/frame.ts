import type { Draft } from '../packet-draft.ts';
import {
  type Cursor,
  isDigit,
  moveAfter,
  piece,
  take,
  takeBlanks,
  takeNumber,
  wordEnd,
} from './cursor.ts';

/** What the link carries, as far as the line says; `other` is LLDP, STP and whatever else has no address that we read. */
export type Network = 'ip' | 'ip6' | 'arp' | 'other';

const MAC_LENGTH = 'fa:55:00:00:00:01'.length;
const COLON = 58;
const MOST_TAGS = 4;
const UNTAGGED: readonly number[] = [];
const DIRECTIONS: Readonly<Record<string, Draft['direction']>> = {
  In: 'in',
  Out: 'out',
  // Sent to all or to a group by somebody else, and so received here (linux/if_packet.h).
  B: 'in',
  M: 'in',
  // Sent by another host to another host, seen in promiscuous mode.
  P: 'other',
  '?': 'other',
};
const NETWORKS: Readonly<Record<string, Network>> = { IPv4: 'ip', IPv6: 'ip6', ARP: 'arp' };

/**
 * Reads what stands between the time and the network header: the interface column of `-i any` (print-sll.c), the link header of
 * `-e` (print-ether.c), and the word `IP`, `IP6` or `ARP,`; undefined when none of them is there.
 */
export function readFrame(cursor: Cursor, packet: Draft): Network | undefined {
  if (take(cursor, 'IP ')) return 'ip';
  const plain = networkHere(cursor);
  if (plain !== undefined) return plain;
  readColumn(cursor, packet);
  return networkHere(cursor) ?? readLink(cursor, packet);
}

/** Moves past the word that names the network header; the header itself, if one is printed, comes next. */
function networkHere(cursor: Cursor): Network | undefined {
  switch (cursor.text.charAt(cursor.at)) {
    case 'I':
      if (take(cursor, 'IP ') || takeLast(cursor, 'IP')) return 'ip';
      return take(cursor, 'IP6 ') || takeLast(cursor, 'IP6') ? 'ip6' : undefined;
    case '(':
      return headerHere(cursor);
    case 'A':
      return take(cursor, 'ARP, ') ? 'arp' : undefined;
    case 'a':
      return take(cursor, 'arp ') ? 'arp' : undefined;
    case 'M':
    case 'P':
      return encapsulated(cursor);
    default:
      return undefined;
  }
}

/** Whether the header of an IP packet stands here: what `-v` prints, with or without `IP` before it. */
export function headerHere(cursor: Cursor): Network | undefined {
  const { text, at } = cursor;
  if (text.startsWith('(tos ', at)) return 'ip';
  const six =
    text.startsWith('(hlim ', at) ||
    text.startsWith('(class ', at) ||
    text.startsWith('(flowlabel ', at);
  return six ? 'ip6' : undefined;
}

/** Whether a MAC address stands at `at`: six pairs between colons. */
export function isMac(text: string, at: number): boolean {
  for (let pair = 1; pair < 6; pair += 1)
    if (text.charCodeAt(at + pair * 3 - 1) !== COLON) return false;
  for (let next = at; next < at + MAC_LENGTH; next += 3) {
    if (!isHex(text.charCodeAt(next)) || !isHex(text.charCodeAt(next + 1))) return false;
  }
  return true;
}

// `MPLS (label 21, tc 0, [S], ttl 63) IP …` and `PPPoE  [ses 0x1] IP …` name the packet that we want after themselves.
function encapsulated(cursor: Cursor): Network | undefined {
  const { text, at } = cursor;
  if (!text.startsWith('MPLS (', at) && !text.startsWith('PPPoE ', at)) return undefined;
  const four = text.indexOf(' IP ', at);
  const six = text.indexOf(' IP6 ', at);
  if (four < 0 && six < 0) return 'other';
  cursor.at = four < 0 ? six + ' IP6 '.length : four + ' IP '.length;
  return four < 0 ? 'ip6' : 'ip';
}

function readColumn(cursor: Cursor, packet: Draft): void {
  const start = cursor.at;
  readIndex(cursor, packet);
  const end = wordEnd(cursor);
  const first = cursor.text.slice(cursor.at, end);
  if (Object.hasOwn(DIRECTIONS, first)) {
    packet.direction = DIRECTIONS[first] ?? null;
    cursor.at = end;
  } else {
    const name = cursor.at;
    cursor.at = end;
    takeBlanks(cursor);
    const wayEnd = wordEnd(cursor);
    const way = cursor.text.slice(cursor.at, wayEnd);
    if (name === end || !Object.hasOwn(DIRECTIONS, way)) {
      cursor.at = packet.interface === null ? start : name;
      return;
    }
    packet.interface = piece(cursor, name, end);
    packet.direction = DIRECTIONS[way] ?? null;
    cursor.at = wayEnd;
  }
  takeBlanks(cursor);
  readIndex(cursor, packet);
}

// `ifindex 5 ` or, in tcpdump 4.99.0, `ifindex 5 (eth0) `.
function readIndex(cursor: Cursor, packet: Draft): void {
  if (!take(cursor, 'ifindex ')) return;
  takeNumber(cursor);
  takeBlanks(cursor);
  if (!take(cursor, '(')) return;
  const close = cursor.text.indexOf(')', cursor.at);
  if (close < 0) return;
  packet.interface = piece(cursor, cursor.at, close);
  cursor.at = close + 1;
  takeBlanks(cursor);
}

function readLink(cursor: Cursor, packet: Draft): Network | undefined {
  const start = cursor.at;
  packet.sourceMac = readMac(cursor);
  if (take(cursor, ' > ')) packet.destinationMac = readMac(cursor);
  const type = cursor.text.indexOf('ethertype ', cursor.at);
  if (type >= 0) {
    cursor.at = type;
    return readType(cursor, packet);
  }
  if (packet.destinationMac !== null && take(cursor, ', ')) return readType(cursor, packet);
  cursor.at = start;
  return undefined;
}

/** `fa:55:00:00:00:01`, with the vendor in brackets or as `Broadcast` where names are printed. */
function readMac(cursor: Cursor): string | null {
  const { text, at } = cursor;
  if (take(cursor, 'Broadcast')) return 'ff:ff:ff:ff:ff:ff';
  if (!isMac(text, at)) return null;
  cursor.at = at + MAC_LENGTH;
  if (text.startsWith(' (oui ', cursor.at)) moveAfter(cursor, ')');
  return piece(cursor, at, at + MAC_LENGTH);
}

// `ethertype IPv4 (0x0800), length 98: `, `IPv4, length 98: ` with -q, `ethertype 802.1Q (0x8100), length 78: vlan 5, p 0, ethertype IPv4 (0x0800), `.
function readType(cursor: Cursor, packet: Draft): Network {
  take(cursor, 'ethertype ');
  const name = typeName(cursor);
  const length = cursor.text.indexOf(', length ', cursor.at);
  const mark = length >= 0 ? ': ' : ', ';
  moveAfter(cursor, mark);
  // A cooked header shows one MAC, and holds no tag that libpcap has taken off.
  packet.vlan = packet.destinationMac === null ? null : UNTAGGED;
  if (!name.startsWith('802.1') && name !== 'vlan') return networkOf(cursor, name);
  return readTags(cursor, packet);
}

/** `vlan 100, p 0, ethertype 802.1Q (0x8100), vlan 20, p 0, DEI, ethertype ARP (0x0806), `; -q leaves out the types. */
function readTags(cursor: Cursor, packet: Draft): Network {
  const tags: number[] = [];
  let inner = '';
  while (tags.length < MOST_TAGS && take(cursor, 'vlan ')) {
    tags.push(takeNumber(cursor) ?? 0);
    if (take(cursor, ', p ')) takeNumber(cursor);
    take(cursor, ', DEI');
    take(cursor, ', ');
    take(cursor, 'ethertype ');
    inner = typeName(cursor);
    moveAfter(cursor, ', ');
  }
  if (tags.length > 0) packet.vlan = tags;
  return networkOf(cursor, inner);
}

function networkOf(cursor: Cursor, name: string): Network {
  return (
    networkHere(cursor) ?? (Object.hasOwn(NETWORKS, name) ? (NETWORKS[name] ?? 'other') : 'other')
  );
}

function typeName(cursor: Cursor): string {
  const from = cursor.at;
  let to = from;
  for (
    let code = cursor.text.charCodeAt(to);
    code > 32 && code !== 44;
    code = cursor.text.charCodeAt(to)
  )
    to += 1;
  cursor.at = to;
  return cursor.text.slice(from, to);
}

function takeLast(cursor: Cursor, literal: string): boolean {
  return cursor.text.length === cursor.at + literal.length && take(cursor, literal);
}

function isHex(code: number): boolean {
  return isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);
}
