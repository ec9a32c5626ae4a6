import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { flowsAt } from '../captures/tcp-flows.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';

/**
 * Whether a server behind LVS with direct routing has the virtual address. The director leaves the destination as it is
 * (ip_vs_dr_xmit, net/netfilter/ipvs/ip_vs_xmit.c), so a server takes the packets only if the address is its own too.
 */
export const realServer = defineJoin({
  question: 'real-server',
  needs: ['ipvsadm', 'tcpdump', 'address'],
  facts: {
    lacksAddress: flagOf(
      "connections to the virtual address come to this server's card, the server has no such address, and does not answer",
      lacking,
    ),
    virtual: label('the virtual address and port', ({ virtual }) => virtual),
    address: label('the virtual address', ({ address }) => address),
    server: label("the server's own address, as the director has it", ({ server }) => server),
    card: label('the card where they come', ({ card }) => card),
  },
});

function label(is: string, of: (lacking: Lacking) => string | null) {
  return labelsOf(lacking, 'not shown')(is, of);
}

interface Lacking {
  readonly virtual: string;
  readonly address: string;
  readonly server: string;
  readonly card: string | null;
  readonly at: readonly Citation[];
}

function lacking(view: View): Lacking | undefined {
  const fed = servicesTo(view);
  const listing = ofKind(view.own, 'address').find(isWhole);
  if (fed.length === 0 || listing === undefined) return undefined;
  const held = new Set(addressesIn(view.own).map(({ address }) => address));
  const points = view.following.points.filter(({ host, lossy }) => host === view.host && !lossy);
  for (const { virtual, address, port, server, at, own } of fed) {
    if (held.has(address) || hasLocalRoute(view, address)) continue;
    for (const point of points) {
      const flows = flowsAt(point).filter(
        ({ server: end }) => end.host === address && end.port === port,
      );
      const [first] = flows;
      const resent = flows.find(({ syn, fromClient }) => syn !== null && fromClient.length > 1);
      if (first === undefined || resent?.syn == null) continue;
      if (flows.some(({ fromServer }) => fromServer.length > 0)) continue;
      return {
        virtual,
        address,
        server,
        card: point.interface,
        at: [at, citation(resent.syn), ...resent.fromClient.slice(1, 2).map(citation), own],
      };
    }
  }
  return undefined;
}

/** The virtual services of which this host is a server by direct routing. */
function servicesTo(view: View) {
  const own = addressesIn(view.own);
  return ofKind(view.all, 'ipvsadm').flatMap(({ artefact, content }) =>
    artefact.host === view.host
      ? []
      : content.services.flatMap(({ address, port, protocol, servers }) =>
          servers.flatMap((one) => {
            const mine = own.find((held) => held.address === one.address);
            if (protocol !== 'tcp' || one.forward !== 'Route' || mine === undefined) return [];
            const at = cite(artefact, one.line);
            return [
              {
                virtual: `${address}:${port}`,
                address,
                port,
                server: one.address,
                at,
                own: mine.at,
              },
            ];
          }),
        ),
  );
}

/** With the loopback, where such addresses are kept, and of no single device. */
function isWhole({ artefact: { command }, content, truncated }: Evidence<'address'>): boolean {
  if (truncated || /\||\bdev\b/.test(command ?? '')) return false;
  return content.links.some(
    ({ name, addresses }) =>
      name === 'lo' && addresses.some(({ address }) => address === '127.0.0.1'),
  );
}

/** `ip route add local VIP dev lo` serves as well as an address. */
function hasLocalRoute({ own }: View, address: string): boolean {
  return ofKind(own, 'route').some(({ content }) =>
    content.routes.some(
      ({ type, destination }) => type === 'local' && destination.replace(/\/32$/, '') === address,
    ),
  );
}
