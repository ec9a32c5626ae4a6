import { parseAddress } from '../../primitives/address.ts';
import { parseMac } from '../../primitives/mac.ts';
import { nothingOf } from '../links.ts';
import type { AddressedLink, DeviceAddress } from './read.ts';

/** `eth0: flags=4163<UP,…>  mtu 1500` of net-tools 2 and the BSDs; the angle brackets may have been eaten. */
export const NEW_HEADER =
  /^([\w.:+-]{1,40}): flags=[\da-f]{1,8}(?:<([A-Z0-9_,-]*)>)?(?:\s+metric \d+)?\s+mtu (\d+)(?:\s|$)/;
/** `eth0      Link encap:Ethernet  HWaddr 02:00:…` of net-tools 1 and BusyBox. */
export const OLD_HEADER = /^([\w.:+-]{1,40})\s+Link encap:(.{1,100})$/;
export const NEW_INET =
  /^inet ([\d.]{7,15})(?:\s+-->\s+[\d.]{7,15})?\s+netmask (\S+)(?:\s|$)|^inet6 ([\da-fA-F.:]{2,45})(?:%\S+)?\s+prefixlen (\d+)/;
export const OLD_INET =
  /^inet addr: ?([\d.]{7,15})(?:\s|$)|^inet6 addr: ([\da-fA-F.:]{2,45})\/(\d+) Scope:(\w+)/;
const LAYER = /^(?:ether|unspec|infiniband|tunnel|sit|gre|loop|ppp|ipip)\s(?:.*\s)?txqueuelen \d+/;
const BSD_ETHER = /^ether ([\da-fA-F:]{11,17})$/;
const NEW_COUNTER = /^(RX|TX) (?:packets|errors) \d+\s/;
const OLD_COUNTER = /^(RX|TX) (?:packets|bytes):\d+/;
const OLD_FLAGS = /^(?:[A-Z]+ +){1,12}MTU: ?(\d+)/;
const OTHER =
  /^(?:device (?:interrupt|memory) |collisions:\d+ |Interrupt:|Base address:|Memory:|options[= ]|nd6 options=|capabilities=|media: |status: |groups: |hwaddr |plugged: |vendor: |module temperature: |lane \d+: |ether |inet6 |laggproto |laggport: |vlan: |id [\da-f:]+ priority|member: |Configuration:$|maxage |root id |ipfilter |port \d|bond[: ]|type: |scheduler: |link rate: |qosmarking |effective interface: |state availability: )/;

/** Whether a line belongs below an `ifconfig` header. */
export function isIfconfigPart(text: string): boolean {
  return (
    NEW_INET.test(text) ||
    OLD_INET.test(text) ||
    LAYER.test(text) ||
    NEW_COUNTER.test(text) ||
    OLD_COUNTER.test(text) ||
    OLD_FLAGS.test(text) ||
    OTHER.test(text)
  );
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
interface Draft extends Omit<Mutable<AddressedLink>, 'addresses'> {
  readonly addresses: DeviceAddress[];
}

/** Reads `ifconfig` of net-tools, BusyBox or a BSD; undefined when no device is in it. */
export function parseIfconfig(lines: readonly string[]) {
  const drafts: Draft[] = [];
  const unread: number[] = [];
  for (const [index, text] of lines.entries()) {
    const part = text.trim();
    if (part === '') continue;
    const draft = headerOf(part, index + 1);
    if (draft !== undefined) drafts.push(draft);
    else if (!readPart(drafts.at(-1), part, index + 1)) unread.push(index + 1);
  }
  return drafts.length === 0
    ? undefined
    : { content: { links: drafts.map((draft): AddressedLink => draft) }, unread, truncated: false };
}

function headerOf(part: string, line: number): Draft | undefined {
  const [, name, flags, mtu] = NEW_HEADER.exec(part) ?? [];
  if (name !== undefined) {
    const shown = flags?.split(',').filter((flag) => flag !== '') ?? null;
    return { ...nothingOf(line, name), flags: shown, mtu: Number(mtu), addresses: [] };
  }
  const [, old, layer = ''] = OLD_HEADER.exec(part) ?? [];
  if (old === undefined) return undefined;
  const mac = parseMac(/HWaddr (\S+)/.exec(layer)?.[1] ?? '') ?? null;
  return { ...nothingOf(line, old), mac, addresses: [] };
}

function readPart(draft: Draft | undefined, part: string, line: number): boolean {
  if (draft === undefined || !isIfconfigPart(part)) return false;
  draft.lastLine = line;
  const address = newAddress(part, line) ?? oldAddress(part, line);
  if (address !== undefined) draft.addresses.push(address);
  else if (NEW_COUNTER.test(part) || OLD_COUNTER.test(part)) readCounters(draft, part);
  else if (OLD_FLAGS.test(part)) {
    draft.flags = (part.split('MTU:', 1)[0] ?? '').split(' ').filter((word) => word !== '');
    draft.mtu = Number(OLD_FLAGS.exec(part)?.[1]);
  } else if (draft.mac === null) {
    const mac = LAYER.test(part) ? part.split(/\s+/)[1] : BSD_ETHER.exec(part)?.[1];
    draft.mac = parseMac(mac ?? '') ?? null;
  }
  return true;
}

function newAddress(part: string, line: number): DeviceAddress | undefined {
  const [, v4, netmask, v6, length] = NEW_INET.exec(part) ?? [];
  const address = v4 ?? v6;
  if (address === undefined || parseAddress(address) === undefined) return undefined;
  const peer = /\s(?:destination|-->) ?\s*([\d.]{7,15})/.exec(part)?.[1] ?? null;
  const scope = /<(\w+)>/.exec(part)?.[1] ?? null;
  const bits = v4 === undefined ? Number(length) : maskLength(netmask ?? '');
  return { line, address, length: bits, peer, scope, flags: [], label: null };
}

function oldAddress(part: string, line: number): DeviceAddress | undefined {
  const [, v4, v6, length, scope] = OLD_INET.exec(part) ?? [];
  const address = v4 ?? v6;
  if (address === undefined || parseAddress(address) === undefined) return undefined;
  const peer = /\sP-t-P:([\d.]{7,15})/.exec(part)?.[1] ?? null;
  const mask = /\sMask:([\d.]{7,15})/.exec(part)?.[1];
  const bits = v6 === undefined ? maskLength(mask ?? '') : Number(length);
  const near = scope?.toLowerCase() ?? null;
  return { line, address, length: bits, peer, scope: near, flags: [], label: null };
}

/** `255.255.255.0` and `0xffffff00` as 24; null for anything that is no mask. */
export function maskLength(text: string): number | null {
  const bits = /^0x[\da-f]{8}$/i.test(text)
    ? BigInt(text)
    : text.includes('.')
      ? (parseAddress(text)?.bits ?? null)
      : null;
  if (bits === null) return null;
  const ones = bits.toString(2).padStart(32, '0');
  return /^1*0*$/.test(ones) ? ones.replaceAll('0', '').length : null;
}

/** Counters under the names that `ip -s link` gives them. */
function readCounters(draft: Draft, part: string): void {
  for (const half of part.split(/\s(?=TX bytes:)/)) {
    const side = half.startsWith('RX') ? 'rx' : 'tx';
    const counters = new Map(draft[side] ?? []);
    for (const [, name = '', value] of half.matchAll(/([a-z]+)[: ](\d+)(?=\s|$)/g))
      counters.set(name === 'overruns' ? 'overrun' : name, Number(value));
    draft[side] = counters;
  }
}
