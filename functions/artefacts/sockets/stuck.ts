/** What `ss -i` tells of data that a TCP socket cannot get rid of. */
export interface Stuck {
  readonly line: number;
  /** How often the timer was doubled without an answer that helps (icsk_backoff): of data sent again, or of probes of a window of 0. */
  readonly backoff: number;
  /** Segments on their way; 0: everything that was sent is acknowledged. */
  readonly unacked: number;
  /** Milliseconds in which the receiver's window let nothing more be sent, since the connection stands (Linux 4.10). */
  readonly windowLimitedMs: number;
}

/** iproute2 misc/ss.c (tcp_stats_print): words, the congestion control, then `wscale:7,7 rto:204 …`. */
const DETAILS =
  /^(?:skmem:\([a-z\d,]{1,200}\)\s+)?(?:[a-z][a-z_\d-]{1,15} ){0,8}(?:wscale:\d{1,2},\d{1,2} )?rto:\d/;
const INLINE = /\srto:\d/;

/** Whether a line is what `ss -i` prints below a socket. */
export function isDetails(text: string): boolean {
  return text.includes('rto:') && DETAILS.test(text);
}

/** Reads it, on a line of its own or, with `-O`, on the socket's; null where nothing is stuck. */
export function stuckIn(text: string, line: number): Stuck | null {
  if (!isDetails(text) && !INLINE.test(text)) return null;
  const backoff = numberAt(text, /\sbackoff:(\d{1,3})\b/);
  if (backoff === 0) return null;
  return {
    line,
    backoff,
    unacked: numberAt(text, /\sunacked:(\d{1,9})\b/),
    windowLimitedMs: numberAt(text, /\srwnd_limited:(\d{1,12})ms\b/),
  };
}

function numberAt(text: string, where: RegExp): number {
  return Number(where.exec(text)?.[1] ?? 0);
}
