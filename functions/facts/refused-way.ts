import { addressInName } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { failedElsewhere } from './failed-elsewhere.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';
import { type Going, policyWay, type Way } from './policy-route.ts';

const label = labelsOf((view) => back(view) ?? through(view), 'not shown');

/** Whether this host's own rules and tables refuse what it has to answer, or what another host sends through it. */
export const refusedWay = defineJoin({
  question: 'refused-way',
  needs: ['rule', 'route'],
  facts: {
    back: flagOf(
      'what this host would answer to a client that it does not answer is refused by its own policy rules or routes',
      back,
    ),
    through: flagOf(
      'an address that another host failed to reach is refused by the policy rules or routes of this host, which does not hold it',
      through,
    ),
    elsewhere: flagOf(
      'an address that this host failed to reach is refused by the policy rules or routes of another host of the paste',
      elsewhere,
    ),
    by: label('the rule or route that refuses', ({ way }) => way.by),
    target: label('the address that packets cannot go to from here', ({ to }) => to),
    client: label('the host, or its address, that fails because of it', ({ client }) => client),
  },
});

interface Refused {
  readonly way: Way;
  readonly to: string;
  readonly client: string;
  readonly at: readonly Citation[];
}

function refused(view: View, going: Going, client: string, seen: Citation): readonly Refused[] {
  const way = policyWay(view.own, going);
  // Calico's own block is a blackhole by design: only addresses that no pod has end there.
  if (way?.is !== 'refused' || /^(?:bird|80)$/.test(way.route?.other.get('proto') ?? '')) return [];
  return [{ way, to: going.to, client, at: [...way.at, seen] }];
}

/** The answers to what came in and was lost here, or to what another host sends to an address of this one. */
function back(view: View): Refused | undefined {
  const lost = view.loss?.direction === 'request' ? view.loss.vanished[0]?.seen : undefined;
  if (lost !== undefined) {
    const [to, from] = [lost.packet.source.host, lost.packet.destination.host].map(addressInName);
    const isOwn = addressesIn(view.own).some(({ address }) => address === to);
    if (to === undefined || isOwn) return undefined;
    return refused(view, { from, to }, to, citation(lost))[0];
  }
  const own = new Set(addressesIn(view.own).map(({ address }) => address));
  return failedElsewhere(view)
    .filter(({ text }) => own.has(text))
    .flatMap(({ text, from, client, at }) =>
      from.flatMap((to) => refused(view, { from: text, to }, client, at)),
    )[0];
}

/** What another host sends to an address beyond this one; a refusal of everything (a default route) is no word about it. */
function through(view: View): Refused | undefined {
  const own = new Set(addressesIn(view.own).map(({ address }) => address));
  return failedElsewhere(view)
    .filter(({ text }) => !own.has(text))
    .flatMap(({ text, from, client, at }) =>
      (from.length === 0 ? [sourceSeen(view, text)] : from).flatMap((source) =>
        refused(view, { from: source, to: text }, client, at),
      ),
    )
    .find((one) => !isOfEverything(one) || isSeenHere(view, one));
}

function isOfEverything({ way }: Refused): boolean {
  return way.route?.destination === 'default';
}

function isSeenHere(view: View, { to }: Refused): boolean {
  return sourceSeen(view, to) !== undefined;
}

/** Who sends a packet to there that was captured on its way through this host. */
function sourceSeen({ loss }: View, to: string): string | undefined {
  const packet = loss?.direction === 'request' ? loss.vanished[0]?.seen.packet : undefined;
  return packet !== undefined && addressInName(packet.destination.host) === to
    ? addressInName(packet.source.host)
    : undefined;
}

function elsewhere(view: View): Refused | undefined {
  const hosts = new Set(view.all.map(({ artefact }) => artefact.host));
  for (const host of hosts) {
    if (host === null || host === view.host) continue;
    const own = view.all.filter(({ artefact }) => artefact.host === host);
    const found = through({ ...view, host, own, loss: null });
    if (found?.client === view.host) return found;
  }
  return undefined;
}
