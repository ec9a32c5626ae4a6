/** A line of mtr's report, and the line that says it, from 1. */
export interface ReportLine {
  readonly line: number;
  readonly text: string;
}

const FIELD =
  /^"(report|mtr|src|dst|tos|tests|psize|bitpattern|hubs|count|host|ASN|Loss%|Drop|Rcv|Snt|Last|Avg|Best|Wrst|StDev|Gmean|Jttr|Javg|Jmax|Jint)": ?(.*?),?$/;
/** Fields that nothing else has. */
const OWN =
  /^"(?:mtr|hubs|tests|bitpattern|psize|Loss%|Snt|Last|Avg|Best|Wrst|StDev|Gmean|Jttr|Javg|Jmax|Jint)":/;
const BRACKETS = /^[[\]{},]{1,4}$/;

/** How sure a line is of being of `mtr --json`, as json_close of mtr's ui/report.c prints it. */
export function mtrJsonStrength(line: string): 'strong' | 'weak' | 'none' {
  const text = line.trim();
  if (OWN.test(text)) return 'strong';
  return /^"report": ?\{$/.test(text) ? 'weak' : 'none';
}

/** Whether the line goes on with such an output. */
export function isMtrJson(line: string): boolean {
  const text = line.trim();
  return text.length < 200 && (BRACKETS.test(text) || FIELD.test(text));
}

/** The lines of a report as they are, or as mtr would have printed them without `--json`. */
export function asReport(lines: readonly string[]): readonly ReportLine[] {
  if (!lines.some((line) => mtrJsonStrength(line) === 'strong'))
    return lines.map((text, index) => ({ line: index + 1, text }));
  const printed: ReportLine[] = [];
  let hop = new Map<string, string>();
  let lossLine = 0;
  for (const [index, line] of lines.entries()) {
    const [, name = '', value = ''] = FIELD.exec(line.trim()) ?? [];
    if (name === '' && BRACKETS.test(line.trim())) continue;
    if (name === '') printed.push({ line: index + 1, text: line });
    if (name === 'mtr') printed.push({ line: index + 1, text: 'HOST: mtr Loss% Snt' });
    if (name === 'count') hop = new Map();
    hop.set(name, value.replaceAll('"', ''));
    if (name === 'Loss%') lossLine = index + 1;
    if (name !== 'Snt' || !hop.has('Loss%')) continue;
    const [count, host, loss] = ['count', 'host', 'Loss%'].map((key) => hop.get(key));
    printed.push({ line: lossLine, text: `${count}.|-- ${host} ${loss}% ${hop.get(name)} -` });
  }
  return printed.toSorted((a, b) => a.line - b.line);
}
