import { cite, ofKind } from '../artefacts/evidence.ts';
import { lookup } from '../artefacts/route.ts';
import type { Sighting } from '../captures/points.ts';
import { deviceRole } from '../primitives/device.ts';
import { parseMac } from '../primitives/mac.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, flagOf, type View } from './define.ts';
import { linksIn } from './hosts.ts';
import { citation } from './loss.ts';
import { targetsOf } from './targets.ts';

/** Whether one address is claimed by two MACs, or is believed to have one that it has not. */
export const twoMacs = defineJoin({
  question: 'two-macs',
  needs: ['tcpdump', 'neighbour', 'address', 'arping'],
  facts: {
    bothAnswer: flagOf(
      'two MACs answered for one address by turns or within a second',
      (view) => claims(view)[0],
    ),
    ownedTwice: flagOf('two hosts hold the same address on their cards', (view) => owners(view)[0]),
    oneHost: {
      type: 'flag',
      is: 'both MACs are cards of one and the same host',
      of: oneHost,
    },
    stale: flagOf(
      "the neighbour table has a MAC for an address that its owner's own card does not have",
      (view) => stale(view)[0],
    ),
    answersOtherwise: flagOf(
      'the neighbour table has another MAC for an address than the one that answers for it in the capture',
      (view) => contradicted(view)[0],
    ),
    staticOtherwise: flagOf(
      'this host fails to reach something and has a permanent entry for it or a neighbour, of which others show another MAC',
      (view) => outdated(view)[0],
    ),
    address: label('the address concerned', ({ address }) => address),
    one: label('one MAC: the one believed, where one is stale', ({ one }) => one),
    other: label('the other MAC: the right one, where one is stale', ({ other }) => other),
  },
});

interface Clash {
  readonly address: string;
  readonly one: string;
  readonly other: string;
  readonly at: readonly Citation[];
}

function label(is: string, of: (clash: Clash) => string) {
  return {
    type: 'label' as const,
    is,
    of: (view: View): Reading<string> => {
      const all = [
        ...claims(view),
        ...owners(view),
        ...stale(view),
        ...contradicted(view),
        ...outdated(view),
      ];
      const [first] = all;
      return first === undefined ? unknown('not shown') : known(of(first), first.at);
    },
  };
}

/** Addresses that move by design: VRRP and HSRP, whose MACs are virtual. */
const VIRTUAL = /^(?:00:00:5e:00:0[12]|00:00:0c:07:ac|00:00:0c:9f:f)/;
const TOGETHER_US = 1_000_000;

interface Claim {
  readonly mac: string;
  readonly sighting: Sighting;
}

/** Replies in the captures of this host, by address, in order. */
function replies(view: View): ReadonlyMap<string, readonly Claim[]> {
  const found = new Map<string, Claim[]>();
  for (const point of view.following.points) {
    if (point.host !== view.host) continue;
    for (const sighting of point.others) {
      const { arp } = sighting.packet;
      const mac = arp?.operation === 'reply' ? parseMac(arp.mac ?? '') : undefined;
      if (arp === null || mac === undefined || VIRTUAL.test(mac)) continue;
      found.set(arp.target, [...(found.get(arp.target) ?? []), { mac, sighting }]);
    }
  }
  return found;
}

/**
 * A takeover changes the MAC once. Two hosts that both hold the address answer by turns (A, B, A), or both answer one
 * question; and the answer must not merely be a bond or a bridge that moved.
 */
function claims(view: View): readonly Clash[] {
  const captured = [...replies(view)].flatMap(([address, all]) => {
    const first = all[0];
    const other = all.find(({ mac }) => mac !== first?.mac);
    if (first === undefined || other === undefined) return [];
    const isBack = all.slice(all.indexOf(other)).some(({ mac }) => mac !== other.mac);
    const before = all[all.indexOf(other) - 1];
    const gap = (other.sighting.time ?? Infinity) - (before?.sighting.time ?? -Infinity);
    const isQuick =
      Math.abs(gap) < TOGETHER_US && before !== undefined && isOneQuestion(before, other);
    if (!isBack && !isQuick) return [];
    const at = [first, other].map(({ sighting }) => citation(sighting));
    return [{ address, one: first.mac, other: other.mac, at }];
  });
  return [...captured, ...answersToArping(view)];
}

/** The same of `arping`: two MACs by turns, or more answers than probes. */
function answersToArping({ own }: View): readonly Clash[] {
  return ofKind(own, 'arping').flatMap(({ artefact, content: { replies: all, sent } }) => {
    const told = all.filter(({ mac }) => !VIRTUAL.test(mac));
    const [first] = told;
    const other = told.find(({ mac, address }) => address === first?.address && mac !== first.mac);
    if (first === undefined || other === undefined) return [];
    const isBack = told.slice(told.indexOf(other)).some(({ mac }) => mac === first.mac);
    if (!isBack && (sent === null || told.length <= sent)) return [];
    const at = [cite(artefact, first.line), cite(artefact, other.line)];
    return [{ address: first.address, one: first.mac, other: other.mac, at }];
  });
}

// Two answers to the same asker with no other packet between them; an announcement is no answer.
function isOneQuestion(a: Claim, b: Claim): boolean {
  return b.sighting.order - a.sighting.order === 1;
}

function owners(view: View): readonly Clash[] {
  const held = ofKind(view.all, 'address').flatMap(({ artefact, content }) =>
    content.links.flatMap(({ name, mac, addresses }) =>
      deviceRole(name) !== 'nic' || artefact.pod
        ? []
        : addresses.map((one) => ({
            host: artefact.host,
            mac,
            address: one.address,
            scope: one.scope,
            length: one.length,
            at: cite(artefact, one.line),
          })),
    ),
  );
  return held.flatMap((one) => {
    if (one.host !== view.host || one.host === null || !isUnique(one)) return [];
    const twin = held.find(
      (other) =>
        other.host !== null &&
        other.host !== one.host &&
        other.address === one.address &&
        isUnique(other) &&
        (other.mac === null || other.mac !== one.mac),
    );
    if (twin === undefined) return [];
    const name = ({ host, mac }: typeof one) => (mac === null ? (host ?? '') : `${mac} (${host})`);
    return [{ address: one.address, one: name(one), other: name(twin), at: [one.at, twin.at] }];
  });
}

// A /32 on a card is a floating or anycast address, which several hosts may hold; link-local ones repeat everywhere.
function isUnique(one: { readonly address: string; readonly length: number | null }): boolean {
  // VirtualBox gives 10.0.2.15 to every guest, Docker 172.17 to the containers of every host.
  if (/^(?:127\.|169\.254\.|10\.0\.2\.|172\.17\.|fe80:|::1$)/i.test(one.address)) return false;
  return one.length !== null && one.length !== 32 && one.length !== 128;
}

function oneHost(view: View): Reading<boolean> {
  const [clash] = claims(view);
  if (clash === undefined) return unknown('not shown');
  const links = linksIn(view.all);
  const holders = (mac: string) => links.filter(({ link }) => link.mac === mac);
  const one = holders(clash.one)[0];
  const other = holders(clash.other)[0];
  if (one === undefined || other === undefined) return unknown('whose MACs they are is not shown');
  return known(one.host === other.host, [one.at, other.at]);
}

function entries(view: View) {
  return ofKind(view.own, 'neighbour').flatMap(({ artefact, content }) =>
    content.neighbours.flatMap(({ address, device, mac, state, proxy, line }) =>
      mac === null || proxy || VIRTUAL.test(mac) || isInner(device)
        ? []
        : [{ address, mac, isStatic: state === 'PERMANENT', at: cite(artefact, line) }],
    ),
  );
}

/** Networks of containers have the same addresses on every host; entries of tunnels are written by agents. */
function isInner(device: string | null): boolean {
  const role = deviceRole(device ?? '');
  return role === 'bridge' || role === 'tunnel';
}

/** The owner's own listing is the best witness: it shows the address on a card with another MAC, and no card with this one. */
function stale(view: View): readonly Clash[] {
  const holders = ofKind(view.all, 'address').filter(
    ({ artefact }) => artefact.host !== null && artefact.host !== view.host && !artefact.pod,
  );
  return entries(view).flatMap(({ address, mac, at }) =>
    holders.flatMap(({ artefact, content }) => {
      const owner = content.links.find((link) =>
        link.addresses.some((one) => one.address === address),
      );
      const isKnown = content.links.some((link) => link.mac === mac);
      if (owner?.mac == null || owner.mac === mac || isKnown || VIRTUAL.test(owner.mac)) return [];
      // A bond answers with the MACs of its members.
      if (/^(?:bond|team)/.test(owner.name)) return [];
      const line = owner.addresses.find((one) => one.address === address)?.line ?? owner.line;
      return [{ address, one: mac, other: owner.mac, at: [at, cite(artefact, line)] }];
    }),
  );
}

/** Every reply of the capture names one MAC, and the table holds another. */
function contradicted(view: View): readonly Clash[] {
  const said = replies(view);
  return entries(view).flatMap(({ address, mac, at }) => {
    const all = said.get(address) ?? [];
    const macs = new Set(all.map((one) => one.mac));
    const [other] = macs;
    const last = all.at(-1);
    if (other === undefined || macs.size > 1 || other === mac || last === undefined) return [];
    return [{ address, one: mac, other, at: [at, citation(last.sighting)] }];
  });
}

/**
 * An entry that somebody wrote by hand, against what the others on the link learnt: the owner's replies in any capture, or
 * a host that reaches it. Only a learnt entry could be a proxy's.
 */
function outdated(view: View): readonly Clash[] {
  const inNeed = new Set(targetsOf(view).map(({ text }) => text));
  const gateways = gatewaysIn(view);
  const wanted = entries(view).filter(
    ({ isStatic, address }) =>
      isStatic && inNeed.size > 0 && (inNeed.has(address) || (gateways?.has(address) ?? true)),
  );
  if (wanted.length === 0) return [];
  return wanted.flatMap(({ address, mac, at }) => {
    const others = [...learntElsewhere(view, address), ...repliesElsewhere(view, address)];
    const [other] = others;
    if (other === undefined || others.some((one) => one.mac === mac)) return [];
    return [{ address, one: mac, other: other.mac, at: [at, other.at] }];
  });
}

/** The next hops to what this host fails to reach: by its lookups, by its table; undefined where neither is shown. */
function gatewaysIn(view: View): ReadonlySet<string> | undefined {
  const targets = targetsOf(view);
  const asked = ofKind(view.own, 'route-get').flatMap(({ content }) =>
    content.answers.flatMap(({ destination, via }) =>
      targets.some(({ text }) => text === destination) ? [via] : [],
    ),
  );
  const routed = ofKind(view.own, 'route').flatMap(({ content }) =>
    targets.map(({ address }) => lookup(content.routes, address)?.via),
  );
  const hops = [...asked, ...routed].filter((via) => via != null);
  return asked.length + routed.length === 0 ? undefined : new Set(hops);
}

interface Witness {
  readonly mac: string;
  readonly at: Citation;
}

function learntElsewhere(view: View, wanted: string): readonly Witness[] {
  return ofKind(view.all, 'neighbour').flatMap(({ artefact, content }) =>
    content.neighbours.flatMap(({ address, device, mac, state, line }) =>
      artefact.host === view.host ||
      address !== wanted ||
      mac === null ||
      isInner(device) ||
      !(state === 'REACHABLE' || state === 'STALE' || state === 'DELAY')
        ? []
        : [{ mac, at: cite(artefact, line) }],
    ),
  );
}

function repliesElsewhere(view: View, wanted: string): readonly Witness[] {
  return [...answersElsewhere(view, wanted), ...capturedReplies(view, wanted)];
}

function answersElsewhere({ all }: View, wanted: string): readonly Witness[] {
  return ofKind(all, 'arping').flatMap(({ artefact, content }) =>
    content.replies.flatMap(({ address, mac, line }) =>
      address === wanted && !VIRTUAL.test(mac) ? [{ mac, at: cite(artefact, line) }] : [],
    ),
  );
}

function capturedReplies(view: View, wanted: string): readonly Witness[] {
  return view.following.points.flatMap((point) =>
    point.others.flatMap((sighting) => {
      const { arp } = sighting.packet;
      if (arp?.operation !== 'reply' || arp.target !== wanted) return [];
      const mac = parseMac(arp.mac ?? '');
      return mac === undefined || VIRTUAL.test(mac) ? [] : [{ mac, at: citation(sighting) }];
    }),
  );
}
