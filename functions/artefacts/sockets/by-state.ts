/** So many sockets of a machine are in one state of TCP, in the words of `ss`. */
export interface StateCount {
  readonly line: number;
  readonly count: number;
  readonly state: string;
}

/** The states of netstat in the words of `ss`. */
const AS_SS: ReadonlyMap<string, string> = new Map([
  ['ESTABLISHED', 'ESTAB'],
  ['LISTENING', 'LISTEN'],
  ['SYN_RECEIVED', 'SYN-RECV'],
  ['CLOSE', 'UNCONN'],
  ['FIN_WAIT1', 'FIN-WAIT-1'],
  ['FIN_WAIT2', 'FIN-WAIT-2'],
]);

/** A state in the words of `ss`; null where none stands. */
export function stateOf(word: string | undefined): string | null {
  if (word === undefined) return null;
  return AS_SS.get(word) ?? word.replaceAll('_', '-');
}

/** iproute2 misc/ss.c (sstate_name), net-tools netstat.c (tcp_state). */
const STATE =
  '(?:ESTAB(?:LISHED)?|LISTEN(?:ING)?|SYN[-_]SENT|SYN[-_]RECV|FIN[-_]WAIT[-_]?[12]|TIME[-_]WAIT|CLOSE[-_]WAIT|LAST[-_]ACK|CLOSING|UNCONN)';
/** `1204 CLOSE-WAIT` of `ss -tan | awk '{print $1}' | sort | uniq -c`, `CLOSE_WAIT 1204` of awk's own counting. */
const COUNTED = new RegExp(`^(?:(\\d{1,9})\\s+(${STATE})|(${STATE})[\\s:=]{1,12}(\\d{1,9}))$`);
/** What the headings of the two tools are counted as. */
const HEADING = /^1 (?:State|Foreign|servers|established\))$/;

export function stateCountIn(text: string, line: number): StateCount | undefined {
  const [, before, last, first, after] = COUNTED.exec(text) ?? [];
  const state = stateOf(last ?? first);
  return state === null ? undefined : { line, count: Number(before ?? after), state };
}

export function isCountedHeading(text: string): boolean {
  return HEADING.test(text);
}
