import { bsdSocketIn } from './bsd.ts';
import { isCountedHeading, type StateCount, stateCountIn, stateOf } from './by-state.ts';
import { isProcSocket, PROC_HEAD, procSocketIn } from './proc.ts';
import { isDetails, type Stuck, stuckIn } from './stuck.ts';
import { type Timer, timerIn } from './timer.ts';

/** One socket; of a listening one `recvQ` are connections that wait to be accepted and `sendQ` how many may. */
export interface Socket {
  readonly line: number;
  /** By the words of `ss`; null where the command asked for one state and the column is left out. */
  readonly state: string | null;
  readonly recvQ: number;
  readonly sendQ: number;
  readonly local: string;
  readonly peer: string;
  /** What `ss -m` prints below it: packets thrown away at this socket since it was opened (`d` of skmem); null if not shown. */
  readonly dropped: number | null;
  /** What `ss -i` prints below it of data that gets no further; null if not shown. */
  readonly stuck: Stuck | null;
  /** How much of its receive buffer `ss -m` shows in use, in percent (r of rb in skmem); null if not shown. */
  readonly filled: number | null;
  /** The timer that waits for the peer, `ss -o` and `netstat -o`; left out where none is shown. */
  readonly timer?: Timer;
}

/** So many sockets with one peer, as `sort | uniq -c` counts them. */
export interface Tally {
  readonly line: number;
  readonly count: number;
  readonly state: string | null;
  readonly peer: string;
}

export interface Sockets {
  readonly sockets: readonly Socket[];
  readonly tallies: readonly Tally[];
  readonly states: readonly StateCount[];
}

const STATES =
  'LISTEN|ESTAB|SYN-SENT|SYN-RECV|FIN-WAIT-[12]|TIME-WAIT|CLOSE-WAIT|LAST-ACK|CLOSING|UNCONN';
const END = '\\S+:(?:\\d+|\\*|[a-z][\\w-]*)';
const SS = new RegExp(
  `^(?:(?:tcp|udp|mptcp)\\s+)?(?:(${STATES})\\s+)?(\\d+)\\s+(\\d+)\\s+(${END})\\s+(${END})(?:\\s+\\S.*)?$`,
);
const HEAD =
  /^(?:(?:Netid\s+)?(?:State\s+)?Recv-Q\s+Send-Q\s+Local Address:Port\s+Peer Address:Port|1 (?:State )?(?:Local |Peer )?Address:Port$)/;
/** Linux and BusyBox (net-tools netstat.c: tcp_do_one), whose heading is translated; the states never are. */
const NETSTAT = new RegExp(
  `^(?:tcp|udp|udplite|sctp|raw)[46]?\\s+(\\d+)\\s+(\\d+)\\s+(${END})\\s+(${END})(?:\\s+([A-Z][A-Z_\\d]+))?(?:\\s+\\S.*)?$`,
);
/** Windows: no queues. */
const WINDOWS = /^(?:TCP|UDP)\s+(\S+:\d+)\s+(\S+:(?:\d+|\*))(?:\s+([A-Z][A-Z_\d]+))?(?:\s+\d+)?$/;
const NETSTAT_HEAD =
  /^(?:(?:Tcpcb\s+|Socket\s+)?Proto\s+(?:Recv-Q\s+Send-Q|Rexmit\s+OOORcv)\s|Active Internet connections|Active Connections$|Proto\s+Local Address\s+Foreign Address\s+State)/;
/** The sockets of the machine with itself, which follow the others: no network is involved. */
const LOCAL =
  /^(?:Active (?:UNIX|LOCAL \(UNIX\)) domain sockets|Active Bluetooth connections|Proto\s+Destination\s+Source\s+State\s|Proto\s+RefCnt\s+Flags\s|Address\s+Type\s+Recv-Q\s|[\da-f]{8,16}\s+(?:stream|dgram|seqpac)\s|unix\s+\d+\s+\[|(?:u_str|u_dgr|u_seq|nl|p_raw|p_dgr)\s)/;
const TALLY = new RegExp(
  `^(\\d{1,9})\\s+(?:(${STATES}|[A-Z][A-Z_\\d]{3,12})\\s+)?(\\[?[\\da-f.:]+\\]?:(?:\\d{1,5}|\\*))$`,
);

/** iproute2 misc/ss.c (print_skmeminfo), on the socket's own line with `-O`; `d` came with Linux 4.7 (include/uapi/linux/sock_diag.h). */
const MEMORY = /\bskmem:\(r(\d{1,12}),rb(\d{1,12}),[a-z\d,]*\)/;
const DROPPED = /,d(\d{1,15})\)/;

type Shape =
  | 'head'
  | 'socket'
  | 'bare'
  | 'tally'
  | 'state'
  | 'counted-head'
  | 'local'
  | 'memory'
  | 'details';

/** What a line is by its shape; a bare row is one without a state, a local one no socket of a network, `memory` and `details` belong to the socket above. */
export function kindOf(text: string): Shape | undefined {
  if (LOCAL.test(text)) return 'local';
  if (isDetails(text)) return 'details';
  if (isProcSocket(text)) return 'socket';
  if (text.startsWith('skmem:')) return MEMORY.test(text) ? 'memory' : undefined;
  if (HEAD.test(text) || NETSTAT_HEAD.test(text) || PROC_HEAD.test(text)) return 'head';
  if (isCountedHeading(text)) return 'counted-head';
  if (NETSTAT.test(text) || WINDOWS.test(text) || bsdSocketIn(text) !== undefined) return 'socket';
  const ss = SS.exec(text);
  if (ss !== null) return ss[1] === undefined ? 'bare' : 'socket';
  if (stateCountIn(text, 0) !== undefined) return 'state';
  return TALLY.test(text) ? 'tally' : undefined;
}

/** Reads sockets and tallies of them; undefined when there is not even a heading. */
export function parseSockets(lines: readonly string[]) {
  const draft: Draft = { sockets: [], tallies: [], states: [] };
  const unread: number[] = [];
  let read = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    if (take(draft, text, index + 1)) read += 1;
    else unread.push(index + 1);
  }
  return read === 0 ? undefined : { content: draft, unread };
}

interface Draft {
  readonly sockets: Socket[];
  readonly tallies: Tally[];
  readonly states: StateCount[];
}

/** Whether the line was understood. */
function take({ sockets, tallies, states }: Draft, text: string, line: number): boolean {
  const kind = kindOf(text);
  if (kind === 'head' || kind === 'local' || kind === 'counted-head') return true;
  if (kind === 'memory' || kind === 'details') {
    const above = sockets.pop();
    if (above !== undefined) sockets.push({ ...above, ...belowIn(text, line) });
    return above !== undefined;
  }
  const counted = kind === 'state' ? stateCountIn(text, line) : undefined;
  if (counted !== undefined) return states.push(counted) > 0;
  if (kind === 'tally') {
    const [, count, state, peer = ''] = TALLY.exec(text) ?? [];
    return tallies.push({ line, count: Number(count), state: stateOf(state), peer }) > 0;
  }
  const socket = socketIn(text, line);
  return socket !== undefined && sockets.push(timed(socket, text)) > 0;
}

function timed(socket: Socket, text: string): Socket {
  const timer = timerIn(text);
  return timer === undefined ? socket : { ...socket, timer };
}

function socketIn(text: string, line: number): Socket | undefined {
  const proc = procSocketIn(text);
  if (proc !== undefined) return { ...proc, line, stuck: null, filled: null };
  // Before `ss`, for `tcp 0 0 …` of netstat also looks like a row of `ss` without its state, and that stands at the end.
  const [, recvQ, sendQ, local, peer = '', state] = NETSTAT.exec(text) ?? [];
  if (local !== undefined)
    return {
      line,
      state: stateOf(state),
      recvQ: Number(recvQ),
      sendQ: Number(sendQ),
      local,
      peer,
      dropped: null,
      stuck: null,
      filled: null,
    };
  const ss = SS.exec(text);
  if (ss !== null) {
    const [, state, recvQ, sendQ, local = '', peer = ''] = ss;
    return {
      line,
      state: state ?? null,
      recvQ: Number(recvQ),
      sendQ: Number(sendQ),
      local,
      peer,
      dropped: droppedIn(text),
      stuck: stuckIn(text, line),
      filled: filledIn(text),
    };
  }
  const bsd = bsdSocketIn(text);
  if (bsd !== undefined)
    return { ...bsd, line, state: stateOf(bsd.state), dropped: null, stuck: null, filled: null };
  const [, here, there = '', word] = WINDOWS.exec(text) ?? [];
  return here === undefined
    ? undefined
    : {
        line,
        state: stateOf(word),
        recvQ: 0,
        sendQ: 0,
        local: here,
        peer: there,
        dropped: null,
        stuck: null,
        filled: null,
      };
}

/** What the lines below a socket add to it; its memory may stand before the rest. */
function belowIn(text: string, line: number): Partial<Socket> {
  const memory = MEMORY.test(text) ? { dropped: droppedIn(text), filled: filledIn(text) } : {};
  return isDetails(text) ? { ...memory, stuck: stuckIn(text, line) } : memory;
}

function droppedIn(text: string): number | null {
  const [memory = ''] = MEMORY.exec(text) ?? [];
  const [, count] = DROPPED.exec(memory) ?? [];
  return count === undefined ? null : Number(count);
}

function filledIn(text: string): number | null {
  const [, used, size] = MEMORY.exec(text) ?? [];
  return used === undefined || !Number(size)
    ? null
    : Math.round((Number(used) / Number(size)) * 100);
}
