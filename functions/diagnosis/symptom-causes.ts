import type { Catalogue } from '../catalogue/catalogue.ts';
import type { VantageRule } from '../catalogue/vantage-rule.ts';
import { STAND_IN } from '../facts/proxy-arp.ts';
import { lookupOf } from './lookup-symptom.ts';
import type { Symptom } from './symptoms.ts';
import type { Vantage } from './vantage.ts';

type Causes = readonly string[];

/** What may be behind a symptom, in order of prior, where no rule knows why; `at` is where it was seen. */
export function causesOf(
  symptom: Symptom,
  { vantage }: Catalogue,
  at: Vantage | undefined,
): Causes {
  const { id, outcome } = symptom;
  const how = lookupOf(symptom, at);
  if (how !== undefined) return vantage.lookups[how];
  if (id === 'neighbour-silent' && symptom.target === STAND_IN) return vantage.proxied;
  if (id !== 'connection-failed' && id !== 'probe-failed')
    return (BY_SYMPTOM[id] ?? nothing)(vantage);
  const of = BY_OUTCOME[outcome] ?? (({ connections }) => connections.silent);
  return of(vantage);
}

type Find = (vantage: VantageRule) => Causes;

const failedLookup: Find = ({ lookups }) => lookups.failed;
const unreached: Find = ({ unreached: causes }) => causes;
const card: Find = ({ card: causes }) => causes;
const lossy: Find = ({ lossy: causes }) => causes;
const unheard: Find = ({ unheard: causes }) => causes;
const counted: Find = ({ counted: causes }) => causes;
const dated: Find = ({ connections }) => connections.dated;
const reset: Find = ({ connections }) => connections.reset;
const stalled: Find = ({ connections }) => connections.stalled;
const unreachable: Find = ({ connections }) => connections.unreachable;
const tunnel: Find = ({ tunnel: causes }) => causes;
const unpeered: Find = ({ unpeered: causes }) => causes;
const nothing: Find = () => [];

const BY_SYMPTOM: Readonly<Partial<Record<Symptom['id'], Find>>> = {
  'answer-unheard': unheard,
  'martian-source': unheard,
  'packets-counted': counted,
  'packets-dropped': counted,
  'datagrams-overflowed': ({ overflowed }) => overflowed.datagrams,
  'connections-overflowed': ({ overflowed }) => overflowed.connections,
  'echoes-lost': lossy,
  'echoes-doubled': ({ doubled }) => doubled,
  'gateway-error': ({ gateway }) => gateway,
  'link-down': card,
  'link-flaps': card,
  'link-off': card,
  'card-hung': card,
  'half-duplex': card,
  'address-taken': ({ doubled }) => doubled,
  'handshake-missing': tunnel,
  'handshake-old': tunnel,
  'server-not-responding': unreached,
  'trace-refused': ({ blocked }) => blocked,
  'service-without-endpoints': ({ gateway }) => gateway,
  'sockets-unanswered': ({ connections }) => connections.silent,
  'neighbour-silent': unreached,
  'vlan-differs': ({ tagged }) => tagged,
  'request-unanswered': unreached,
  'trace-unfinished': unreached,
  'trace-silent': unreached,
  'receive-errors': lossy,
  'transmit-errors': lossy,
  'flow-denied': ({ denied }) => denied,
  'packets-blocked': ({ blocked }) => blocked,
  'default-route-dead': card,
  'no-nameserver': failedLookup,
  // One that is not ready is often one that is not reached.
  'network-pod-not-ready': unreached,
  'node-not-ready': unreached,
  'sandbox-without-network': unreached,
  'clock-off': dated,
  'table-at-limit': counted,
  'bond-down': lossy,
  'bond-port-down': lossy,
  'transfer-stood-still': stalled,
  'datagrams-lost': ({ lossy: causes, overflowed }) => [...overflowed.datagrams, ...causes],
  'felix-stopped': unreached,
  'peer-down': unpeered,
  'node-unreached': unreached,
  'nodes-unreached': unreached,
  'proxy-failed': ({ gateway }) => gateway,
  'pods-unreached': ({ overlay }) => overlay,
  'agent-failing': unreached,
  'route-not-set': unreachable,
  'queue-dropping': ({ queued }) => queued,
  'queue-dropped': ({ queued }) => queued,
};

const BY_OUTCOME: Readonly<Record<string, Find>> = {
  stalled,
  'hello-open': stalled,
  'not-permitted': ({ blocked }) => blocked,
  'no-answer': stalled,
  refused: reset,
  reset,
  'hung-up': reset,
  'broken-off': ({ brokenOff }) => brokenOff,
  'closed-unanswered': reset,
  'no-route': unreachable,
  unreachable,
  'no-echo-reply': unreached,
  'no-port': nothing,
  tls: nothing,
  'certificate-not-yet-valid': dated,
  'certificate-expired': dated,
};
