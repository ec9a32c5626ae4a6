/**
 * How often the SYN of a connection was sent again: iproute2 misc/ss.c (tcp_timer_print) `timer:(on,5.1sec,3)`, net-tools
 * netstat.c (tcp_do_one) `on (5.10/3/0)`; undefined where no such timer is shown.
 */
export function synsResent(text: string): number | undefined {
  const [, ss, netstat] =
    /\sSYN[-_]SENT\s.*\son \(\d{1,6}[.,]\d\d\/(\d{1,3})\/|\stimer:\(on,[\w.]{1,20},(\d{1,3})\)/.exec(
      ` ${text}`,
    ) ?? [];
  const count = ss ?? netstat;
  return count === undefined ? undefined : Number(count);
}
