/** The timer of a TCP socket on its line: which, how long until it fires, and what it has counted. */
export interface Timer {
  /** `on`: data or a SYN waits to be acknowledged; `persist`: data waits for the peer's window to open (icsk_pending). */
  readonly name: 'on' | 'persist';
  readonly remainingMs: number;
  /** Of `on` how often it was sent again, of `persist` how many probes got no answer (net/ipv4/inet_diag.c: inet_diag_dump_icsk). */
  readonly count: number;
}

/** iproute2 misc/ss.c (tcp_timer_print, print_ms_timer): `timer:(on,5.100ms,3)`, `timer:(persist,1min52sec,0)`. */
const SS =
  /\stimer:\((on|persist),(?:(\d{1,5})min)?(?:(\d{1,2})sec|(\d{1,2})\.(\d{1,3})(?:ms|sec)|(\d{1,3})ms)?,(\d{1,3})\)/;
/** net-tools netstat.c (tcp_do_one): `on (5.10/3/0)`, `probe (12.34/0/6)`. */
const NETSTAT = /\s(on|probe) \((\d{1,6})[.,](\d\d)\/(\d{1,3})\/(\d{1,3})\)/;

/** Reads the timer of a socket's line; undefined where none of these two is shown. */
export function timerIn(text: string): Timer | undefined {
  const [, ss, minutes = '0', whole, parted, fraction = '', ms = '0', counted] =
    SS.exec(text) ?? [];
  if (ss === 'on' || ss === 'persist') {
    const seconds = Number(minutes) * 60 + Number(whole ?? parted ?? '0');
    const rest = Number(fraction.padEnd(3, '0')) + Number(ms);
    return { name: ss, remainingMs: seconds * 1000 + rest, count: Number(counted) };
  }
  const [, netstat, full, hundredths, resent, probes] = NETSTAT.exec(text) ?? [];
  if (netstat === undefined) return undefined;
  return {
    name: netstat === 'on' ? 'on' : 'persist',
    remainingMs: Number(full) * 1000 + Number(hundredths) * 10,
    count: Number(netstat === 'on' ? resent : probes),
  };
}
