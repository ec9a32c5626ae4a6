import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Symptom } from '../symptoms.ts';

/** Adapters of virtual machines, tunnels and captures: what they have says nothing of the machine's own network. */
const VIRTUAL =
  /VMware|VirtualBox|vEthernet|Hyper-V|Docker|WSL|Loopback|Npcap|Bluetooth|TAP-|isatap|Teredo|6TO4|\* ?\d|\{[\dA-F-]{36}\}/i;
/** RFC 3927: given to oneself where no DHCP server answers. */
const OWN_CHOICE = /^169\.254\./;

/** Machines with Windows of which no adapter has got an address, or none has a link. */
export function windowsWithoutAddress(evidence: readonly Evidence[]): readonly Symptom[] {
  const listings = ofKind(evidence, 'address').filter(
    ({ content }) => content.windows?.isWhole === true,
  );
  return listings.flatMap(({ artefact, content }, at): readonly Symptom[] => {
    const { host } = artefact;
    const isLater = listings.slice(at + 1).some((later) => later.artefact.host === host);
    const links = content.links.filter(({ name }) => !VIRTUAL.test(name));
    const addresses = links.flatMap(({ name, addresses: own }) =>
      own
        .filter(({ address }) => !/^fe80:/i.test(address))
        .map(({ address, line }) => ({ name, address, line })),
    );
    if (isLater || addresses.some(({ address }) => !OWN_CHOICE.test(address))) return [];
    const [chosen] = addresses;
    if (chosen !== undefined) {
      const { name: target, address: outcome, line } = chosen;
      return [
        {
          id: 'card-unaddressed',
          host,
          target,
          outcome,
          server: null,
          at: [cite(artefact, line)],
        },
      ];
    }
    const unplugged = content.windows?.unplugged.filter(({ name }) => !VIRTUAL.test(name)) ?? [];
    const [first] = unplugged;
    if (first === undefined || unplugged.length < links.length) return [];
    const cited = unplugged.map(({ line }) => cite(artefact, line));
    return [{ id: 'link-down', host, target: first.name, outcome: '', server: null, at: cited }];
  });
}
