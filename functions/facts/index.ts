import type { FactOf, FactValue, KindDefinition } from '../artefacts/define.ts';
import { cite, type Kind, ofKind } from '../artefacts/evidence.ts';
import { kinds } from '../artefacts/index.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { acceptQueue } from './accept-queue.ts';
import { addressRanges } from './address-ranges.ts';
import { attempt } from './attempt.ts';
import { ban } from './ban.ts';
import { cLibrary } from './c-library.ts';
import { calledService } from './called-service.ts';
import { clientRefused } from './client-refused.ts';
import { clientStopped } from './client-stopped.ts';
import { clients } from './clients.ts';
import { clocks } from './clocks.ts';
import { clusterDns } from './cluster-dns.ts';
import { connectTiming } from './connect-timing.ts';
import { conntrackClash } from './conntrack-clash.ts';
import { conntrackGrowth } from './conntrack-growth.ts';
import { conntrackRoom } from './conntrack-room.ts';
import { corednsCpu } from './coredns-cpu.ts';
import { counterGrowth } from './counter-growth.ts';
import { datedCertificate } from './dated-certificate.ts';
import { deadDevice } from './dead-device.ts';
import type { FactPlaces, FactRow, FactSheet, Join, View } from './define.ts';
import { dnsAnswers } from './dns-answers.ts';
import { dnsConfigEvent } from './dns-config-event.ts';
import { dnsFaults } from './dns-faults.ts';
import { dnsForward } from './dns-forward.ts';
import { dnsFragments } from './dns-fragments.ts';
import { dnsLog } from './dns-log.ts';
import { dnsMetrics } from './dns-metrics.ts';
import { egressPolicy } from './egress-policy.ts';
import { failingServer } from './failing-server.ts';
import { firewall } from './firewall.ts';
import { firewallLog } from './firewall-log.ts';
import { firewalldZone } from './firewalld-zone.ts';
import { foreignAnswer } from './foreign-answer.ts';
import { foreignFrames } from './foreign-frames.ts';
import { forwardLoop } from './forward-loop.ts';
import { forwardShown } from './forward-shown.ts';
import { goneHost } from './gone-host.ts';
import { hairpin } from './hairpin.ts';
import { halfDuplex } from './half-duplex.ts';
import { hiddenClient } from './hidden-client.ts';
import { icmpErrors } from './icmp-errors.ts';
import { ipvs } from './ipvs.ts';
import { kernel } from './kernel.ts';
import { listener } from './listener.ts';
import { localEndpoints } from './local-endpoints.ts';
import { localPorts } from './local-ports.ts';
import { lookAlikes } from './look-alikes.ts';
import { lookups } from './lookups.ts';
import { loss } from './loss.ts';
import { lossSize } from './loss-size.ts';
import { namedPort } from './named-port.ts';
import { neighbourRoom } from './neighbour-room.ts';
import { nextHop } from './next-hop.ts';
import { nextRouter } from './next-router.ts';
import { nicDrops } from './nic-drops.ts';
import { noWay } from './no-way.ts';
import { nodeCache } from './node-cache.ts';
import { inOrder } from './order.ts';
import { ownWord } from './own-word.ts';
import { packetQueue } from './packet-queue.ts';
import { partDrop } from './part-drop.ts';
import { pathSize } from './path-size.ts';
import { podCidr } from './pod-cidr.ts';
import { podResolver } from './pod-resolver.ts';
import { podRoute } from './pod-route.ts';
import { policyDrops } from './policy-drops.ts';
import { policyVerdicts } from './policy-verdicts.ts';
import { proxyArp } from './proxy-arp.ts';
import { reachedElsewhere } from './reached-elsewhere.ts';
import { realServer } from './real-server.ts';
import { receiveBuffer } from './receive-buffer.ts';
import { refusedWay } from './refused-way.ts';
import { refusingRoute } from './refusing-route.ts';
import { rejectedPort } from './rejected-port.ts';
import { replyWay } from './reply-way.ts';
import { resetOrigin } from './reset-origin.ts';
import { resolver } from './resolver.ts';
import { retransmissions } from './retransmissions.ts';
import { reversePath } from './reverse-path.ts';
import { searchList } from './search-list.ts';
import { searchSteps } from './search-steps.ts';
import { searchedRules } from './searched-rules.ts';
import { serviceRules } from './service-rules.ts';
import { silentNeighbour } from './silent-neighbour.ts';
import { snatRange } from './snat-range.ts';
import { sourcePorts } from './source-ports.ts';
import { splitWay } from './split-way.ts';
import { staleEndpoints } from './stale-endpoints.ts';
import { staleFlows } from './stale-flows.ts';
import { targetPort } from './target-port.ts';
import { tcpConnect } from './tcp-connect.ts';
import { tcpSession } from './tcp-session.ts';
import { tcpSize } from './tcp-size.ts';
import { traffic } from './traffic.ts';
import { transit } from './transit.ts';
import { tunnelEnds } from './tunnel-ends.ts';
import { tunnelInput } from './tunnel-input.ts';
import { twoMacs } from './two-macs.ts';
import { ufwRefusal } from './ufw-refusal.ts';
import { uncoveredService } from './uncovered-service.ts';
import { unforwarded } from './unforwarded.ts';
import { unheardUpstream } from './unheard-upstream.ts';
import { unserved } from './unserved.ts';
import { unservedNode } from './unserved-node.ts';
import { untranslated } from './untranslated.ts';
import { vlanTag } from './vlan-tag.ts';
import { vtep } from './vtep.ts';
import { vtepMac } from './vtep-mac.ts';
import { vxlanChecksum } from './vxlan-checksum.ts';
import { wayBack } from './way-back.ts';

/** The questions that need more than one artefact; the only place that names them all. */
export const joins: readonly Join[] = [
  attempt,
  dnsConfigEvent,
  egressPolicy,
  podCidr,
  packetQueue,
  podResolver,
  serviceRules,
  ban,
  searchedRules,
  calledService,
  clients,
  cLibrary,
  clocks,
  clusterDns,
  connectTiming,
  conntrackClash,
  conntrackGrowth,
  conntrackRoom,
  counterGrowth,
  corednsCpu,
  datedCertificate,
  deadDevice,
  dnsAnswers,
  icmpErrors,
  dnsFaults,
  failingServer,
  dnsForward,
  dnsFragments,
  dnsLog,
  dnsMetrics,
  firewall,
  clientRefused,
  clientStopped,
  forwardLoop,
  forwardShown,
  tunnelInput,
  tunnelEnds,
  kernel,
  listener,
  localEndpoints,
  localPorts,
  lookAlikes,
  lookups,
  loss,
  lossSize,
  partDrop,
  pathSize,
  namedPort,
  neighbourRoom,
  nextHop,
  nextRouter,
  acceptQueue,
  addressRanges,
  nicDrops,
  noWay,
  nodeCache,
  podRoute,
  policyDrops,
  policyVerdicts,
  reachedElsewhere,
  receiveBuffer,
  refusedWay,
  refusingRoute,
  rejectedPort,
  resetOrigin,
  resolver,
  retransmissions,
  reversePath,
  searchList,
  searchSteps,
  silentNeighbour,
  ownWord,
  goneHost,
  snatRange,
  sourcePorts,
  tcpConnect,
  tcpSession,
  tcpSize,
  twoMacs,
  traffic,
  transit,
  vtep,
  vtepMac,
  halfDuplex,
  hairpin,
  hiddenClient,
  ipvs,
  splitWay,
  staleEndpoints,
  staleFlows,
  targetPort,
  uncoveredService,
  unforwarded,
  unheardUpstream,
  unservedNode,
  unserved,
  untranslated,
  firewallLog,
  ufwRefusal,
  vlanTag,
  proxyArp,
  realServer,
  firewalldZone,
  foreignAnswer,
  foreignFrames,
  vxlanChecksum,
  replyWay,
  wayBack,
];

// The content type of each kind is its own; the table only passes contents to the facts that were declared with them.
const definitions = kinds as unknown as readonly KindDefinition<Kind, never>[];

/** Every fact a rule may test: its id, type and meaning, and what to paste to learn it. */
export const factTable: readonly FactRow[] = [
  ...definitions.flatMap((kind) =>
    Object.entries(kind.facts).map(([name, fact]) => ({
      id: `${kind.kind}.${name}`,
      type: fact.type,
      is: fact.is,
      needs: [kind.kind],
    })),
  ),
  ...joins.flatMap((join) =>
    Object.entries(join.facts).map(([name, fact]) => ({
      id: `${join.question}.${name}`,
      type: fact.type,
      is: fact.is,
      needs: join.needs,
    })),
  ),
];

/** The facts of one vantage point, each worked out when first asked for. */
export function derive(view: View): FactSheet {
  const sheet = new Map<string, Reading<FactValue>>();
  return (id) => {
    const known = sheet.get(id) ?? work(view, id);
    sheet.set(id, known);
    return known;
  };
}

/** The places of one vantage point's facts. */
export function placesOf(view: View): FactPlaces {
  return (id) => joined.get(id)?.place?.(view);
}

const joined: ReadonlyMap<string, Join['facts'][string]> = new Map(
  joins.flatMap(({ question, facts }) =>
    Object.entries(facts).map(([name, fact]) => [`${question}.${name}`, fact] as const),
  ),
);

const single: ReadonlyMap<string, { readonly kind: Kind; readonly fact: FactOf<never> }> = new Map(
  definitions.flatMap(({ kind, facts }) =>
    Object.entries(facts).map(([name, fact]) => [`${kind}.${name}`, { kind, fact }] as const),
  ),
);

function work(view: View, id: string): Reading<FactValue> {
  const join = joined.get(id);
  if (join !== undefined) return join.of(view);
  const own = single.get(id);
  return own === undefined ? unknown('no such fact') : latest(view, own.kind, own.fact);
}

/** The value in the latest artefact of the kind that gives it. */
function latest(view: View, kind: Kind, fact: FactOf<never>): Reading<FactValue> {
  let why = 'not pasted';
  for (const evidence of inOrder(ofKind(view.own, kind)).toReversed()) {
    const local = fact.of(evidence.content as never);
    if (local.known)
      return known<FactValue>(
        local.value,
        local.lines.map((line) => cite(evidence.artefact, line)),
      );
    why = local.why;
  }
  return unknown(why);
}
