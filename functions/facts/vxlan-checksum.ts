import { cite, ofKind } from '../artefacts/evidence.ts';
import { deviceRole } from '../primitives/device.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { linksIn, vxlanLine } from './hosts.ts';
import { citation } from './loss.ts';

/**
 * Whether VXLAN packets arrive with a wrong outer checksum: kernels without ea64d8d6c675 write one when source NAT picks a
 * port for a packet whose inner checksum the card was to fill in, on a tunnel that sends no outer checksum.
 */
export const vxlanChecksum = defineJoin({
  question: 'vxlan-checksum',
  needs: ['tcpdump', 'dmesg', 'link', 'ethtool'],
  facts: {
    arrivesBad: {
      type: 'flag',
      is: 'packets that vanish between card and tunnel arrive with a bad outer UDP checksum',
      of: arrivesBad,
    },
    logged: {
      type: 'flag',
      is: 'the kernel log tells of bad checksums of packets to a VXLAN port',
      of: logged,
    },
    tunnelWithout: {
      type: 'flag',
      is: 'a VXLAN device sends no outer checksum (noudpcsum)',
      of: tunnelWithout,
    },
    offloaded: {
      type: 'flag',
      is: 'checksums of a VXLAN device are left to the card (tx-checksum-ip-generic)',
      of: offloaded,
    },
  },
});

/** On the sender a bad checksum only means that the card fills it in; from card to tunnel is the receiver's way. */
function arrivesBad({ loss }: View): Reading<boolean> {
  if (loss === null) return unknown('no packet was seen to vanish at this host');
  const isDecapsulation =
    loss.place === 'inside-host' && loss.from.role === 'nic' && loss.to?.role === 'tunnel';
  if (!isDecapsulation) return unknown('nothing vanished between a card and a tunnel');
  const seen = loss.vanished.map((one) => one.seen);
  const bad = seen.filter(({ outer, packet }) => outer !== packet && outer.checksum === 'bad');
  if (bad.length > 0) return known(true, bad.slice(0, MOST_LINES).map(outerCitation));
  const fine = seen.filter(({ outer, packet }) => outer !== packet && outer.checksum !== null);
  return fine.length === 0
    ? unknown('the capture shows no checksums; tcpdump -vv does')
    : known(false, fine.slice(0, MOST_LINES).map(outerCitation));
}

const MOST_LINES = 3;

function outerCitation(sighting: Parameters<typeof citation>[0]): Citation {
  return citation({ ...sighting, packet: sighting.outer });
}

/** net/ipv4/udp.c: since 4.9 only with dynamic debug. 8472 is flannel's and old Linux's port, 4789 the standard's. */
const BAD = /^UDP: bad checksum\. From [\d.]+:\d+ to [\d.]+:(?:8472|4789) ulen \d+/;

function logged(view: View): Reading<boolean> {
  const at = ofKind(view.own, 'dmesg').flatMap(({ artefact, content }) =>
    content.messages.filter(({ text }) => BAD.test(text)).map(({ line }) => cite(artefact, line)),
  );
  return at.length === 0
    ? unknown('the kernel log shows none; newer kernels do not tell')
    : known(true, at.slice(0, MOST_LINES));
}

function tunnelWithout(view: View): Reading<boolean> {
  const shown = linksIn(view.all).filter(({ link }) => link.vxlan?.udpcsum != null);
  const without = shown.filter(({ link }) => link.vxlan?.udpcsum === false);
  if (shown.length === 0) return unknown('no VXLAN device is shown in detail');
  return without.length > 0
    ? known(true, without.map(vxlanLine))
    : known(false, shown.map(vxlanLine));
}

function offloaded(view: View): Reading<boolean> {
  const shown = ofKind(view.all, 'ethtool').flatMap(({ artefact, content }) =>
    content.settings
      .filter(
        ({ name, card }) =>
          name === 'tx-checksum-ip-generic' &&
          deviceRole(card ?? artefact.interface ?? '') === 'tunnel',
      )
      .map(({ value, line }) => ({ value, at: cite(artefact, line) })),
  );
  const on = shown.filter(({ value }) => value === 'on');
  if (shown.length === 0) return unknown('the features of the tunnel are not shown');
  return known(
    on.length > 0,
    (on.length > 0 ? on : shown).map(({ at }) => at),
  );
}
