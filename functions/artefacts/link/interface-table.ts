import { type Link, nothingOf } from '../links.ts';

/** Each column of counters: whose it is, and what `ip -s link` calls it. */
const COUNTERS: ReadonlyMap<string, readonly [side: 'rx' | 'tx', name: string]> = new Map([
  ['RX-OK', ['rx', 'packets']],
  ['RX-ERR', ['rx', 'errors']],
  ['RX-DRP', ['rx', 'dropped']],
  ['RX-OVR', ['rx', 'fifo']],
  ['TX-OK', ['tx', 'packets']],
  ['TX-ERR', ['tx', 'errors']],
  ['TX-DRP', ['tx', 'dropped']],
  ['TX-OVR', ['tx', 'fifo']],
  ['Ipkts', ['rx', 'packets']],
  ['Ierrs', ['rx', 'errors']],
  ['Idrop', ['rx', 'dropped']],
  ['Ibytes', ['rx', 'bytes']],
  ['Opkts', ['tx', 'packets']],
  ['Oerrs', ['tx', 'errors']],
  ['Obytes', ['tx', 'bytes']],
  ['Coll', ['tx', 'collsns']],
  ['Drop', ['tx', 'dropped']],
]);
const HEAD =
  /^(?:Iface\s+MTU\s+(?:Met\s+)?RX-OK\s|Name\s+Mtu\s+Network\s+Address\s+Ipkts\s|Kernel Interface table$)/;
/** Device, MTU, metric in older releases, four counters of each side, flags. */
const LINUX_ROW = /^[\w.:@-]{1,40}\s+\d+\s+(?:\d+\s+){8,9}[A-Za-z]{1,12}$/;
/** Device, MTU, network, address where it has one, counters; only the row of the link counts all of them. */
const BSD_ROW = /^[\w.*-]{1,16}\s+(?:\d+|-)\s+\S{1,64}(?:\s+\S{1,64})?(?:\s+(?:\d+|-)){4,9}$/;

/** Whether a line is the heading or a row of `netstat -i` (net-tools, BSD) or `ifconfig -s`. */
export function tableLine(text: string): 'head' | 'row' | 'bsd-row' | undefined {
  if (HEAD.test(text)) return 'head';
  if (LINUX_ROW.test(text)) return 'row';
  return BSD_ROW.test(text) ? 'bsd-row' : undefined;
}

/**
 * `netstat -i` and `ifconfig -s`: one row a device, as net-tools (lib/interface.c: ife_print_short) and the BSDs
 * (usr.bin/netstat/if.c) print it. Undefined when no device is in it.
 */
export function parseInterfaceTable(lines: readonly string[]) {
  const links: Link[] = [];
  const unread: number[] = [];
  let columns: readonly string[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const kind = tableLine(text);
    if (kind === 'head') columns = text.split(/\s+/);
    else if (kind === undefined) {
      if (text !== '') unread.push(index + 1);
    } else if (kind === 'row' || text.includes('<Link#'))
      links.push(deviceIn(text, index + 1, columns));
  }
  return links.length === 0 ? undefined : { content: { links }, unread, truncated: false };
}

const LATE_LINUX = 'RX-OK RX-ERR RX-DRP RX-OVR TX-OK TX-ERR TX-DRP TX-OVR Flg'.split(' ');

/** Columns in the middle may be empty or missing: the counters are told from the right. */
function deviceIn(text: string, line: number, head: readonly string[]): Link {
  const columns = head.length > 3 ? head : LATE_LINUX;
  const words = text.split(/\s+/);
  const sides = { rx: new Map<string, number>(), tx: new Map<string, number>() };
  for (const [at, column] of columns.entries()) {
    const [side, name] = COUNTERS.get(column) ?? [];
    const word = words.at(at - columns.length) ?? '';
    if (side !== undefined && name !== undefined && /^\d+$/.test(word))
      sides[side].set(name, Number(word));
  }
  const mtu = words[1] ?? '';
  return {
    ...nothingOf(line, words[0] ?? ''),
    ...sides,
    mtu: /^\d+$/.test(mtu) ? Number(mtu) : null,
    counterLines: [line],
  };
}
