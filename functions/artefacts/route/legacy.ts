import { parseAddress } from '../../primitives/address.ts';
import { wordsOf } from '../../primitives/words.ts';
import { isProcHead, LAST_METRIC, procWords, tableOf } from './proc.ts';
import { isWindowsHead, windowsWords } from './windows.ts';

/**
 * `route -n`, `netstat -rn` and `route -6 -n` of net-tools (lib/inet_gr.c, inet6_gr.c), the BSDs' `netstat -rn`, Windows and /proc,
 * put into the words that `ip route` would print for the same route.
 */
export function legacyWords(text: string): readonly string[] | undefined {
  const columns = wordsOf(text);
  return (
    v4Words(columns) ??
    v6Words(columns) ??
    bsdWords(columns) ??
    procWords(columns) ??
    windowsWords(columns)
  );
}

/** Headings, none of which is a route. */
export function isLegacyHead(text: string): boolean {
  if (isProcHead(text) || isWindowsHead(text)) return true;
  return /^(?:Kernel IP(?:v6)? routing (?:table|cache)|Destination\s+(?:Gateway|Next Hop)\s+(?:Genmask\s+)?Flags?\s|Routing tables$|Internet6?:$)/.test(
    text,
  );
}

const FLAGS_V4 = /^[UGHRDMACSK!]{1,8}$/;

/** Destination, gateway, mask, flags, metric, references, use, device; `netstat` has MSS, window, irtt there. */
function v4Words(columns: readonly string[]): readonly string[] | undefined {
  const [destination = '', gateway = '', mask = '', flags = '', metric = '', ...rest] = columns;
  if (columns.length < 8 || !FLAGS_V4.test(flags) || !isCount(metric)) return undefined;
  const length = lengthOf(mask);
  if (length === undefined || !isNumber(rest[1] ?? '')) return undefined;
  const isDefault = destination === 'default' || (destination === '0.0.0.0' && length === 0);
  if (!isDefault && parseAddress(destination) === undefined && !isName(destination))
    return undefined;
  const device = rest[2] ?? '-';
  const to = isDefault ? 'default' : length === 32 ? destination : `${destination}/${length}`;
  const isVia = flags.includes('G') && !/^(?:0\.0\.0\.0|\*|-)$/.test(gateway);
  return [
    ...typeOf(flags, device),
    to,
    ...(isVia ? ['via', gateway] : []),
    ...(/^[*-]$/.test(device) ? [] : ['dev', device]),
    ...(metric === '0' || metric === '-' ? [] : ['metric', metric]),
  ];
}

// A blackhole is shown as up and on the device `*`, the other refusing routes with `!`.
function typeOf(flags: string, device: string): readonly string[] {
  if (flags.includes('!')) return ['unreachable'];
  return device === '*' ? ['blackhole'] : [];
}

/** Destination with its length, next hop, flags, metric, references, use, device. */
function v6Words(columns: readonly string[]): readonly string[] | undefined {
  if (columns.length < 7 || columns.length > 8) return undefined;
  const [destination = '', hop = '', flags = '', metric = '', references = '', use = '', device] =
    // Newer releases write `[::]/0`.
    columns.map((word) => word.replace(/^\[([\da-f:.]*)\]/i, '$1'));
  if (device === undefined || !/^\S*[:.]\S*\/\d{1,3}$/.test(destination)) return undefined;
  if (!/^[!UGHRDMACeSnKmpa]{1,8}$/.test(flags) || parseAddress(hop) === undefined) return undefined;
  if (!/^-?\d+$/.test(metric) || !isNumber(references) || !isNumber(use)) return undefined;
  const type = flags.includes('!') ? ['unreachable'] : [];
  // The addresses that hold one of IPv4, `::0.0.0.0/96`, lose their colons.
  const shown = destination.includes(':') ? destination : `::${destination}`;
  const to = shown === '::/0' ? 'default' : shown;
  const via = flags.includes('G') ? ['via', hop] : [];
  // The highest metric is printed as a signed number.
  const weight = metric === '-1' ? LAST_METRIC : metric;
  const table = tableOf(to, weight);
  return [...type, to, ...via, 'dev', device, ...table, 'metric', weight, 'pref', 'medium'];
}

const FLAGS_BSD = /^U[123BbCcDdGgHIiLMmPRrSWXYZ]{0,11}$/;
const NO_ADDRESS = /^(?:link#\d+|[\da-f]{1,2}(?:[:.][\da-f]{1,2}){5})$/i;

/** Destination (`192.168.1` for /24), gateway, flags as `UGSc`, counts, device, expiry; the columns differ by version. */
function bsdWords(columns: readonly string[]): readonly string[] | undefined {
  const [destination = '', gateway = '', flags = '', ...rest] = columns;
  if (!FLAGS_BSD.test(flags) || rest.length > 6) return undefined;
  const [device, ...more] = rest.filter((word) => !/^(?:\d+|!)$/.test(word));
  if (device === undefined || more.length > 0 || !/^[a-z]+\d+$/.test(device)) return undefined;
  const isLinked = NO_ADDRESS.test(gateway);
  if (!isLinked && parseAddress(gateway) === undefined && !isCutOrNamed(gateway)) return undefined;
  const to = bsdDestination(destination, flags.includes('H'));
  if (to === undefined) return undefined;
  const via = flags.includes('G') && !isLinked ? ['via', gateway] : [];
  return [to, ...via, 'dev', device];
}

function bsdDestination(text: string, isHost: boolean): string | undefined {
  if (text === 'default') return text;
  const [shown = '', length] = text.replace(/%\w+/, '').split('/');
  const octets = shown.split('.');
  if (octets.length <= 4 && octets.every((octet) => /^\d{1,3}$/.test(octet))) {
    const whole = [...octets, '0', '0', '0'].slice(0, 4).join('.');
    return parseAddress(whole) && `${whole}/${length ?? octets.length * 8}`;
  }
  const isWhole = parseAddress(shown) !== undefined && (isHost || length !== undefined);
  if (isWhole) return [shown, length ?? '128'].join('/');
  // A network of IPv6 without its length.
  if (parseAddress(shown) !== undefined) return `${shown}/*`;
  return isCutOrNamed(text) ? text : undefined;
}

/** Without `-n` a column holds names, and only so many characters of an address: which network that is, nothing tells. */
function isCutOrNamed(text: string): boolean {
  return isName(text) || /^[\da-f]{1,4}:[\da-f:]{0,40}(?:%\w{1,16}|%?)$/i.test(text);
}

function lengthOf(mask: string): number | undefined {
  const bits = parseAddress(mask);
  if (bits === undefined || bits.family !== 4) return undefined;
  const text = bits.bits.toString(2).padStart(32, '0');
  return /^1*0*$/.test(text) ? text.replaceAll('0', '').length : undefined;
}

function isCount(text: string): boolean {
  return isNumber(text) || text === '-';
}

function isNumber(text: string): boolean {
  return /^(?:\d+|-)$/.test(text);
}

function isName(text: string): boolean {
  return /^[A-Za-z_*][\w.*-]{0,60}$/.test(text);
}
