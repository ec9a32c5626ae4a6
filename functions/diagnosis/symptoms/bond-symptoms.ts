import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Symptom } from '../symptoms.ts';

/** Bonds without any link, and devices of bonds without one: the others carry on for these. */
export function bondsDown(evidence: readonly Evidence[]): readonly Symptom[] {
  const bonds = ofKind(evidence, 'bonding');
  return bonds.flatMap(({ artefact, content }, at): readonly Symptom[] => {
    // Of two readings of a host the later one counts.
    const isOver = bonds
      .slice(at + 1)
      .some((later) => later.artefact.host === artefact.host && isSame(later.content, content));
    if (isOver) return [];
    const { host } = artefact;
    if (content.status === 'down')
      return [
        {
          id: 'bond-down',
          host,
          target: null,
          outcome: 'down',
          server: null,
          at: [cite(artefact, content.statusLine)],
        },
      ];
    return content.ports
      .filter(({ status }) => status === 'down')
      .map(
        ({ device, line, statusLine }): Symptom => ({
          id: 'bond-port-down',
          host,
          target: device,
          outcome: 'down',
          server: null,
          at: [cite(artefact, line), cite(artefact, statusLine)],
        }),
      );
  });
}

type Bond = Evidence<'bonding'>['content'];

function isSame(a: Bond, b: Bond): boolean {
  const devices = ({ ports }: Bond) => ports.map(({ device }) => device).join(' ');
  return devices(a) === devices(b);
}
