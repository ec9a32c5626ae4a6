import type { Following } from '../../captures/follow.ts';
import type { Point, Sighting } from '../../captures/points.ts';
import { citation } from '../../facts/loss.ts';
import type { Symptom } from '../symptoms.ts';

/** Protocols over UDP in which every request wants an answer from the port that was asked (IANA's service names and ports). */
const ANSWERED: Readonly<Record<number, string>> = {
  67: 'DHCP',
  88: 'Kerberos',
  123: 'NTP',
  161: 'SNMP',
  500: 'IKE',
  1812: 'RADIUS',
  1813: 'RADIUS',
};

/** Chance loses one, and a slow server two. */
const LEAST_REQUESTS = 3;
/** Microseconds between the first and the last of them. */
const LEAST_SPAN = 1_900_000;

/** Requests, other than those of DNS, TCP and ARP, that a capture shows again and again and never an answer to. */
export function unansweredRequests({ points }: Following): readonly Symptom[] {
  return points
    .filter(({ lossy }) => !lossy)
    .flatMap((point) =>
      [...requestsAt(point), ...solicitationsAt(point)].flatMap((one) => symptomOf(point, one)),
    );
}

interface Asked {
  readonly target: string;
  readonly requests: readonly Sighting[];
}

/** What went to ports that answer every request, and is not answered. */
function requestsAt(point: Point): readonly Asked[] {
  const asked = new Map<string, Sighting[]>();
  const answering = new Set<string>();
  for (const sighting of point.others) {
    const { protocol, source, destination } = sighting.packet;
    if (protocol !== 'udp' || source.port === null || destination.port === null) continue;
    if (source.port in ANSWERED) {
      answering.add(`${source.host} ${source.port}`);
      // Who asks all is answered by one.
      answering.add(`${EVERYBODY} ${source.port}`);
    }
    if (!(destination.port in ANSWERED)) continue;
    const key = `${source.host} ${destination.host} ${destination.port}`;
    asked.set(key, [...(asked.get(key) ?? []), sighting]);
  }
  return [...asked.values()].flatMap((requests): readonly Asked[] => {
    const { host: server = '', port = null } = requests[0]?.packet.destination ?? {};
    if (answering.has(`${server} ${port}`)) return [];
    return [{ target: `${ANSWERED[port ?? 0]} ${server}`, requests }];
  });
}

const EVERYBODY = '255.255.255.255';

/** Neighbour discovery of IPv6 (RFC 4861, 7.2): `neighbor solicitation, who has X`, `neighbor advertisement, tgt is X` (print-icmp6.c). */
function solicitationsAt(point: Point): readonly Asked[] {
  const asked = new Map<string, Sighting[]>();
  const answered = new Set<string>();
  for (const sighting of point.others) {
    const { icmp, source } = sighting.packet;
    const [, what, address = ''] = NEIGHBOUR.exec(icmp?.message ?? '') ?? [];
    if (what === 'advertisement') answered.add(address);
    // Who has no address yet asks for its own and hopes for silence (RFC 4862, 5.4).
    if (what !== 'solicitation' || source.host === '::') continue;
    const key = `${source.host} ${address}`;
    asked.set(key, [...(asked.get(key) ?? []), sighting]);
  }
  return [...asked].flatMap(([key, requests]) => {
    const address = key.slice(key.indexOf(' ') + 1);
    return answered.has(address) ? [] : [{ target: `ND ${address}`, requests }];
  });
}

const NEIGHBOUR = /^neighbor (solicitation|advertisement), (?:who has|tgt is) ([\da-fA-F:.]+)/;

function symptomOf({ host }: Point, { target, requests }: Asked): readonly Symptom[] {
  const [first, last] = [requests[0], requests.at(-1)];
  if (first?.time == null || last?.time == null || requests.length < LEAST_REQUESTS) return [];
  if (last.time - first.time < LEAST_SPAN) return [];
  const at = [citation(first), citation(last)];
  const outcome = String(requests.length);
  return [{ id: 'request-unanswered', host, target, outcome, server: null, at }];
}
