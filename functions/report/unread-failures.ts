import { parsePrompt } from '../intake/prompt.ts';
import type { Reading } from '../intake/read.ts';

/** A line that no kind reads, that a program wrote, and that speaks of something that failed. */
export interface UnreadFailure {
  readonly source: number;
  /** From 1 in the source. */
  readonly line: number;
  readonly quote: string;
}

/** What programs say of a failure, in their own words or in those of strerror(3). */
const FAILED =
  /(?<![\w-])(?:timed out|(?:i\/o|read|write|connect(?:ion)?) timeout|timeout (?:exceeded|expired|was reached)|refused|unreachable|no route to host|denied|reset by peer|broken pipe|failed|failure|unable to \w|could not \w)(?![\w-])|超时|被拒绝|拒绝连接|不可达|失败/i;
/** `failed=0`, `0 failed`, `no failures`: that nothing failed. */
const NOTHING =
  /(?<![\w-])(?:0|no|none|without) (?:\w+ )?(?:timed out|refused|unreachable|denied|failed|failures?)(?![\w-])|(?<![\w-])(?:timed out|refused|unreachable|denied|failed|failures?)["']?\s?[:=]\s?["']?(?:0|false|no|null|\[\])(?![\w.])/gi;

/** What logs begin with: a date with seconds, syslog's, the kernel's, klog's, structured pairs. People write shorter times. */
const STAMPED =
  /^(?:\[?\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ \S|\[ *\d{1,9}\.\d{6}\] |[EWIF]\d{4} \d\d:\d\d:\d\d\.|\d\d:\d\d:\d\d[.,]\d{3}|\{"\w|(?:time|ts|level|msg)=)/;
/** `mount.nfs: Connection timed out`, `app[712]: …`, `ERROR …`, and strerror's words behind a colon at the end. */
const MESSAGE =
  /^(?:[a-z][\w.-]{1,40}(?:\[\d{1,7}\]|\(\d{1,7}\)): |\[?(?:ERROR|FATAL|CRITICAL|WARN(?:ING)?)\]?[: ]|(?:error|fatal|panic): )|: (?:Connection (?:timed out|refused|reset by peer)|No route to host|(?:Network|Host) is (?:unreachable|down)|Permission denied|Operation timed out|Broken pipe)\.?\)?$/;
const REMARK = /^(?:#|\/\/|;|<-|--|←)/;
/** An output whose command is further up is not looked for. */
const FURTHEST = 40;

/** The lines that may tell of the fault although nobody could read them; prose is what people think of it. */
export function unreadFailures({
  evidence,
  outside,
  lines: texts,
}: Reading): readonly UnreadFailure[] {
  const quoteOf = (source: number, line: number) => texts[source]?.at(line) ?? '';
  const inside = evidence.flatMap(({ artefact: { source }, unread }) =>
    unread
      .map((line) => ({ source, line, quote: quoteOf(source, line) }))
      .filter(({ quote }) => speaksOfFailure(quote)),
  );
  const around = outside
    .map(({ source, line }) => ({ source, line, quote: quoteOf(source, line) }))
    .filter(
      ({ source, line, quote }) =>
        speaksOfFailure(quote) && (isWritten(quote) || isTyped((at) => quoteOf(source, at), line)),
    );
  return [...inside, ...around];
}

function speaksOfFailure(quote: string): boolean {
  const text = quote.trim();
  return !REMARK.test(text) && FAILED.test(text.replace(NOTHING, ''));
}

function isWritten(quote: string): boolean {
  const text = quote.trim();
  return STAMPED.test(text) || MESSAGE.test(text);
}

/** Below a prompt with a command, no blank line between. */
function isTyped(lineAt: (line: number) => string, line: number): boolean {
  for (let at = line - 1; at >= Math.max(1, line - FURTHEST); at -= 1) {
    const text = lineAt(at);
    if (text.trim() === '') return false;
    const prompt = parsePrompt(text);
    if (prompt !== undefined && (prompt.host !== null || /^\s*\$ /.test(text)))
      return prompt.command !== '';
  }
  return false;
}
