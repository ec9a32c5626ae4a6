/** What a line of the log may carry: short facts about the work, never what was pasted. */
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;

export interface Log {
  readonly info: (event: string, fields?: LogFields) => void;
  readonly error: (event: string, fields?: LogFields) => void;
}

const LONGEST_VALUE = 300;

/** One JSON line per event; Slack tokens, bearer headers, signatures and response addresses never get through. */
export function createLog(write: (text: string) => void = toStandardOutput): Log {
  const at = (level: 'info' | 'error') => (event: string, fields?: LogFields) =>
    write(JSON.stringify({ level, event, ...redacted(fields ?? {}) }));
  return { info: at('info'), error: at('error') };
}

/** What may be said of an error: its name and code, and where in our code it arose. Its message may quote a paste. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  const answer = 'data' in error && isRecord(error.data) ? error.data.error : null;
  return {
    error: error.name,
    code,
    answer: typeof answer === 'string' ? answer : null,
    at: placeOf(error),
  };
}

/**
 * The first frame of the stack. The message stands before the frames and may itself have lines that look like one; where
 * it was changed since, the two cannot be told apart.
 */
function placeOf({ message, stack = '' }: Error): string | null {
  const start = message === '' ? stack.indexOf('\n') : stack.indexOf(message);
  if (start < 0) return null;
  const [, frame = null] = /^\n\s+at (.{1,300})/.exec(stack.slice(start + message.length)) ?? [];
  return frame;
}

/** Replaces whatever gives access: tokens, bearer headers, request signatures, one-time response addresses. */
export function redact(text: string): string {
  return text
    .replace(/\b(?:xox[a-z]|xapp)-[\w-]+/gi, '[token]')
    .replace(/\bBearer +[^\s"',]+/gi, 'Bearer [token]')
    .replace(/\bv0=[0-9a-f]{16,}/gi, '[signature]')
    .replace(/https:\/\/hooks\.slack[\w.-]*\/[^\s"',]*/gi, '[response address]');
}

function redacted(fields: LogFields): LogFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      if (typeof value !== 'string') return [name, value];
      const safe = redact(value);
      const left = safe.length - LONGEST_VALUE;
      return [name, left > 0 ? `${safe.slice(0, LONGEST_VALUE)}… [+${left}]` : safe];
    }),
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Straight to standard output: Lambda puts a prefix before what the console prints, and the line would be no JSON. */
function toStandardOutput(text: string): void {
  process.stdout.write(`${text}\n`);
}
