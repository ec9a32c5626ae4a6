import { cite, ofKind } from '../artefacts/evidence.ts';
import { flowsAt, type TcpFlow } from '../captures/tcp-flows.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { citation } from './loss.ts';
import { objectsOf } from './objects.ts';
import { inOrder } from './order.ts';

/** What IPVS does with ports that are used again and with servers that are going away. */
export const ipvs = defineJoin({
  question: 'ipvs',
  needs: ['ipvsadm', 'sysctl', 'uname', 'tcpdump'],
  facts: {
    connReuseMode: {
      type: 'count',
      is: 'net.ipv4.vs.conn_reuse_mode',
      of: (view) => setting(view, 'net.ipv4.vs.conn_reuse_mode'),
    },
    expireNodest: {
      type: 'count',
      is: 'net.ipv4.vs.expire_nodest_conn',
      of: (view) => setting(view, 'net.ipv4.vs.expire_nodest_conn'),
    },
    kernelWithDelay: {
      type: 'flag',
      is: 'the kernel is older than 5.9: it drops the first SYN of a reused port (f0a5e4d7a594)',
      of: kernelWithDelay,
    },
    reusedPortMs: {
      type: 'count',
      is: 'how long a connection from a port used before waited for the answer to its second SYN, in milliseconds',
      of: reusedPortMs,
    },
    dnsWithoutServer: {
      type: 'label',
      is: 'a virtual service on port 53 that has no server, or servers of weight 0 alone',
      of: dnsWithoutServer,
    },
    drained: {
      type: 'label',
      is: 'a server of weight 0 that still has connections',
      of: (view) => {
        const server = drainedAt(view);
        return server === undefined
          ? unknown('no such server is shown')
          : known(server.name, [server.at]);
      },
    },
    drainedConnections: {
      type: 'count',
      is: 'its active connections',
      of: (view) => {
        const server = drainedAt(view);
        return server === undefined
          ? unknown('no such server is shown')
          : known(server.active, [server.at]);
      },
    },
    drainedIsFed: {
      type: 'flag',
      is: 'packets were sent to it within the last two minutes',
      of: isFed,
    },
    drainedLives: { type: 'flag', is: 'a pod with its address is still there', of: lives },
  },
});

function setting({ own }: View, key: string): Reading<number> {
  for (const { artefact, content } of inOrder(ofKind(own, 'sysctl')).toReversed()) {
    const entry = content.get(key);
    if (entry !== undefined && /^\d{1,9}$/.test(entry.value))
      return known(Number(entry.value), [cite(artefact, entry.line)]);
  }
  return unknown(`${key} is not shown`);
}

/** RHEL 8 and its kin carry corrections under a number that does not tell. */
function kernelWithDelay(view: View): Reading<boolean> {
  const { own } = view;
  // A kernel's age says something of IPVS only where there is any.
  if (!setting(view, 'net.ipv4.vs.conn_reuse_mode').known && ofKind(own, 'ipvsadm').length === 0)
    return unknown('IPVS is not shown');
  const shown = inOrder(ofKind(own, 'uname')).at(-1);
  const [, major = '', minor = ''] =
    /^(\d{1,3})\.(\d{1,3})\b/.exec(shown?.content.release ?? '') ?? [];
  if (shown === undefined || major === '') return unknown('the kernel is not shown');
  if (/\.el[789](?!\.elrepo)|\.an[78]|\.oe\d/.test(shown.content.release))
    return unknown('a vendor kernel, whose number does not tell');
  const isOld = Number(major) < 5 || (Number(major) === 5 && Number(minor) < 9);
  return known(isOld, [cite(shown.artefact, shown.content.line)]);
}

const MOST_FLOWS = 5000;

/** The connection before used the same port and ended; the first SYN of the next one stayed unanswered, its copy did not. */
function reusedPortMs(view: View): Reading<number> {
  const points = view.following.points.filter(
    ({ host }) => host === view.host || view.following.points.length === 1,
  );
  for (const point of points) {
    const before = new Map<string, TcpFlow>();
    for (const flow of flowsAt(point).slice(0, MOST_FLOWS)) {
      const { client, server } = flow;
      const key = `${client.host} ${client.port} ${server.host} ${server.port}`;
      const earlier = before.get(key);
      before.set(key, flow);
      const waited = earlier === undefined || !hasEnded(earlier) ? undefined : waitedUs(flow);
      if (waited === undefined || earlier === undefined) continue;
      const at = [earlier.syn ?? earlier.fromClient[0], flow.syn, flow.synAck];
      return known(
        Math.round(waited / 1000),
        at.flatMap((one): Citation[] => (one == null ? [] : [citation(one)])),
      );
    }
  }
  return unknown('no port is shown that was used again and had to wait');
}

function hasEnded({ fromClient, fromServer }: TcpFlow): boolean {
  return [...fromClient, ...fromServer].some(({ packet }) => /[FR]/.test(packet.tcp?.flags ?? ''));
}

function waitedUs({ syn, synAck, fromClient }: TcpFlow): number | undefined {
  if (syn?.time == null || synAck?.time == null) return undefined;
  const sendings = fromClient.filter(({ packet }) => packet.tcp?.flags === 'S').length;
  const waited = synAck.time - syn.time;
  return sendings === 2 && waited > 900_000 && waited < 1_300_000 ? waited : undefined;
}

const DNS_PORT = 53;

/** Of the latest listing, by UDP first; a listing of counters shows no weights, and one without servers at all may be cut. */
function dnsWithoutServer({ own }: View): Reading<string> {
  const last = inOrder(ofKind(own, 'ipvsadm')).at(-1);
  const services = last?.content.services ?? [];
  if (last === undefined || !services.some(({ servers }) => servers.some(({ weight }) => weight)))
    return unknown('no listing with servers was pasted');
  const empty = services
    .filter(({ port, servers }) => port === DNS_PORT && servers.every(({ weight }) => weight === 0))
    .toSorted((a, b) => (a.protocol < b.protocol ? 1 : -1))[0];
  if (empty === undefined)
    return known(
      '',
      services.filter(({ port }) => port === DNS_PORT).map(({ line }) => cite(last.artefact, line)),
    );
  const lines = [empty.line, ...empty.servers.map(({ line }) => line)];
  return known(
    `${empty.address}:${DNS_PORT}`,
    lines.map((line) => cite(last.artefact, line)),
  );
}

function drainedAt({ own }: View) {
  for (const { artefact, content } of inOrder(ofKind(own, 'ipvsadm')).toReversed())
    for (const { servers, protocol } of content.services)
      for (const { weight, active, address, port, line } of servers)
        if (weight === 0 && (active ?? 0) > 0 && protocol === 'tcp')
          return {
            name: `${address}:${port ?? '?'}`,
            active: active ?? 0,
            address,
            port,
            at: cite(artefact, line),
          };
  return undefined;
}

/** ipvsadm --set: 15 minutes for established connections, counted from their last packet. */
const FULL_S = 900;
const RECENT_S = 120;

function isFed(view: View): Reading<boolean> {
  const server = drainedAt(view);
  if (server === undefined) return unknown('no such server is shown');
  const fed = ofKind(view.own, 'ipvsadm').flatMap(({ artefact, content }) =>
    content.connections
      .filter(
        (one) =>
          one.server.address === server.address &&
          one.server.port === server.port &&
          one.state === 'ESTABLISHED' &&
          one.expiresS >= FULL_S - RECENT_S &&
          one.expiresS <= FULL_S,
      )
      .map(({ line }) => cite(artefact, line)),
  );
  return fed.length === 0
    ? unknown('its connections are not listed')
    : known(true, fed.slice(0, 2));
}

function lives(view: View): Reading<boolean> {
  const server = drainedAt(view);
  const pod = objectsOf(view.all, 'pod').find(
    ({ object }) => object.ip !== null && object.ip === server?.address,
  );
  return pod === undefined ? unknown('no pod with that address is shown') : known(true, [pod.at]);
}
