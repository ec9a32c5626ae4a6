import type { AddressedLink } from '../../artefacts/address/read.ts';
import { type Artefact, cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { deviceRole } from '../../primitives/device.ts';
import type { Symptom } from '../symptoms.ts';

/**
 * A card that is up with nothing but an address that it gave itself (RFC 3927: 169.254/16, RFC 4291: fe80::/10), on a host of
 * which no device is shown to have another one.
 */
export function unaddressedCards(evidence: readonly Evidence[]): readonly Symptom[] {
  const shown = ofKind(evidence, 'address').flatMap(({ artefact, content }) =>
    content.links.map((link) => ({ artefact, link })),
  );
  return shown.flatMap(({ artefact, link }): readonly Symptom[] => {
    const own = shown.filter((one) => one.artefact.host === artefact.host);
    if (!isCard(link) || own.some((one) => one.link.addresses.some(isGiven))) return [];
    const self = link.addresses.find((one) => one.address.startsWith('169.254.'));
    const [proof] = self === undefined ? link.addresses : [self];
    if (proof === undefined || (self === undefined && !showsIpv4(own))) return [];
    const at = [cite(artefact, proof.line)];
    const { host } = artefact;
    return [
      { id: 'card-unaddressed', host, target: link.name, outcome: proof.address, server: null, at },
    ];
  });
}

function isCard({ name, flags, master, state }: AddressedLink): boolean {
  const isUp = flags === null ? state !== 'DOWN' : flags.includes('UP');
  return deviceRole(name) === 'nic' && isUp && master === null;
}

function isGiven({ address }: { readonly address: string }): boolean {
  return !/^(?:127\.|169\.254\.|::1$|fe[89ab])/i.test(address);
}

/** `ip -6 addr` leaves out what `ip addr` would show; the loopback's IPv4 address shows that nothing was left out. */
function showsIpv4(
  own: readonly { readonly artefact: Artefact; readonly link: AddressedLink }[],
): boolean {
  return own.some(({ link }) => link.addresses.some(({ address }) => address.startsWith('127.')));
}
