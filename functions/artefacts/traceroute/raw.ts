import type { ReportLine } from './json.ts';

/** A probe goes out: `x HOP SEQUENCE`; mtr's numbers begin at 33000. */
const SENT = /^x (\d{1,2}) (3[3-9]\d{3}|[4-6]\d{4})$/;
/** Who answers at a hop, in how many microseconds, by which name, with which MPLS label (ui/raw.c). */
const OTHER =
  /^(?:h \d{1,2} [\da-fA-F.:]{3,45}|p \d{1,2} \d{1,9} \d{1,6}|d \d{1,2} \S{1,253}|m \d{1,2} \d{1,8} \d \d \d{1,3})$/;
const HOST = /^h (\d{1,2}) (\S+)$/;
const ANSWERED = /^p (\d{1,2}) \d+ (\d+)$/;

/** How sure a line is of being of `mtr --raw`. */
export function mtrRawStrength(line: string): 'strong' | 'weak' | 'none' {
  const text = line.trim();
  if (text.length > 300) return 'none';
  if (SENT.test(text)) return 'strong';
  return OTHER.test(text) ? 'weak' : 'none';
}

interface RawHop {
  line: number;
  host: string;
  readonly sent: string[];
  readonly answered: Set<string>;
}

/** The lines of a raw log as mtr's report would tell them; undefined where they are none. */
export function rawReport(lines: readonly string[]): readonly ReportLine[] | undefined {
  if (!lines.some((line) => SENT.test(line.trim()))) return undefined;
  const hops: RawHop[] = [];
  const others: ReportLine[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const sent = SENT.exec(text);
    const host = HOST.exec(text);
    const answered = ANSWERED.exec(text);
    if (sent !== null) hopAt(hops, sent[1]).sent.push(sent[2] ?? '');
    else if (host !== null) Object.assign(hopAt(hops, host[1]), { line: index + 1, host: host[2] });
    else if (answered !== null) hopAt(hops, answered[1]).answered.add(answered[2] ?? '');
    else if (text !== '' && !OTHER.test(text)) others.push({ line: index + 1, text: raw });
  }
  const [first] = hops;
  const head = { line: first?.line ?? 1, text: 'HOST: mtr Loss% Snt' };
  return [head, ...others, ...asked(hops).map(rowOf)];
}

function hopAt(hops: RawHop[], number = '0'): RawHop {
  const at = Number(number);
  while (hops.length <= at) hops.push({ line: 1, host: '???', sent: [], answered: new Set() });
  return hops[at] as RawHop;
}

/** Before it knows how far the destination is, mtr asks beyond it, and the destination answers for those hops too. */
function asked(hops: readonly RawHop[]): readonly RawHop[] {
  const first = hops.findIndex(
    ({ host }, at) => host !== '???' && hops.slice(at + 1).some((later) => later.host === host),
  );
  return first < 0 ? hops : hops.slice(0, first + 1);
}

/** The last probe may still have been on its way when mtr ended. */
function rowOf({ line, host, sent, answered }: RawHop, at: number): ReportLine {
  const last = sent.at(-1) ?? '';
  const counted = sent.length > 1 && !answered.has(last) ? sent.slice(0, -1) : sent;
  const lost = counted.filter((one) => !answered.has(one)).length;
  const percent = counted.length === 0 ? 100 : (100 * lost) / counted.length;
  return { line, text: `${at + 1}.|-- ${host} ${percent.toFixed(1)}% ${counted.length} -` };
}
