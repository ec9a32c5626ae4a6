import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Symptom } from '../symptoms.ts';

/** Addresses that the kernel does not use, because somebody else answered for them (RFC 4862, 5.4). */
export function takenAddresses(evidence: readonly Evidence[]): readonly Symptom[] {
  const told = ofKind(evidence, 'dmesg').flatMap(({ artefact, content }) =>
    content.messages.flatMap(({ line, text }): readonly Symptom[] => {
      const [, device, target, mac] = DUPLICATE.exec(text) ?? [];
      if (device === undefined || target === undefined) return [];
      return [taken(artefact.host, target, mac, cite(artefact, line))];
    }),
  );
  const flagged = ofKind(evidence, 'address').flatMap(({ artefact, content }) =>
    content.links.flatMap(({ addresses }) =>
      addresses
        .filter(({ flags }) => flags.includes('dadfailed'))
        .map(({ address, line }) => taken(artefact.host, address, undefined, cite(artefact, line))),
    ),
  );
  return [...told, ...flagged];
}

/** net/ipv6/addrconf.c (addrconf_dad_failure): `IPv6: eth0: IPv6 duplicate address 2001:db8::5 used by 52:54:00:ab:12:99 detected!` */
const DUPLICATE =
  /\b([a-z][\w.-]{1,14}): IPv6 duplicate address ([\da-f:]{2,45})(?: used by ([\da-f:]{17}))? detected!/;

function taken(
  host: string | null,
  target: string,
  mac: string | undefined,
  at: Symptom['at'][number],
): Symptom {
  const outcome = mac === undefined ? '' : `: ${mac}`;
  return { id: 'address-taken', host, target, outcome, server: null, at: [at] };
}
