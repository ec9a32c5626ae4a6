import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Exchange, sightedAt } from '../captures/exchanges.ts';
import { parseAddress, scopeOf } from '../primitives/address.ts';
import { once } from '../primitives/once.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { type Asked, askedIn } from './lookups/asked.ts';
import { citation } from './loss.ts';

/** Whether the DNS cache that pods of this node are told to ask is there. */
export const nodeCache = defineJoin({
  question: 'node-cache',
  needs: ['address', 'resolv-conf', 'route-get'],
  facts: {
    address: {
      type: 'label',
      is: 'the link-local nameserver that a pod is told to ask',
      of: (view) => {
        const told = nameserverIn(view);
        return told === undefined ? unknown(NONE) : known(told.address, told.at);
      },
    },
    isMissing: { type: 'flag', is: 'no device of this node has that address', of: isMissing },
    refused: {
      type: 'label',
      is: 'the link-local server of the node that a lookup was refused by: nobody listens there',
      of: (view) => {
        const refused = askedCache(view.all).find(({ outcome }) => outcome === 'port-refused');
        return refused?.server == null
          ? unknown('no lookup shows that it was refused')
          : known(refused.server, refused.at);
      },
    },
    isAskedInVain: {
      type: 'flag',
      is: 'on this node the way to that address leads to a gateway, or a question to it is seen and never answered',
      of: isAskedInVain,
    },
  },
});

const NONE = 'nobody is shown who asks or is told to ask a link-local nameserver';

interface Nameserver {
  readonly address: string;
  readonly at: readonly Citation[];
}

/** Clouds answer on 169.254.169.x themselves; any other link-local nameserver is a cache on the node. */
function nameserverIn({ all }: View): Nameserver | undefined {
  for (const { artefact, content } of ofKind(all, 'resolv-conf')) {
    if (!artefact.pod) continue;
    const own = content.nameservers.find(({ address }) => isCacheAddress(address));
    if (own !== undefined) return { address: own.address, at: [cite(artefact, own.line)] };
  }
  const [named] = askedCache(all);
  return named?.server == null ? undefined : { address: named.server, at: named.at };
}

/** Lookups that ask such an address; a router may answer DNS at one of IPv6. */
function askedCache(all: View['all']): readonly Asked[] {
  return askedIn(all).filter(
    ({ server }) => server?.startsWith('169.254.') === true && isCacheAddress(server),
  );
}

function isCacheAddress(text: string): boolean {
  const address = parseAddress(text);
  return (
    address !== undefined && scopeOf(address) === 'link-local' && !text.startsWith('169.254.169.')
  );
}

function isMissing(view: View): Reading<boolean> {
  const told = nameserverIn(view);
  if (told === undefined) return unknown(NONE);
  const listings = ofKind(view.own, 'address').filter(({ artefact }) => !artefact.pod);
  const addresses = listings.flatMap(({ artefact, content }) =>
    content.links.flatMap((link) =>
      link.addresses.map(({ address, line }) => ({ address, at: cite(artefact, line) })),
    ),
  );
  const own = addresses.find(({ address }) => address === told.address);
  if (own !== undefined) return known(false, [own.at]);
  // A listing of every device begins with the loopback and shows others.
  const whole = listings.find(
    ({ artefact, content }) =>
      content.links.some(({ name }) => name === 'lo') &&
      content.links.filter(({ addresses: some }) => some.length > 0).length > 1 &&
      !/\bgrep\b|\bhead\b|\btail\b/.test(artefact.command ?? ''),
  );
  if (whole === undefined) return unknown('no whole list of the addresses of this node was pasted');
  const lines = whole.content.links.map(({ line }) => cite(whole.artefact, line));
  return known(true, [...told.at, ...lines.slice(0, 3)]);
}

function isAskedInVain(view: View): Reading<boolean> {
  const told = nameserverIn(view);
  if (told === undefined) return unknown(NONE);
  for (const { artefact, content } of ofKind(view.own, 'route-get')) {
    const away = content.answers.find(
      ({ destination, via }) => destination === told.address && via !== null,
    );
    if (away !== undefined) return known(true, [cite(artefact, away.line)]);
  }
  const silent = askedCache(view.all).find(({ outcome }) => outcome === 'timed-out');
  if (silent !== undefined) return known(true, silent.at);
  const here = new Set(
    view.following.points.filter(({ host }) => host === view.host).map(({ index }) => index),
  );
  const isAnswered = once(() => answersAnybody(view.following, told.address));
  for (const exchange of view.following.unsettled) {
    if (!asks(exchange, told.address) || isHeard(exchange)) continue;
    const [request] = [...here].flatMap((index) => exchange.at[index]?.requests ?? []);
    if (request !== undefined && !isAnswered()) return known(true, [citation(request)]);
  }
  return unknown('no question to that address was seen on this node');
}

function answersAnybody({ settled, unsettled }: View['following'], address: string): boolean {
  if (unsettled.some((one) => asks(one, address) && isHeard(one))) return true;
  const firsts = [...(settled?.clients.values() ?? [])].map(({ first }) => first);
  return firsts.some((index) => settled !== null && asks(settled.exchangeAt(index), address));
}

function asks({ protocol, server }: Exchange, address: string): boolean {
  return protocol === 'dns' && server.host === address;
}

function isHeard(exchange: Exchange): boolean {
  return sightedAt(exchange).some(({ responses }) => responses.length > 0);
}
