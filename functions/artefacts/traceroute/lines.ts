import { isWindowsFurniture, windowsHop, windowsTarget } from './windows.ts';

/** One hop as the tool prints it. */
export interface Hop {
  readonly line: number;
  readonly number: number;
  /** The first name or address; null where nothing answered. */
  readonly host: string | null;
  /** Only mtr counts. */
  readonly lossPercent: number | null;
  readonly sent: number | null;
  /** `!H`, `!N`, `!X` … of traceroute: what the hop says instead of passing the packet on. */
  readonly mark: string | null;
}

/** What one line tells. */
export type TraceEvent =
  | {
      readonly is: 'header';
      readonly tool: 'traceroute' | 'mtr';
      readonly target: string | null;
      readonly address: string | null;
    }
  | { readonly is: 'hop'; readonly hop: Omit<Hop, 'line'>; readonly pmtu: number | null }
  | { readonly is: 'end'; readonly pmtu: number | null; readonly reached: boolean }
  | { readonly is: 'furniture' };

const HEADER =
  /^(?:tcp)?traceroute6? to (?<target>[^\s(]+) \((?<address>[^)\s]+)\)(?: from \S+?)?,? \d+ hops max/i;
const MTR_HEAD = /^HOST: (?<host>\S+) +(?:\S+ +)?Loss% +(?:Drop +)?(?:Snt|Rcv)\b/;
const MTR_CSV_HEAD = /^Mtr_Version,Start_Time,Status,Host,Hop,Ip,Loss%/i;
const TRACEROUTE_HOP = /^(?<number>\d{1,3}) {1,2}(?<rest>\S.*)$/;
const TRACEPATH_HOP = /^(?<number>\d{1,3})(?<sure>\?)?: +(?<rest>\S.*)$/;
const TRACEPATH_END = /^(?:Too many hops: pmtu|Resume: pmtu) (?<pmtu>\d+)/;
const MARK = /(?:^|\s)(?<mark>!(?:[HNPSXVCFATU]|F-\d+|\d{1,3})?)(?=\s|$)/;
const TIME = /(?:^|\s)\d{1,6}\.\d{1,3} ?ms\b/;

/** What the line tells, as traceroute.c, tracepath.c and mtr's report.c print it; undefined when it is none of theirs. */
export function eventOf(line: string): TraceEvent | undefined {
  const text = line.trim();
  if (text === '' || text.length > 400) return undefined;
  const code = text.charCodeAt(0);
  if (code >= 48 && code <= 57) return hopIn(text);
  return outside(text);
}

/** How sure the line is of being a trace's. */
export function strengthOf(line: string): 'strong' | 'weak' | 'none' {
  const event = eventOf(line);
  if (event === undefined) return 'none';
  if (event.is !== 'hop') return event.is === 'furniture' ? 'weak' : 'strong';
  return event.hop.host === null ? 'weak' : 'strong';
}

function outside(text: string): TraceEvent | undefined {
  const header = HEADER.exec(text)?.groups ?? windowsTarget(text);
  if (header !== undefined)
    return {
      is: 'header',
      tool: 'traceroute',
      target: header.target ?? null,
      address: header.address ?? header.target ?? null,
    };
  if (MTR_HEAD.test(text) || MTR_CSV_HEAD.test(text))
    return { is: 'header', tool: 'mtr', target: null, address: null };
  if (text.startsWith('MTR.')) return csvHop(text);
  const end = TRACEPATH_END.exec(text)?.groups;
  if (end !== undefined) return { is: 'end', pmtu: Number(end.pmtu), reached: false };
  const resume = /^Resume: pmtu (\d+)(?: hops \d+)?(?: back \d+)?/.exec(text);
  if (resume !== null) return { is: 'end', pmtu: Number(resume[1]), reached: true };
  if (/^(?:tcp)?traceroute6?: Warning: /.test(text)) return { is: 'furniture' };
  if (/^Start: [\dA-Z]/.test(text)) return { is: 'furniture' };
  return /^Selected device \S+, address /.test(text) || isWindowsFurniture(text)
    ? { is: 'furniture' }
    : undefined;
}

function hopIn(text: string): TraceEvent | undefined {
  const mtr = /^(?<number>\d{1,2})\.(?:\|--)? *(?<rest>\S.*)$/.exec(text)?.groups;
  if (mtr !== undefined) return mtrHop(Number(mtr.number), mtr.rest ?? '');
  const windows = windowsHop(text);
  if (windows !== undefined) return { is: 'hop', hop: windows, pmtu: null };
  const path = TRACEPATH_HOP.exec(text)?.groups;
  if (path !== undefined) return tracepathHop(Number(path.number), path.rest ?? '');
  const route = TRACEROUTE_HOP.exec(text)?.groups;
  return route === undefined ? undefined : routeHop(Number(route.number), route.rest ?? '');
}

function mtrHop(number: number, rest: string): TraceEvent | undefined {
  // The column of five has no room for the sign of `100.0%`.
  const percent = rest.search(/%| 100\.0 /);
  if (percent < 0) return undefined;
  const end = rest[percent] === '%' ? percent : percent + ' 100.0'.length;
  const words = rest.slice(0, end).trim().split(/\s+/);
  const loss = Number(words.pop());
  const sent = Number(/^%?\s+(\d{1,9})\s/.exec(rest.slice(end))?.[1]);
  if (!Number.isFinite(loss) || !Number.isFinite(sent) || words.length === 0) return undefined;
  const named = words.filter((word) => !/^(?:AS(?:\d+|\?\?\?))$/.test(word));
  const host = named[0] === undefined || named[0] === '???' ? null : addressOr(named);
  return { is: 'hop', hop: { number, host, lossPercent: loss, sent, mark: null }, pmtu: null };
}

function addressOr(words: readonly string[]): string | null {
  const bracketed = words.find((word) => /^\([^)]+\)$/.test(word));
  return bracketed?.slice(1, -1) ?? words[0] ?? null;
}

/** `MTR.0.95,1700000000,OK,203.0.113.80,1,192.0.2.1,0.00,10,…`; with -z an ASN column stands behind the address. */
function csvHop(text: string): TraceEvent | undefined {
  const cells = text.split(',');
  if (cells.length < 10 || !/^MTR\.[\d.]+/.test(cells[0] ?? '')) return undefined;
  const at = /^(?:AS|\?)/.test(cells[6] ?? '') ? 7 : 6;
  const [number, loss, sent] = [Number(cells[4]), Number(cells[at]), Number(cells[at + 1])];
  if (![number, loss, sent].every(Number.isFinite)) return undefined;
  const host = cells[5] === '???' || cells[5] === '' ? null : (cells[5] ?? null);
  return { is: 'hop', hop: { number, host, lossPercent: loss, sent, mark: null }, pmtu: null };
}

function tracepathHop(number: number, rest: string): TraceEvent | undefined {
  const pmtu = /\bpmtu (\d{2,5})\b/.exec(rest)?.[1];
  const silent = /^(?:no reply|send failed)/.test(rest);
  const host = silent || rest.startsWith('[LOCALHOST]') ? null : (/^\S+/.exec(rest)?.[0] ?? null);
  if (!silent && pmtu === undefined && !/\d ?ms\b/.test(rest)) return undefined;
  const mark = MARK.exec(rest)?.groups?.mark ?? null;
  return {
    is: 'hop',
    hop: {
      number,
      host,
      lossPercent: null,
      sent: null,
      mark: / reached(?:\s|$)/.test(rest) ? 'reached' : mark,
    },
    pmtu: pmtu === undefined ? null : Number(pmtu),
  };
}

function routeHop(number: number, rest: string): TraceEvent | undefined {
  const silent = /^\*(?: \*| {2}\*)*$/.test(rest);
  if (!silent && !TIME.test(rest)) return undefined;
  // `0.4 ms` alone or a sentence with a time in it is no hop: a name or address and its time stand side by side.
  const words = rest.split(/\s+/).filter((word) => word !== '*' && !/^\[AS\S+\]$/.test(word));
  const [name, bracketed] = words;
  const host = silent ? null : (/^\(([^)]+)\)$/.exec(bracketed ?? '')?.[1] ?? name ?? null);
  const timed = words[bracketed?.startsWith('(') ? 2 : 1] ?? '';
  if (!silent && !/^\d{1,6}\.\d{1,3}(?:ms)?$/.test(timed)) return undefined;
  const mark = MARK.exec(rest)?.groups?.mark ?? null;
  return { is: 'hop', hop: { number, host, lossPercent: null, sent: null, mark }, pmtu: null };
}
