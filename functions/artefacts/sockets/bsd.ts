/** What one line of the BSDs' and macOS' netstat says of a socket; its ends as `ss` writes them, `10.0.0.5:22`. */
export interface BsdSocket {
  readonly recvQ: number;
  readonly sendQ: number;
  readonly local: string;
  readonly peer: string;
  /** As printed, `ESTABLISHED`. */
  readonly state: string | undefined;
}

const END = String.raw`(?:\S{0,64}\.(?:\d{1,5}|\*|[a-z][\w-]{0,30}))`;
/** The socket's own address with `-A`; with `-T` three counts of TCP stand in the place of the two queues. */
const ROW = new RegExp(
  String.raw`^(?:[\da-f]{8,16}\s+)?(?:tcp|udp|sctp|udplite)(?:4|6|46)?\s+(?:(\d+)\s+(\d+)\s+(?:(\d+)\s+)?)?(${END})\s+(${END})(?:\s+([A-Z][A-Z_\d]{3,14}))?(?:\s+\d.*)?$`,
);

/** A row of FreeBSD's and macOS' `netstat -an` (usr.bin/netstat/inet.c), which writes the port behind a dot. */
export function bsdSocketIn(text: string): BsdSocket | undefined {
  const [whole, recvQ, sendQ, third, local = '', peer = '', state] = ROW.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const isQueued = recvQ !== undefined && third === undefined;
  return {
    recvQ: isQueued ? Number(recvQ) : 0,
    sendQ: isQueued ? Number(sendQ) : 0,
    local: withColon(local),
    peer: withColon(peer),
    state,
  };
}

function withColon(end: string): string {
  const dot = end.lastIndexOf('.');
  return `${end.slice(0, dot)}:${end.slice(dot + 1)}`;
}
