import { parseAddress, parsePrefix } from '../../primitives/address.ts';

/** Headings of `route print` and Windows' `netstat -rn`, English and Chinese, and its list of cards: no other output has them. */
export function isWindowsHead(text: string): boolean {
  return (
    /^(?:IPv[46] Route Table|Network Destination\s+Netmask\s+Gateway|If\s+Metric\s+Network Destination|IPv[46] 路由表|网络目标\s+网络掩码\s+网关|(?:接口|如果)\s*跃点数\s*网络目标)/.test(
      text,
    ) || /^\d{1,3}\.{3}(?:(?:[\da-f]{2} ){6,8}\.{4,}|\.{8,})\s*\S/i.test(text)
  );
}

/** What else stands around the routes: titles, lines, `None` where a part is empty. */
export function isWindowsFrame(text: string): boolean {
  return /^(?:Interface List|Active Routes:|Persistent Routes:|None|接口列表|活动路由:|永久路由:|无|={20,})$/.test(
    text,
  );
}

const NO_GATEWAY = /^(?:On-link|在链路上)$/;

/** A row of either table in the words of `ip route`: a card is told by its address, or by its number alone. */
export function windowsWords(columns: readonly string[]): readonly string[] | undefined {
  if (columns.length === 5) return v4Words(columns);
  return columns.length === 4 ? v6Words(columns) : undefined;
}

/** Destination, mask, gateway, address of the card, metric. */
function v4Words(columns: readonly string[]): readonly string[] | undefined {
  const [to = '', mask = '', gateway = '', card = '', metric = ''] = columns;
  const length = lengthOf(mask);
  if (length === undefined || !/^\d{1,5}$/.test(metric) || !isV4(to) || !isV4(card))
    return undefined;
  const isOnLink = NO_GATEWAY.test(gateway);
  if (!isOnLink && !isV4(gateway)) return undefined;
  const isOwn = isOnLink && length === 32 && to === card;
  return [
    ...(isOwn ? ['local'] : []),
    length === 0 ? 'default' : `${to}/${length}`,
    ...(isOnLink ? [] : ['via', gateway]),
    ...(isOwn ? ['table', 'local'] : []),
    'src',
    card,
    'metric',
    metric,
  ];
}

/** Number of the card, metric, destination, gateway. */
function v6Words(columns: readonly string[]): readonly string[] | undefined {
  const [card = '', metric = '', to = '', gateway = ''] = columns;
  if (!/^\d{1,3}$/.test(card) || !/^\d{1,5}$/.test(metric) || !/:\S*\//.test(to)) return undefined;
  const prefix = parsePrefix(to);
  const isOnLink = NO_GATEWAY.test(gateway);
  if (prefix === undefined || (!isOnLink && parseAddress(gateway)?.family !== 6)) return undefined;
  return [
    prefix.length === 0 ? 'default' : to,
    ...(isOnLink ? [] : ['via', gateway]),
    'metric',
    metric,
    'pref',
    'medium',
  ];
}

function isV4(text: string): boolean {
  return parseAddress(text)?.family === 4;
}

function lengthOf(mask: string): number | undefined {
  const address = parseAddress(mask);
  if (address?.family !== 4) return undefined;
  const bits = address.bits.toString(2).padStart(32, '0');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
}
