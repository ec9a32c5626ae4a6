import { FORM } from '../artefacts/digest.ts';
import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Packet } from '../artefacts/packet.ts';
import { lookup } from '../artefacts/route.ts';
import { type Exchange, sightedAt } from '../captures/exchanges.ts';
import { answeredBy, type Following } from '../captures/follow.ts';
import type { Sighting } from '../captures/points.ts';
import { contains } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import { once } from '../primitives/once.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { readingsOf } from './conntrack-clash.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { citation } from './loss.ts';
import { targetsOf } from './targets.ts';
import { starsThoughReached } from './unfinished-traces.ts';

/** What alarms people and proves nothing, where it takes more than one line or one output to see. */
export const lookAlikes = defineJoin({
  question: 'look-alikes',
  needs: ['tcpdump'],
  facts: {
    offloadedChecksum: shown(
      'a checksum is bad where the packet was sent and right where it was received',
      ({ following }) => offloadedChecksums(following),
    ),
    clashWithoutDrop: shown('insert_failed counts and drop is 0', clashesWithoutDrop),
    searchNxdomain: shown('NXDOMAIN for a name with a search suffix', searchSteps),
    aaaaWithoutAddress: shown(
      'an AAAA question got an empty NOERROR while the A question got an address',
      ({ following }) => emptyAaaa(following),
    ),
    seenTwice: shown('`-i any` shows one packet on several interfaces', ({ following }) =>
      seenTwice(following),
    ),
    longerThanMtu: shown(
      'a packet is longer than the MTU of the interface it was captured on',
      longerThanMtu,
    ),
    idleBridge: shown('the bridge of containers or guests is down', idleBridges),
    ownBlock: shown('Calico refuses what is left of its own block', ownBlocks),
    dropAfterAccepts: shown(
      'FORWARD drops by its policy, accepts by its rules, and nothing fell to the policy',
      dropsAfterAccepts,
    ),
    tunnelStateUnknown: shown('a tunnel device is up and its state UNKNOWN', statelessTunnels),
    starsThoughReached: shown(
      'a trace ends in silence and its destination answers something else',
      ({ all }) => starsThoughReached(all)?.at ?? [],
    ),
    redirect: shown('an ICMP redirect', ({ following }) =>
      following.points.flatMap(({ others }) =>
        others.filter(({ packet }) => packet.icmp?.message.startsWith('redirect')).map(citation),
      ),
    ),
  },
});

/** True with the lines that show it; unknown where no line does, for nobody needs to hear that it is absent. */
function shown(is: string, find: (view: View) => readonly Citation[]): JoinedFact {
  const of = (view: View): Reading<boolean> => {
    const at = find(view);
    return at.length === 0 ? unknown('not shown') : known(true, at.slice(0, MOST_LINES));
  };
  return { type: 'flag', is, of };
}

const MOST_LINES = 4;

/** Bad where the sender's card fills it in later, right where the same packet was received (tcpdump print-udp.c). */
function offloadedChecksums({ unsettled }: Following): readonly Citation[] {
  return unsettled.flatMap((exchange) => {
    const all = sightedAt(exchange).flatMap(({ requests, responses }) => [
      ...requests,
      ...responses,
    ]);
    return all.flatMap((bad) => {
      if (bad.packet.checksum !== 'bad') return [];
      const good = all.find(
        ({ packet }) =>
          packet.checksum === 'ok' &&
          packet.ipId === bad.packet.ipId &&
          packet.dns?.response === bad.packet.dns?.response,
      );
      return good === undefined ? [] : [citation(bad), citation(good)];
    });
  });
}

function clashesWithoutDrop({ own }: View): readonly Citation[] {
  return readingsOf({ own }).flatMap(({ artefact, reading, early, late }) =>
    early || late
      ? []
      : reading.rows.flatMap(({ line, counters }) =>
          (counters.get('insert_failed') ?? 0) > 0 && counters.get('drop') === 0
            ? [cite(artefact, line)]
            : [],
        ),
  );
}

/** With a search list, NXDOMAIN for `name.suffix` is the normal course until the name itself is tried. */
function searchSteps({ all, following }: View): readonly Citation[] {
  const suffixes = ofKind(all, 'resolv-conf').flatMap(
    ({ content }) => content.search?.domains ?? [],
  );
  const found: Citation[] = [];
  const isStep = (question: string) => {
    const name = question.replace(/\.$/, '');
    return (
      name.endsWith('.cluster.local') || suffixes.some((suffix) => name.endsWith(`.${suffix}`))
    );
  };
  for (const exchange of answeredBy(following, FORM.negative, isStep)) {
    if (found.length === MOST_LINES) break;
    if (!isStep(exchange.dns?.qname ?? '')) continue;
    const negative = answersTo(exchange).find(({ packet }) => packet.dns?.rcode === 'NXDomain');
    if (negative !== undefined) found.push(citation(negative));
  }
  return found;
}

function answersTo(exchange: Exchange): readonly Sighting[] {
  return sightedAt(exchange).flatMap(({ responses }) => responses);
}

/** The name exists and has no IPv6 address: RFC 2308 calls it NODATA. */
function emptyAaaa(following: Following): readonly Citation[] {
  const withAddress = once(() => namesWithAddress(following));
  const found: Citation[] = [];
  for (const exchange of answeredBy(following, FORM.empty, (question) =>
    question.startsWith('AAAA? '),
  )) {
    if (found.length === MOST_LINES) break;
    if (exchange.dns?.qtype !== 'AAAA' || !withAddress().has(exchange.dns.qname)) continue;
    const empty = answersTo(exchange).find(
      ({ packet: { dns } }) =>
        dns?.rcode === 'NoError' && dns.counts?.[0] === 0 && !dns.truncatedAnswer,
    );
    if (empty !== undefined) found.push(citation(empty));
  }
  return found;
}

const A = 'A? ';

function namesWithAddress({ settled, unsettled }: Following): ReadonlySet<string> {
  const names = new Set<string>();
  for (const exchange of unsettled)
    if (exchange.dns?.qtype === 'A' && answersTo(exchange).some(hasRecords))
      names.add(exchange.dns.qname);
  for (const { question, form } of settled?.outcomes() ?? [])
    if (form === FORM.answer && question.startsWith(A)) names.add(question.slice(A.length));
  return names;
}

function hasRecords({ packet }: Sighting): boolean {
  return (packet.dns?.counts?.[0] ?? 0) > 0;
}

/** On its way through a host a packet passes the veth, the bridge and the card: one capture shows it several times. */
function seenTwice({ unsettled }: Following): readonly Citation[] {
  return unsettled.flatMap((exchange) => {
    const asked = sightedAt(exchange).flatMap(({ requests }) => requests);
    const [first, ...rest] = asked.filter(({ outer }) => outer.interface !== null);
    const again = rest.find(
      ({ evidence, outer, packet }) =>
        evidence === first?.evidence &&
        outer.interface !== first.outer.interface &&
        packet.ipId !== null &&
        packet.ipId === first.packet.ipId,
    );
    return first === undefined || again === undefined ? [] : [citation(first), citation(again)];
  });
}

/** The sender's card cuts large segments later (TSO, GSO), the receiver's joins them earlier (GRO). */
function longerThanMtu({ own, following, host }: View): readonly Citation[] {
  const mtus = new Map(
    ofKind(own, 'link').flatMap(({ content }) =>
      content.links.map((link) => [link.name, link.mtu] as const),
    ),
  );
  return following.points
    .filter((point) => point.host === host)
    .flatMap((point) => {
      const mtu = mtus.get(point.interface ?? '');
      if (mtu == null) return [];
      return point.sightings.filter(({ outer }) => lengthOf(outer) > mtu).map(citation);
    });
}

const TCP_AND_IP_HEADERS = 40;

function lengthOf({ ipLength, payload, tcp }: Packet): number {
  return ipLength ?? (tcp === null ? 0 : (payload ?? 0) + TCP_AND_IP_HEADERS);
}

/** docker0 and virbr0 without a container or guest: only their own network is affected. */
function idleBridges({ own }: View): readonly Citation[] {
  return ofKind(own, 'route').flatMap(({ artefact, content }) =>
    content.routes.flatMap(({ dev, flags, line }) =>
      /^(?:docker|virbr|br-)/.test(dev ?? '') && flags.includes('linkdown')
        ? [cite(artefact, line)]
        : [],
    ),
  );
}

/**
 * Calico's node refuses what of its own block no pod has, so that it does not travel on by the default route: the pods
 * have longer routes beside it. An address that could not be reached and ends in it is another matter.
 */
function ownBlocks(view: View): readonly Citation[] {
  const targets = targetsOf(view);
  return ofKind(view.own, 'route').flatMap(({ artefact, content: { routes } }) =>
    routes.flatMap((block) => {
      const { type, prefix, other, line } = block;
      if (type !== 'blackhole' || prefix === null || !BLOCK_OWNERS.has(other.get('proto') ?? ''))
        return [];
      const hasPods = routes.some(
        (pod) => /^cali/.test(pod.dev ?? '') && pod.prefix !== null && contains(prefix, pod.prefix),
      );
      const isHit = targets.some(({ address }) => lookup(routes, address) === block);
      return hasPods && !isHit ? [cite(artefact, line)] : [];
    }),
  );
}

/** BIRD, and Felix by its number in the kernel's list of protocols. */
const BLOCK_OWNERS: ReadonlySet<string> = new Set(['bird', '80']);

/** Docker and careful administrators drop by default and accept by rule: only what fell to the policy was dropped. */
function dropsAfterAccepts({ own, loss }: View): readonly Citation[] {
  if (loss !== null) return [];
  return ofKind(own, 'iptables').flatMap(({ artefact, content }) => {
    const { chains = [], rules = [] } = content.readings.at(-1) ?? {};
    return chains.flatMap(({ name, table, policy, packets, line }) =>
      name === 'FORWARD' &&
      policy === 'DROP' &&
      packets === 0 &&
      rules.some((rule) => rule.chain === name && rule.table === table && rule.target === 'ACCEPT')
        ? [cite(artefact, line)]
        : [],
    );
  });
}

/** Drivers without a carrier of their own never leave IF_OPER_UNKNOWN (Documentation/networking/operstates.rst). */
function statelessTunnels({ own }: View): readonly Citation[] {
  return ofKind(own, 'link').flatMap(({ artefact, content }) =>
    content.links.flatMap(({ state, name, line }) =>
      state === 'UNKNOWN' && deviceRole(name) === 'tunnel' ? [cite(artefact, line)] : [],
    ),
  );
}
