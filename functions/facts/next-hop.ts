import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { isUnanswered } from '../artefacts/neighbour/read.ts';
import type { Route } from '../artefacts/route/read.ts';
import { lookup } from '../artefacts/route.ts';
import { type Address, contains } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import type { Citation } from '../primitives/reading.ts';
import { answeredPings } from './answered-pings.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { type Fault, wrongByAddress } from './hop-holder.ts';
import { addressesIn } from './hosts.ts';
import { podNetworksOf } from './pod-route.ts';
import { askedFor, LEAST_REQUESTS } from './silent-neighbour.ts';
import { targetsOf } from './targets.ts';

const ofHop = labelsOf(eitherHop, 'not shown');
const ofHidden = labelsOf(either, 'not shown');

/** Whether a route leads to the wrong neighbour or device, and whether a local network hides the wanted address. */
export const nextHop = defineJoin({
  question: 'next-hop',
  needs: ['route', 'address'],
  facts: {
    wrong: flagOf(
      "a route to another node's pod network leads to a gateway that is none of that node's addresses",
      wrong,
    ),
    byAddress: flagOf(
      "a route to another node's pod network leads to a third node on the same link, while the holder shows that network and its own address there",
      wrongByAddress,
    ),
    network: ofHop('the network whose route is wrong', ({ network }) => network),
    used: ofHop('the next hop that the route names', ({ used }) => used),
    right: ofHop('the next hop it should be', ({ right }) => right),
    hidden: flagOf(
      'an address that could not be reached lies in a network of containers or a tunnel here, while it belongs to another host',
      hidden,
    ),
    shadowed: flagOf(
      'an address that could not be reached lies in a network of Docker or of guests here, and in a wider route by a card',
      shadowed,
    ),
    unheard: flagOf(
      'an address that could not be reached lies in a network of containers or guests here, and nobody there answers ARP for it',
      unheard,
    ),
    circling: labelsOf(circling, 'no ping shows that its packets go round')(
      'the router at which the TTL of an ordinary ping is used up',
      ({ router }) => router,
    ),
    hiddenAddress: ofHidden('the address that is hidden', ({ right }) => right),
    hiddenBy: ofHidden('the network here that hides it', ({ network }) => network),
    hiddenDevice: ofHidden('the device of that network', ({ used }) => used),
  },
});

/** Options that set the TTL: `-t`, on macOS `-m`, on Windows `-i`, which elsewhere is the interval. */
const SHORT_TTL = /\s-(?:[a-zA-Z]*[tm]\s*\d|i\s*\d+(?![.\d]))/;

/** The TTL of an ordinary ping outlasts every path; an option may make it short on purpose, so the command must be known. */
function circling({ own }: View) {
  return ofKind(own, 'ping').flatMap(({ artefact, content }) =>
    artefact.command === null || SHORT_TTL.test(artefact.command)
      ? []
      : content.runs.flatMap(({ replies, troubles }) =>
          troubles.flatMap(({ trouble, from, line }) =>
            trouble === 'ttl-exceeded' && from !== null && replies === 0
              ? [{ router: from, at: [cite(artefact, line)] }]
              : [],
          ),
        ),
  )[0];
}

function tables(evidence: readonly Evidence[]) {
  return ofKind(evidence, 'route').filter(({ artefact }) => artefact.host !== null);
}

/**
 * Plain routes between nodes (host-gw): the node that holds the network goes back by an address of ours on the same
 * link, so our route must name one of its addresses. Where clouds or routers carry pods, no node goes back like that.
 */
function wrong(view: View): Fault | undefined {
  const addresses = addressesIn(view.all);
  const ours = addresses.filter(({ host }) => host === view.host).map(({ address }) => address);
  for (const own of tables(view.own)) {
    for (const other of tables(view.all)) {
      if (other.artefact.host === view.host) continue;
      const back = other.content.routes.find(({ via }) => via !== null && ours.includes(via));
      if (back === undefined || back.dev === null || deviceRole(back.dev) !== 'nic') continue;
      const theirs = addresses.filter(({ host }) => host === other.artefact.host);
      const right = theirs.find(({ device }) => device === back.dev)?.address;
      const fault = right === undefined ? undefined : mismatch(own, other, theirs, right);
      if (fault !== undefined)
        return { ...fault, at: [...fault.at, cite(other.artefact, back.line)] };
    }
  }
  return undefined;
}

function mismatch(
  own: Evidence<'route'>,
  other: Evidence<'route'>,
  theirs: ReturnType<typeof addressesIn>,
  right: string,
): Fault | undefined {
  for (const network of podNetworksOf(other)) {
    const { prefix } = network;
    if (prefix === null) continue;
    const route = lookup(own.content.routes, { family: prefix.family, bits: prefix.bits + 1n });
    if (route?.via == null || isDefault(route) || route.dev === null) continue;
    if (deviceRole(route.dev) !== 'nic') continue;
    if (theirs.some(({ address }) => address === route.via)) continue;
    return {
      network: network.destination,
      used: `${route.via} dev ${route.dev}`,
      right: `${right} (${other.artefact.host})`,
      at: [cite(own.artefact, route.line), cite(other.artefact, network.line)],
    };
  }
  return undefined;
}

function eitherHop(view: View): Fault | undefined {
  return wrong(view) ?? wrongByAddress(view);
}

function isDefault({ destination, prefix }: Route): boolean {
  return destination === 'default' || prefix?.length === 0;
}

function either(view: View): Fault | undefined {
  return hidden(view) ?? shadowed(view) ?? unheard(view);
}

/**
 * The longest match is a connected network of a bridge or a tunnel here, and another host shows the address on a card, or
 * reaches it through a router.
 */
function hidden(view: View): Fault | undefined {
  const addresses = addressesIn(view.all);
  return innerMatch(view, (best, address) => {
    const reached = reachedElsewhere(view, address);
    if (reached !== undefined) return reached;
    const owner = addresses.find(
      (one) =>
        one.host !== view.host &&
        !one.pod &&
        one.address === address &&
        deviceRole(one.device ?? '') === 'nic' &&
        // A container of this very bridge has its prefix length.
        one.length !== best.prefix?.length,
    );
    return owner?.at;
  });
}

/** Another host's ping to it is answered, and that host sends it to a router or out by a card: it cannot be a container of either. */
function reachedElsewhere(view: View, address: string): Citation | undefined {
  const answered = answeredPings(view.all).find(
    (one) =>
      one.address === address && one.artefact.host !== null && one.artefact.host !== view.host,
  );
  if (answered === undefined) return undefined;
  return ofKind(view.all, 'route-get')
    .filter(({ artefact }) => artefact.host === answered.artefact.host)
    .flatMap(({ artefact, content }) =>
      content.answers.flatMap(({ destination, via, dev, line }) =>
        destination === address && (via !== null || deviceRole(dev ?? '') === 'nic')
          ? [cite(artefact, line)]
          : [],
      ),
    )[0];
}

/** Bridges of Docker, libvirt, Podman and LXD. */
const OF_GUESTS = /^(?:docker|br-|virbr|podman|lxcbr|lxdbr)/;

/** A stopped container looks the same: that its address is somebody else's too is a guess. */
function unheard(view: View): Fault | undefined {
  const failed = ofKind(view.own, 'neighbour').flatMap(({ artefact, content }) =>
    content.neighbours
      .filter((one) => isUnanswered(one))
      .map(({ address, line }) => ({ address, at: cite(artefact, line) })),
  );
  const asked = askedFor(view)
    .filter(({ count }) => count >= LEAST_REQUESTS)
    .flatMap(({ address, at: [at] }) => (at === undefined ? [] : [{ address, at }]));
  return innerMatch(view, ({ dev }, text) =>
    OF_GUESTS.test(dev ?? '')
      ? [...failed, ...asked].find(({ address }) => address === text)?.at
      : undefined,
  );
}

/** A stopped container looks the same; the wider route only says that such addresses also exist elsewhere. */
function shadowed(view: View): Fault | undefined {
  return innerMatch(view, (best, _, address, table) => {
    if (table === null) return undefined;
    const { artefact, content } = table;
    if (!OF_GUESTS.test(best.dev ?? '')) return undefined;
    const wider = content.routes.find(
      (route) =>
        route !== best &&
        route.prefix !== null &&
        !isDefault(route) &&
        deviceRole(route.dev ?? '') === 'nic' &&
        contains(route.prefix, address),
    );
    return wider === undefined ? undefined : cite(artefact, wider.line);
  });
}

type Proof = (
  best: Pick<Route, 'dev' | 'prefix'>,
  text: string,
  address: Address,
  /** Null where nothing but the kernel's answer is shown. */
  table: Evidence<'route'> | null,
) => Citation | undefined;

function innerMatch(view: View, prove: Proof): Fault | undefined {
  return listedMatch(view, prove) ?? answeredMatch(view, prove);
}

/** By the kernel's own answer for that address, whose network is not told. */
function answeredMatch(view: View, prove: Proof): Fault | undefined {
  const targets = targetsOf(view);
  for (const { artefact, content } of ofKind(view.own, 'route-get'))
    for (const answer of content.answers) {
      const { destination, via, dev, line } = answer;
      const target = targets.find(({ text }) => text === destination);
      const role = deviceRole(dev ?? '');
      if (target === undefined || dev === null || via !== null) continue;
      if (role !== 'bridge' && role !== 'tunnel') continue;
      const proof = prove({ dev, prefix: null }, target.text, target.address, null);
      if (proof === undefined) continue;
      const at = [cite(artefact, line), proof, target.at];
      return { network: target.text, used: dev, right: target.text, at };
    }
  return undefined;
}

function listedMatch(view: View, prove: Proof): Fault | undefined {
  for (const table of ofKind(view.own, 'route')) {
    for (const target of targetsOf(view)) {
      const best = lookup(table.content.routes, target.address);
      if (best === undefined || best.via !== null || isDefault(best)) continue;
      const role = deviceRole(best.dev ?? '');
      if (best.dev === null || (role !== 'bridge' && role !== 'tunnel')) continue;
      const proof = prove(best, target.text, target.address, table);
      if (proof === undefined) continue;
      const at = [cite(table.artefact, best.line), proof, target.at];
      return { network: best.destination, used: best.dev, right: target.text, at };
    }
  }
  return undefined;
}
