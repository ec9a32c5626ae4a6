import type { Logger, LogLevel } from '@slack/web-api';
import { errorFields, type Log, redact } from './log.ts';

/**
 * A logger for Slack's own packages. At debug they print whole requests and events, at info retries; only the short,
 * redacted words of their warnings and errors get through.
 */
export function slackLogger(log: Log): Logger {
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...parts) => log.info('slack package', { says: wordsOf(parts) }),
    error: (...parts) =>
      log.error('slack package', { says: wordsOf(parts), ...errorFields(parts[0]) }),
    setLevel: () => undefined,
    getLevel: () => 'warn' as LogLevel,
    setName: () => undefined,
  };
}

function wordsOf(parts: readonly unknown[]): string {
  return parts
    .filter((part) => typeof part === 'string')
    .map(redact)
    .join(' ');
}
