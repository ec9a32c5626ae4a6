import { isDigit } from './cursor.ts';

/** What tcpdump says of itself: before the packets on standard error, and in the counts after them (tcpdump.c). */
export type Notice =
  | { readonly place: 'banner'; readonly listeningOn: string | null }
  | { readonly place: 'trailer'; readonly counts: readonly Count[] }
  | { readonly place: 'interrupt' };

interface Count {
  readonly of: Counter;
  readonly packets: number;
}
export type Counter =
  | 'captured'
  | 'received by filter'
  | 'dropped by kernel'
  | 'dropped by interface';

const COUNT =
  /^(\d{1,15}) packets? (captured|received by filter|dropped by kernel|dropped by interface)$/;
const LISTENING = /^listening on ([^\s,]{1,64}), link-type /;
const BANNERS = [
  'reading from file ',
  'reading from PCAP-NG file ',
  'dropped privs to ',
  'Warning: interface names might be incorrect',
];

/** Reads a line of banner or trailer, or the `^C` that a terminal shows between them; undefined when it is none. */
export function readNotice(line: string): Notice | undefined {
  const bare = line.trim();
  if (isDigit(bare.charCodeAt(0))) {
    const counts = countsIn(bare);
    return counts === undefined ? undefined : { place: 'trailer', counts };
  }
  const text = bare.startsWith('^C') ? bare.slice(2).trimStart() : bare;
  if (text === '') return bare === '' ? undefined : { place: 'interrupt' };
  const own = text.startsWith('tcpdump: ') ? text.slice('tcpdump: '.length) : text;
  const counts = countsIn(own);
  if (counts !== undefined) return { place: 'trailer', counts };
  const listening = LISTENING.exec(own);
  if (listening !== null) return { place: 'banner', listeningOn: listening[1] ?? null };
  if (own !== text || BANNERS.some((banner) => text.startsWith(banner)))
    return { place: 'banner', listeningOn: null };
  return undefined;
}

// One count per line, or all in one line when asked for by a signal: `3 packets captured, 4 packets received by filter, …`.
function countsIn(text: string): readonly Count[] | undefined {
  if (text.length > 200 || !text.startsWith(' packet', digitsEnd(text))) return undefined;
  const counts: Count[] = [];
  for (const part of text.split(', ')) {
    const [, packets, of] = COUNT.exec(part) ?? [];
    if (packets === undefined || !isCounter(of)) return undefined;
    counts.push({ of, packets: Number(packets) });
  }
  return counts;
}

function digitsEnd(text: string): number {
  let at = 0;
  while (isDigit(text.charCodeAt(at))) at += 1;
  return at;
}

function isCounter(text: string | undefined): text is Counter {
  return (
    text === 'captured' ||
    text === 'received by filter' ||
    text === 'dropped by kernel' ||
    text === 'dropped by interface'
  );
}
