import { defineArtefact, found, type Local, missing, type Strength } from './define.ts';

/** One socket; of a listening one `recvQ` are connections that wait to be accepted and `sendQ` how many may. */
export interface Socket {
  readonly line: number;
  readonly state: string;
  readonly recvQ: number;
  readonly sendQ: number;
  readonly local: string;
  readonly peer: string;
}

interface Sockets {
  readonly sockets: readonly Socket[];
}

const SS =
  /^(?:(?:tcp|udp|mptcp)\s+)?(LISTEN|ESTAB|SYN-SENT|SYN-RECV|FIN-WAIT-[12]|TIME-WAIT|CLOSE-WAIT|LAST-ACK|CLOSING|UNCONN)\s+(\d+)\s+(\d+)\s+(\S+:(?:\d+|\*|[a-z][\w-]*))\s+(\S+:(?:\d+|\*|[a-z][\w-]*))(?:\s+\S.*)?$/;
const HEAD = /^(?:Netid\s+)?State\s+Recv-Q\s+Send-Q\s+Local Address:Port\s+Peer Address:Port/;

/** `ss -tan`, `-lnt`, `-lntu` (iproute2 misc/ss.c). */
export const sockets = defineArtefact({
  kind: 'sockets',
  title: 'ss -tan, ss -lnt',
  ask: 'ss -lnt',
  hint: /\bss\s+-\w/,
  recognise,
  parse,
  size: (content) => ({ count: content.sockets.length, unit: 'sockets' }),
  facts: {
    fullAcceptQueue: {
      type: 'label',
      is: 'a listening socket whose accept queue is full',
      of: fullAcceptQueue,
    },
  },
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (HEAD.test(text)) return 'strong';
  return SS.test(text) ? 'strong' : 'none';
}

function parse(lines: readonly string[]) {
  const sockets: Socket[] = [];
  const unread: number[] = [];
  let heads = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const [, state, recvQ, sendQ, local = '', peer = ''] = SS.exec(text) ?? [];
    if (state !== undefined)
      sockets.push({
        line: index + 1,
        state,
        recvQ: Number(recvQ),
        sendQ: Number(sendQ),
        local,
        peer,
      });
    else if (HEAD.test(text)) heads += 1;
    else unread.push(index + 1);
  }
  return sockets.length + heads === 0 ? undefined : { content: { sockets }, unread };
}

/** The queue takes one more than its limit (include/net/sock.h: sk_acceptq_is_full). */
function fullAcceptQueue({ sockets: all }: Sockets): Local<string> {
  const listening = all.filter(({ state }) => state === 'LISTEN');
  const full = listening.find(({ recvQ, sendQ }) => sendQ > 0 && recvQ > sendQ);
  return full === undefined
    ? missing('no listening socket with a full queue is shown')
    : found(full.local, [full.line]);
}
