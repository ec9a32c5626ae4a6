import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Refused } from '../artefacts/iptables/reject.ts';
import { dialledIn } from '../captures/dialled.ts';
import { onHost } from '../captures/place.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { type Attempt, sourceOf, type Way, wayTo } from './attempt-way.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { latestRules } from './latest-rules.ts';
import { askedIn } from './lookups/asked.ts';
import { firstPacket, isOfService, type Stop, stopIn } from './shown-rules.ts';

const NONE = 'nothing shows that the firewall here rejects a connection that was refused';
const sure = labelsOf((view) => rejectedIn(view).find(({ isSure }) => isSure), NONE);
const perhaps = labelsOf((view) => rejectedIn(view).find(({ isSure }) => !isSure), NONE);

/** Whether the firewall of this host rejects the connection that a client, here or elsewhere, was refused. */
export const clientRefused = defineJoin({
  question: 'client-refused',
  needs: ['iptables', 'nft', 'curl-timing', 'ssh-error', 'dig', 'address'],
  facts: {
    rule: sure(
      'the rule here that rejects that connection with the very error that the client was told',
      ({ rule }) => rule,
    ),
    hook: sure(
      'INPUT: it is for this host; FORWARD: it passes through this host; OUTPUT: it is from this host',
      ({ hook }) => hook,
    ),
    target: sure('address and port that the client was refused', ({ target }) => target),
    client: sure('the host of the client', ({ client }) => client),
    packets: {
      type: 'count',
      is: 'packets that the rule has rejected',
      of: (view) => {
        const one = rejectedIn(view).find(({ isSure }) => isSure);
        return one?.stop.packets == null
          ? unknown('no counter of it is shown')
          : known(one.stop.packets, [one.stop.at]);
      },
    },
    noEndpoints: {
      ...labelsOf((view) => ofService(view) ?? ofMap(view), NONE)(
        'the Service for whose want of endpoints kube-proxy rejects it',
        ({ service }) => service,
      ),
      place: (view) =>
        (ofService(view) ?? ofMap(view)) === undefined ? undefined : onHost(view.host),
    },
    perhaps: perhaps(
      'the rule here that rejects it with that error, if the connection comes to this host, which nothing shows',
      ({ rule }) => rule,
    ),
    perhapsTarget: perhaps('what the client was refused, in that case', ({ target }) => target),
    perhapsClient: perhaps('the host of the client, in that case', ({ client }) => client),
  },
});

interface Rejected {
  readonly stop: Stop;
  readonly rule: string;
  readonly hook: Way['hook'];
  /** It is shown that the connection meets this rule: by the host's part in it, or by the rule's counter. */
  readonly isSure: boolean;
  readonly target: string;
  readonly client: string;
  readonly at: readonly Citation[];
}

interface RefusedAttempt extends Attempt {
  readonly port: number;
  readonly as: readonly Refused[];
}

const ANY: readonly Refused[] = ['refused', 'no-route', 'unreachable'];
/** CURLE_COULDNT_CONNECT (curl.h): newer versions say no more than that. */
const CURL_CONNECT = 7;

function attemptsIn({ all }: View): readonly RefusedAttempt[] {
  const dialled = dialledIn(all).flatMap(({ artefact, at, server, port, outcome, number }) => {
    const said = ANY.filter((one) => one === outcome);
    const as = outcome === 'other' && number === CURL_CONNECT ? ANY : said;
    return port === null || as.length === 0
      ? []
      : [{ address: server, port, host: artefact.host, at, protocol: 'tcp' as const, as }];
  });
  const asked = askedIn(all).flatMap(({ outcome, server, tcp, at: [at] }) => {
    const as = LOOKUPS[outcome ?? ''] ?? [];
    const artefact = all.find((one) => one.artefact.id === at?.artefact)?.artefact;
    if (server === null || at === undefined || artefact === undefined || as.length === 0) return [];
    const protocol = tcp ? ('tcp' as const) : ('udp' as const);
    return [{ address: server, port: DNS_PORT, host: artefact.host, at, protocol, as }];
  });
  return [...dialled, ...asked];
}

const DNS_PORT = 53;
const LOOKUPS: Readonly<Record<string, readonly Refused[]>> = {
  'port-refused': ['refused'],
  unreachable: ['no-route', 'unreachable'],
};

interface Unserved {
  readonly service: string | null;
  readonly at: readonly Citation[];
}

function ofService(view: View): Unserved | undefined {
  const [first] = rejectedIn(view, true);
  return (
    first && { service: /^(\S+) has no /.exec(first.stop.comment ?? '')?.[1] ?? null, at: first.at }
  );
}

/** pkg/proxy/nftables/proxier.go: a Service without any endpoint leads from a map to the chain that rejects; pods pass it too. */
function ofMap(view: View): Unserved | undefined {
  const listing = latestRules(ofKind(view.own, 'nft'));
  for (const { host, address, protocol, port, at, as } of attemptsIn(view)) {
    const refused = listing?.content.verdicts.find(
      (one) =>
        one.verdict === 'reject-chain' &&
        one.comment !== null &&
        one.address === address &&
        one.protocol === protocol &&
        one.port === port,
    );
    if (listing === undefined || refused === undefined) continue;
    if (host !== view.host || !as.includes('refused')) continue;
    return {
      service: refused.comment?.replace(/:$/, '') ?? null,
      at: [cite(listing.artefact, refused.line), at],
    };
  }
  return undefined;
}

/** By rules of firewalls, or by those of Services. */
function rejectedIn(view: View, ofServices = false): readonly Rejected[] {
  const addresses = addressesIn(view.all);
  return attemptsIn(view).flatMap((attempt) => {
    const way = wayTo(view, attempt, addresses);
    if (way === undefined) return [];
    const { host, port, address, at, as } = attempt;
    const packet = firstPacket(attempt.protocol, sourceOf(view, attempt, addresses), {
      host: address,
      port,
    });
    // Whether a host that nothing names as one is a router or the server its rules alone may tell.
    const hooks = way.isGuessed ? (['FORWARD', 'INPUT'] as const) : [way.hook];
    return hooks.flatMap((hook): readonly Rejected[] => {
      const { from, to } = way;
      const stop = stopIn(view.own, { packet, hook, from, to, isFirst: true, refusedAs: as });
      if (stop === undefined || stop.rule === null || isOfService(stop) !== ofServices) return [];
      const isGuess = way.isGuessed || way.isByPort;
      return [
        {
          stop,
          rule: stop.rule,
          hook,
          isSure: !isGuess || (namesPort(stop.rule) && (stop.packets ?? 0) > 0),
          target: `${address}:${port}`,
          client: host ?? 'localhost',
          at: [stop.at, at, ...(way.at === null ? [] : [way.at])],
        },
      ];
    });
  });
}

/** What a rule for everything has counted says nothing of one connection. */
function namesPort(rule: string): boolean {
  return rule.includes(' --dport ');
}
