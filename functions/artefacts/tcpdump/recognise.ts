import type { Strength } from '../define.ts';
import { beginsAsciiDump, isHexDump, looksLikeAsciiDump } from './dump.ts';
import { areEndpoints, endsAt } from './endpoint.ts';
import { isMac } from './frame.ts';
import { readNotice } from './notice.ts';
import { stampAt } from './time.ts';

const HEADER = /^\((?:tos 0x|hlim |class 0x|flowlabel 0x)/;
const COLUMN =
  /^(?:[\w.@:-]{1,32} +)?(?:In|Out|B|M|P|\?) +(?:ifindex \d|ethertype |(?:[0-9a-f]{2}:){5}[0-9a-f]{2} |IP6? |ARP, |LLDP|STP |EAPOL)/;
const ARP =
  /^(?:ARP, |arp )(?:Ethernet \(len|Request |Reply |who-has |reply |Unknown|Reverse|InARP)/;
/** Protocols that tcpdump names first on a line with a time: no IP, and so no addresses. */
const OTHERS =
  /^(?:LLDP, |STP |CDPv\d|PPPoE |MPLS |EAPOL|EAP |LACPv\d|RARP|AARP|IS-IS|IPX |802\.1|802\.3|vlan \d|MLPPP|PPP|LCP|IPCP|UDLDv|SNAP|NBF|ESIS|Loopback|VTPv|DTPv|\[\||unknown ip |IP\d unknown)/;
const INDENTED = /^(?:\t| {6,}\S| {4,5}[^\s#].*(?:, |: |\[))/;
const VERSIONED = /^IP6? +(?:\(|truncated-ip|bad-|\[)/;

/** Judges one line. Strong: a time or a header that only tcpdump prints. Weak: the second line of a packet, the counts at the end. */
export function recogniseLine(line: string): Strength {
  const at = firstInk(line);
  if (at >= line.length) return 'none';
  const stamp = stampAt(line, at);
  if (stamp >= 0) return afterStamp(line, afterTime(line, stamp));
  if (isBody(line, at)) return 'weak';
  const text = line.slice(at);
  const strength = packetStart(text.replace(/^\d{1,9} {1,4}(?=IP|ARP)/, ''));
  return strength === 'none' ? noticeStrength(text) : strength;
}

/** Whether a line that is nothing by itself may stand inside a capture: dumps, details, `^C`. */
export function continuesCapture(line: string): boolean {
  const text = line.trim();
  return (
    isHexDump(line) ||
    text.startsWith('[|') ||
    INDENTED.test(line) ||
    readNotice(text) !== undefined ||
    beginsAsciiDump(text) ||
    looksLikeAsciiDump(text)
  );
}

function afterStamp(line: string, at: number): Strength {
  if (line.startsWith('IP (', at)) return 'strong';
  if (line.startsWith('IP ', at) || line.startsWith('IP6 ', at)) {
    return line.includes(' > ', at) || VERSIONED.test(line.slice(at, at + 32)) ? 'strong' : 'weak';
  }
  if (isBody(line, at)) return 'strong';
  const text = line.slice(at);
  if (OTHERS.test(text) || text.includes(' ethertype ')) return 'strong';
  const strength = packetStart(text);
  return strength === 'none' && text === 'IP' ? 'weak' : strength;
}

/** What can begin a packet, with a time before it or, with `-t` or inside a tunnel, without. */
function packetStart(text: string): Strength {
  if (HEADER.test(text)) return 'weak';
  if (text.startsWith('IP ') || text.startsWith('IP6 ')) {
    const rest = text.indexOf(' ') + 1;
    if (HEADER.test(text.slice(rest, rest + 16))) return 'strong';
    return isBody(text, rest) ? 'strong' : 'none';
  }
  if (ARP.test(text) || COLUMN.test(text)) return 'strong';
  return isMac(text, 0) && (text.includes(', ethertype ') || text.includes(', IPv4, '))
    ? 'strong'
    : 'none';
}

function noticeStrength(text: string): Strength {
  const notice = readNotice(text);
  if (notice === undefined || notice.place === 'interrupt') return 'none';
  if (notice.place === 'trailer') return 'weak';
  const isOwn =
    notice.listeningOn !== null ||
    /^(?:tcpdump: (?:verbose|data link)|reading from file .*, link-type )/.test(text);
  return isOwn ? 'strong' : 'weak';
}

function isBody(text: string, at: number): boolean {
  const ends = endsAt(text, at);
  return ends !== undefined && !ends.cut && areEndpoints(text, ends);
}

function firstInk(line: string): number {
  let at = 0;
  while (line.charCodeAt(at) === 32 || line.charCodeAt(at) === 9) at += 1;
  return at;
}

// Every time stamp holds one dot before its fraction; a date holds none.
function afterTime(line: string, stamp: number): number {
  const blank = line.indexOf(' ', line.indexOf('.', stamp));
  if (blank < 0) return line.length;
  return blank + 1 + firstInk(line.slice(blank + 1, blank + 9));
}
