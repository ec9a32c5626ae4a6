import { cite, ofKind } from '../artefacts/evidence.ts';
import type { FirewalldZone } from '../artefacts/firewalld.ts';
import { isUnanswered } from '../artefacts/neighbour/read.ts';
import { dialledIn } from '../captures/dialled.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { inOrder } from './order.ts';

const label = labelsOf(refusedByZone, 'no zone is shown to refuse a connection that failed');

/** Whether a zone of firewalld on this host refuses the very connection of which a client elsewhere was told "No route to host". */
export const firewalldZone = defineJoin({
  question: 'firewalld-zone',
  needs: ['firewalld', 'address'],
  facts: {
    target: label('address and port that the client did not reach', ({ target }) => target),
    zone: label('the zone of the interface that has that address', ({ zone }) => zone),
    client: label('the host of the client', ({ client }) => client),
  },
});

interface Refusal {
  readonly target: string;
  readonly zone: string;
  readonly client: string;
  readonly at: readonly Citation[];
}

/** EHOSTUNREACH is what an ICMP error of code host or admin prohibited becomes (net/ipv4/icmp.c: icmp_err_convert). */
function refusedByZone(view: View): Refusal | undefined {
  const listing = inOrder(ofKind(view.own, 'firewalld')).at(-1);
  if (listing === undefined) return undefined;
  const { artefact, content } = listing;
  // A source decides before the interface does.
  const bySource = content.zones.some(
    ({ fields }) => (fields.get('sources')?.words.length ?? 1) > 0,
  );
  if (bySource) return undefined;
  const own = addressesIn(view.all).filter(({ host }) => host !== null && host === view.host);
  for (const { artefact: client, at, server, port, outcome } of dialledIn(view.all)) {
    if (outcome !== 'no-route' || port === null || client.host === view.host) continue;
    // Nobody answers ARP: the client's own kernel says the same.
    if (hasNoMac(view, server)) continue;
    const address = own.find((one) => one.address === server);
    const zone = content.zones.find(
      ({ fields }) =>
        address?.device != null && fields.get('interfaces')?.words.includes(address.device),
    );
    const lines = zone === undefined ? undefined : linesThatRefuse(zone, port);
    if (zone !== undefined && lines !== undefined)
      return {
        target: `${server}:${port}`,
        zone: zone.name,
        client: client.host ?? 'localhost',
        at: [...lines.map((line) => cite(artefact, line)), at],
      };
  }
  return undefined;
}

function hasNoMac({ all }: View, address: string): boolean {
  return ofKind(all, 'neighbour').some(({ content }) =>
    content.neighbours.some((one) => one.address === address && isUnanswered(one)),
  );
}

/** Of a zone that is listed whole and lets nothing in that could be this port: what it lets in. */
function linesThatRefuse({ fields }: FirewalldZone, port: number): readonly number[] | undefined {
  const field = (name: string) => fields.get(name);
  const [target, services, ports] = [field('target'), field('services'), field('ports')];
  const [protocols, forwarded, rich] = ['protocols', 'forward-ports', 'rich rules'].map(field);
  if (target === undefined || services === undefined || ports === undefined) return undefined;
  const others = [protocols, forwarded, rich, field('source-ports')];
  if (others.some((one) => one === undefined || one.words.length > 0)) return undefined;
  // `default` rejects what no rule lets in (src/firewall/core/nftables.py: reject with icmpx admin-prohibited); DROP is silent.
  if (!/^(?:default|%%REJECT%%)$/.test(target.words[0] ?? '')) return undefined;
  const isOpen =
    ports.words.some((word) => holds(word, port)) ||
    services.words.some((name) => SERVICES[name]?.includes(port) ?? true);
  return isOpen ? undefined : [target.line, services.line, ports.line];
}

/** `8080/tcp`, `9000-9010/udp`. */
function holds(word: string, port: number): boolean {
  const [, from = '', to = from, protocol] =
    /^(\d{1,5})(?:-(\d{1,5}))?\/(\w{2,10})$/.exec(word) ?? [];
  if (protocol === undefined) return true;
  return protocol === 'tcp' && Number(from) <= port && port <= Number(to);
}

/** The TCP ports of firewalld's own services (config/services/*.xml); any other may hold any port. */
const SERVICES: Readonly<Record<string, readonly number[]>> = {
  cockpit: [9090],
  'dhcpv6-client': [],
  dns: [53],
  ftp: [21],
  http: [80],
  https: [443],
  imap: [143],
  imaps: [993],
  'ipp-client': [],
  kerberos: [88],
  ldap: [389],
  ldaps: [636],
  mdns: [],
  mountd: [20048],
  mysql: [3306],
  nfs: [2049],
  ntp: [],
  postgresql: [5432],
  redis: [6379],
  'rpc-bind': [111],
  'samba-client': [],
  smtp: [25],
  snmp: [161],
  ssh: [22],
  syslog: [],
  'tftp-client': [],
  wireguard: [],
};
