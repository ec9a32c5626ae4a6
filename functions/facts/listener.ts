import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Socket } from '../artefacts/sockets/read.ts';
import { wayOf } from '../captures/place.ts';
import { parseAddress } from '../primitives/address.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { failedAttempts } from './failed-attempts.ts';
import { addressesIn } from './hosts.ts';
import { inOrder } from './order.ts';

const WHY = 'no list of sockets shows what becomes of a connection that was refused';

const loopback = labelsOf(onLoopback, WHY);
const family = labelsOf(onOtherFamily, WHY);
const nobody = labelsOf(unheard, WHY);

/** What the server's sockets say of a port on which another host's connections are refused. */
export const listener = defineJoin({
  question: 'listener',
  needs: ['sockets'],
  facts: {
    onLoopbackOnly: loopback(
      'the socket of this host that listens on the refused port, on a loopback address, and no other does',
      ({ socket }) => socket,
    ),
    refused: loopback('address and port that were refused', ({ target }) => target),
    onIpv6Only: family(
      'the socket of this host that listens on the refused port for IPv6 alone, where an IPv4 address was refused',
      ({ socket }) => socket,
    ),
    refusedIpv4: family(
      'IPv4 address and port that were refused, in that case',
      ({ target }) => target,
    ),
    nobodyOn: nobody(
      'the refused address and port, where the list of all listening TCP sockets of this host names none on it',
      ({ target }) => target,
    ),
    isThere: {
      type: 'flag',
      is: 'a socket of another host than the client listens on the refused port, on the address or on all',
      of: isThere,
    },
  },
});

interface Heard {
  readonly socket: string;
  readonly target: string;
  readonly at: readonly Citation[];
}

interface Target {
  readonly client: string | null;
  /** The only host that captured the SYN: the client's or the server's. */
  readonly either: string | null;
  /** The last host of several that captured it. */
  readonly end: string | null;
  readonly address: string;
  readonly port: number;
  readonly at: Citation;
}

/** Refused by the client's own words, or by a reset that answers its SYN in a capture. */
function targetsIn({ all, following }: View): readonly Target[] {
  const told = failedAttempts(all, 'refused').map(({ host, ...rest }) => ({
    ...rest,
    client: host,
    either: null,
    end: null,
  }));
  const captured = following.unsettled.flatMap((exchange) => {
    const { protocol, server, at } = exchange;
    const way = wayOf(exchange, following);
    const [first] = way;
    const seen = at.find((one) => (one?.responses.length ?? 0) > 0);
    const [answer] = seen?.responses ?? [];
    return protocol !== 'tcp' || server.port === null || answer?.packet.tcp?.flags !== 'R.'
      ? []
      : [
          {
            client: way.length > 1 ? (first?.host ?? null) : null,
            either: way.length > 1 ? null : (first?.host ?? null),
            end: way.length > 1 ? (way.at(-1)?.host ?? null) : null,
            address: server.host,
            port: server.port,
            at: cite(answer.evidence.artefact, answer.outer.line),
          },
        ];
  });
  return [...told, ...captured];
}

export interface Listening {
  readonly evidence: Evidence<'sockets'>;
  readonly sockets: readonly Socket[];
}

/** The last list of this host that has listening sockets. */
export function listeningOf(own: readonly Evidence[]): Listening | undefined {
  return inOrder(ofKind(own, 'sockets'))
    .flatMap((evidence) => {
      const sockets = evidence.content.sockets.filter(
        ({ state, peer }) => state === 'LISTEN' || (state === null && peer.endsWith(':*')),
      );
      return sockets.length === 0 && !listsAll(evidence) ? [] : [{ evidence, sockets }];
    })
    .at(-1);
}

/** `ss -lnt`, `netstat -tlnp` without a filter: every listening TCP socket, in figures. */
export function listsAll({ artefact, truncated }: Evidence): boolean {
  const command = artefact.command ?? '';
  return (
    !truncated &&
    artefact.host !== null &&
    /\b(?:ss|netstat)\s+-(?=\w*l)(?=\w*n)(?=\w*t)\w+\s*$/.test(command)
  );
}

function on(port: number, { sockets }: Listening): readonly Socket[] {
  return sockets.filter(({ local }) => local.endsWith(`:${port}`));
}

function onLoopback(view: View): Heard | undefined {
  return onlyOn(view, ({ local }) => isLoopback(local));
}

function onOtherFamily(view: View): Heard | undefined {
  return onlyOn(view, ({ local }, { address }) => isIpv4(address) && isIpv6Only(local));
}

/** A refused port on which every socket that listens here is such a one. */
function onlyOn(
  view: View,
  isSuch: (socket: Socket, target: Target) => boolean,
): Heard | undefined {
  const listening = listeningOf(view.own);
  if (listening === undefined) return undefined;
  for (const target of targetsIn(view)) {
    if (isOfClient(view, target)) continue;
    const [first, ...more] = on(target.port, listening);
    if (first === undefined || ![first, ...more].every((one) => isSuch(one, target))) continue;
    return {
      socket: first.local,
      target: `${target.address}:${target.port}`,
      at: [target.at, cite(listening.evidence.artefact, first.line)],
    };
  }
  return undefined;
}

function unheard(view: View): Pick<Heard, 'target' | 'at'> | undefined {
  const listening = listeningOf(view.own);
  if (listening === undefined || view.host === null || !listsAll(listening.evidence))
    return undefined;
  const { artefact } = listening.evidence;
  for (const target of targetsIn(view))
    if (isServer(view, target) && on(target.port, listening).length === 0)
      return { target: `${target.address}:${target.port}`, at: [target.at, cite(artefact, 1)] };
  return undefined;
}

/** It has the address, or its own capture shows the reset at the end of the way. */
function isServer(view: View, target: Target): boolean {
  if (isOfClient(view, target)) return false;
  return (
    addressesIn(view.own).some(({ address }) => address === target.address) ||
    (target.end !== null && target.end === view.host)
  );
}

/** The client's own sockets say nothing of the server's, unless it connects to itself. */
function isOfClient({ host }: View, { client, address }: Target): boolean {
  return (client !== null && client === host) || isLoopback(`${address}:0`);
}

function isLoopback(local: string): boolean {
  return /^(?:127\.\d|\[::1\]|::1:|localhost:)/.test(local);
}

/**
 * `ss` puts IPv6 addresses in brackets, and writes `*` for a wildcard that takes IPv4 too (iproute2 misc/ss.c:
 * inet_addr_print); netstat's `:::80` may be either.
 */
function isIpv6Only(local: string): boolean {
  return local.startsWith('[') && !local.startsWith('[::ffff:') && !isLoopback(local);
}

function isIpv4(address: string): boolean {
  const parsed = parseAddress(address);
  return parsed !== undefined && !address.includes(':');
}

function isThere(view: View): Reading<boolean> {
  for (const target of targetsIn(view))
    for (const { artefact, content } of ofKind(view.all, 'sockets')) {
      const others = [target.either, clientOf(view, target)];
      if (artefact.host === null || others.includes(artefact.host)) continue;
      const open = content.sockets.find(
        ({ state, local }) => state === 'LISTEN' && isOpen(local, target),
      );
      if (open !== undefined) return known(true, [target.at, cite(artefact, open.line)]);
    }
  return unknown('no socket is shown that listens there');
}

/** A capture shows addresses only; whose they are the client's own words may tell. */
function clientOf({ all }: View, { client, address, port }: Target): string | null {
  return (
    client ??
    failedAttempts(all, 'refused').find((one) => one.address === address && one.port === port)
      ?.host ??
    null
  );
}

function isOpen(local: string, { address, port }: Target): boolean {
  return [
    `0.0.0.0:${port}`,
    `*:${port}`,
    ...(isIpv4(address) ? [] : [`[::]:${port}`, `[${address}]:${port}`]),
    `:::${port}`,
    `${address}:${port}`,
  ].includes(local);
}
