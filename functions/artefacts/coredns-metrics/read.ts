import type { Parsed } from '../define.ts';

/** One series at one moment: `coredns_dns_requests_total{server="dns://:53",type="A",zone="."} 41`. */
export interface Sample {
  readonly line: number;
  readonly name: string;
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

export interface Metrics {
  /** Listings in the order of the text; a series met again begins the next. */
  readonly readings: readonly (readonly Sample[])[];
}

/** The exposition format of Prometheus: name, labels, value, and a time that servers rarely write. */
const SAMPLE =
  /^([a-zA-Z_:][\w:]{0,200})(?:\{([^{}]{0,2000})\})? ([+-]?(?:\d[\d.]{0,24}(?:e[+-]?\d{1,3})?|Inf|NaN))(?: \d{10,14})?$/i;
const LABEL = /([a-zA-Z_]\w{0,60})="((?:[^"\\]|\\.){0,500})"/g;
export const REMARK = /^# (?:HELP|TYPE) [a-zA-Z_:][\w:]{0,200}(?: .{0,600})?$/;

/** Name, labels and value of a line; undefined when it is no sample. */
export function sampleOf(text: string): Omit<Sample, 'line'> | undefined {
  const [, name, labels = '', value = ''] = SAMPLE.exec(text) ?? [];
  if (name === undefined) return undefined;
  const number = /inf$/i.test(value) ? Number.POSITIVE_INFINITY : Number(value);
  const pairs = [...labels.matchAll(LABEL)].map(([, key = '', text = '']) => [key, text] as const);
  return { name, labels: new Map(pairs), value: number };
}

/** Reads listings; undefined when no series is in the lines. */
export function parseMetrics(lines: readonly string[]): Parsed<Metrics> | undefined {
  const readings: Sample[][] = [];
  const unread: number[] = [];
  let met = new Set<string>();
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '' || REMARK.test(text)) continue;
    const sample = sampleOf(text);
    if (sample === undefined) {
      unread.push(index + 1);
      continue;
    }
    const key = text.slice(0, text.lastIndexOf('} ') + 1) || sample.name;
    if (readings.length === 0 || met.has(key)) {
      readings.push([]);
      met = new Set();
    }
    met.add(key);
    readings.at(-1)?.push({ line: index + 1, ...sample });
  }
  return readings.length === 0 ? undefined : { content: { readings }, unread };
}
