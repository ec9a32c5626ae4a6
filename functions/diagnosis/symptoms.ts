import type { Evidence } from '../artefacts/evidence.ts';
import type { Following } from '../captures/follow.ts';
import { unansweredArpings } from '../facts/arpings-in-vain.ts';
import { askedFor, isAskedAgain } from '../facts/silent-neighbour.ts';
import { unfinishedTraces } from '../facts/unfinished-traces.ts';
import type { Citation } from '../primitives/reading.ts';
import { blockedPackets } from './symptoms/blocked-packets.ts';
import { bondsDown } from './symptoms/bond-symptoms.ts';
import { brokenConnections } from './symptoms/broken-connections.ts';
import { refusedCertificates, wrongClocks } from './symptoms/clock-symptoms.ts';
import { countedOverflows } from './symptoms/counted-overflows.ts';
import { packetsCounted } from './symptoms/counted-packets.ts';
import { deadDefaults } from './symptoms/dead-defaults.ts';
import { deniedFlows } from './symptoms/denied-flows.ts';
import { differentTags } from './symptoms/different-tags.ts';
import { dnsmasqTroubles } from './symptoms/dnsmasq-symptoms.ts';
import { emptyServices } from './symptoms/empty-services.ts';
import { failedConnections } from './symptoms/failed-connections.ts';
import { failedProbes } from './symptoms/failed-probes.ts';
import { frameErrors } from './symptoms/frame-errors.ts';
import { fullQueues } from './symptoms/full-queues.ts';
import { tablesAtLimit } from './symptoms/full-tables.ts';
import { gatewayErrors } from './symptoms/gateway-errors.ts';
import { heapedSockets } from './symptoms/heaped-sockets.ts';
import { iperfTroubles } from './symptoms/iperf-symptoms.ts';
import { kernelComplaints } from './symptoms/kernel-complaints.ts';
import { killedProcesses } from './symptoms/killed-processes.ts';
import { linkTroubles } from './symptoms/link-troubles.ts';
import { capturedLookups, toldLookups } from './symptoms/lookup-symptoms.ts';
import { managedLinkTroubles } from './symptoms/managed-links.ts';
import { martianPackets } from './symptoms/martian-packets.ts';
import { missingLeases } from './symptoms/missing-leases.ts';
import { oddAnswers } from './symptoms/odd-answers.ts';
import { openQuestions } from './symptoms/open-capture.ts';
import { doubledPings, lossyPings, silentPings, slowPings } from './symptoms/ping-symptoms.ts';
import { proxyTroubles } from './symptoms/proxy-symptoms.ts';
import { refusedTraces } from './symptoms/refused-traces.ts';
import { brokenPeers, ciliumTroubles } from './symptoms/routing-peers.ts';
import { silentPeers } from './symptoms/silent-peers.ts';
import { stuckSockets, unansweredSockets } from './symptoms/stuck-sockets.ts';
import { takenAddresses } from './symptoms/taken-addresses.ts';
import { unaddressedCards } from './symptoms/unaddressed-cards.ts';
import { unansweredRequests } from './symptoms/unanswered-requests.ts';
import { unbuiltSandboxes } from './symptoms/unbuilt-sandboxes.ts';
import { unheardAnswers } from './symptoms/unheard-answers.ts';
import { unreadyNodes } from './symptoms/unready-nodes.ts';
import { unreadyPods } from './symptoms/unready-pods.ts';
import { unrepliedFlows } from './symptoms/unreplied-flows.ts';
import { unservedConnections } from './symptoms/unserved-connections.ts';
import { windowsWithoutAddress } from './symptoms/windows-addresses.ts';

/** Something in the paste that failed, whether or not a rule knows why: a paste that shows it is not healthy. */
export interface Symptom {
  readonly id:
    | 'connection-failed'
    | 'answered-from-elsewhere'
    | 'answered-with-other-id'
    | 'answered-late'
    | 'answer-unheard'
    | 'servers-differ'
    | 'echoes-lost'
    | 'echoes-doubled'
    | 'request-unanswered'
    | 'gateway-error'
    | 'neighbour-silent'
    | 'vlan-differs'
    | 'trace-unfinished'
    | 'trace-silent'
    | 'lookup-failed'
    | 'lookup-slow'
    | 'questions-open'
    | 'forwarding-failed'
    | 'packets-counted'
    | 'datagrams-overflowed'
    | 'connections-overflowed'
    | 'packets-dropped'
    | 'table-at-limit'
    | 'bond-down'
    | 'bond-port-down'
    | 'link-down'
    | 'link-flaps'
    | 'link-off'
    | 'card-hung'
    | 'card-unaddressed'
    | 'half-duplex'
    | 'address-taken'
    | 'handshake-missing'
    | 'handshake-old'
    | 'packets-blocked'
    | 'flow-denied'
    | 'program-failed'
    | 'server-not-responding'
    | 'tcp-scarce'
    | 'trace-refused'
    | 'lease-missing'
    | 'service-without-endpoints'
    | 'transmit-errors'
    | 'default-route-dead'
    | 'process-killed'
    | 'echoes-slow'
    | 'sockets-unclosed'
    | 'sockets-unanswered'
    | 'martian-source'
    | 'sandbox-without-network'
    | 'receive-errors'
    | 'no-nameserver'
    | 'network-pod-not-ready'
    | 'probe-failed'
    | 'node-not-ready'
    | 'clock-off'
    | 'transfer-stood-still'
    | 'datagrams-lost'
    | 'felix-stopped'
    | 'peer-down'
    | 'node-unreached'
    | 'nodes-unreached'
    | 'proxy-failed'
    | 'pods-unreached'
    | 'agent-failing'
    | 'link-not-set-up'
    | 'address-awaited'
    | 'lease-lost'
    | 'route-not-set'
    | 'queue-dropped'
    | 'queue-dropping';
  readonly host: string | null;
  /** What could not be reached, as the tool names it; null where it does not. */
  readonly target: string | null;
  /** How it failed, by a name that report/words.ts tells, or in a log's own words; of a slow lookup, its milliseconds; of a counter, its value; of an answer from elsewhere, its address; of a neighbour, the requests; of a trace, the last hop that answered; of an answer that nobody heard, the milliseconds until the question came again; of echoes, the percentage or how many came twice; of requests and lost links, how many; of a martian, the card; of a clock, the seconds by which it is off; of frames with different tags, those on the host and on the other one, which is the server. */
  readonly outcome: string;
  /** Of a lookup: the server that was asked, where it is known. */
  readonly server: string | null;
  readonly at: readonly Citation[];
}

/** Finds what failed. */
export function symptomsIn(
  evidence: readonly Evidence[],
  following: Following,
): readonly Symptom[] {
  return [
    ...oddAnswers(evidence, following),
    ...capturedLookups(following),
    ...failedConnections(evidence),
    ...refusedCertificates(evidence),
    ...brokenConnections(following),
    ...unservedConnections(following),
    ...stuckSockets(evidence),
    ...unansweredSockets(evidence),
    ...unrepliedFlows(evidence),
    ...unheardAnswers(following),
    ...silentPings(evidence),
    ...lossyPings(evidence),
    ...differentTags(following),
    ...silentNeighbours(following, evidence),
    ...endlessTraces(evidence),
    ...toldLookups(evidence),
    ...unansweredRequests(following),
    ...gatewayErrors(evidence),
    ...doubledPings(evidence),
    ...slowPings(evidence),
    ...heapedSockets(evidence),
    ...unaddressedCards(evidence),
    ...takenAddresses(evidence),
    ...silentPeers(evidence),
    ...blockedPackets(evidence),
    ...deniedFlows(evidence),
    ...deadDefaults(evidence),
    ...killedProcesses(evidence),
    ...kernelComplaints(evidence),
    ...refusedTraces(evidence),
    ...missingLeases(evidence),
    ...emptyServices(evidence),
    ...linkTroubles(evidence),
    ...martianPackets(evidence),
    ...unbuiltSandboxes(evidence),
    ...frameErrors(evidence),
    ...unreadyPods(evidence),
    ...failedProbes(evidence),
    ...unreadyNodes(evidence),
    ...packetsCounted(evidence, following.points.length > 0),
    ...countedOverflows(evidence, following.points.length > 0),
    ...tablesAtLimit(evidence),
    ...bondsDown(evidence),
    ...dnsmasqTroubles(evidence),
    ...wrongClocks(evidence),
    ...brokenPeers(evidence),
    ...ciliumTroubles(evidence),
    ...proxyTroubles(evidence),
    ...iperfTroubles(evidence),
    ...managedLinkTroubles(evidence),
    ...fullQueues(evidence),
    ...windowsWithoutAddress(evidence),
    ...openQuestions(following),
  ];
}

/** Addresses that somebody asked for again and again by ARP, in a capture or by hand, and nobody was seen to answer. */
function silentNeighbours(following: Following, evidence: readonly Evidence[]): readonly Symptom[] {
  const hosts = new Set(following.points.map(({ host }) => host));
  const captured = [...hosts].flatMap((host) =>
    askedFor({ following, host })
      .filter(isAskedAgain)
      .map((one) => ({ ...one, host })),
  );
  return [...captured, ...unansweredArpings(evidence)].map(
    ({ host, address: target, count, at }): Symptom => ({
      id: 'neighbour-silent',
      host,
      target,
      outcome: String(count),
      server: null,
      at,
    }),
  );
}

/** Traces that end in silence; where the destination answers something else, they are as they should be. */
function endlessTraces(evidence: readonly Evidence[]): readonly Symptom[] {
  return unfinishedTraces(evidence).map(
    ({ host, target, last, at }): Symptom => ({
      id: last === null ? 'trace-silent' : 'trace-unfinished',
      host,
      target,
      outcome: last ?? '',
      server: null,
      at,
    }),
  );
}
