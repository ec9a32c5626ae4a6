import { cite, ofKind } from '../../artefacts/evidence.ts';
import type { Citation } from '../../primitives/reading.ts';
import type { View } from '../define.ts';

/** The servers that resolv.conf names, with the line of each: of this host's file, or of one whose host nothing names. */
export function configuredServers({
  own,
  all,
  host,
}: View): ReadonlyMap<string, Citation> | undefined {
  const [mine] = ofKind(own, 'resolv-conf').slice(-1);
  const others = ofKind(all, 'resolv-conf');
  const [other] = others;
  const isOpen = others.length === 1 && (host === null || other?.artefact.host === null);
  const file = mine ?? (isOpen ? other : undefined);
  if (file === undefined || file.content.nameservers.length === 0) return undefined;
  return new Map(
    file.content.nameservers.map(({ address, line }) => [address, cite(file.artefact, line)]),
  );
}
