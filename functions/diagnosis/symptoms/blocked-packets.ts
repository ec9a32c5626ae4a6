import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { type LoggedPacket, loggedPacketIn, saysRefused } from '../../artefacts/logged-packet.ts';
import { parseAddress, scopeOf } from '../../primitives/address.ts';
import type { Symptom } from '../symptoms.ts';

/** Whoever gets no answer asks again; of strangers on the Internet, whom firewalls are for, each asks once or at every door. */
const LEAST = 2;
/** Of so few messages each was pasted for what it says. */
const CHOSEN = 3;
/** What hosts of one network call out to all: names, services, leases. */
const CHATTER: ReadonlySet<number> = new Set([67, 68, 137, 138, 1900, 3702, 5353, 5355, 17_500]);

/** Attempts from one's own networks that the firewall logged as refused, time and again. */
export function blockedPackets(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'dmesg').flatMap(({ artefact, content }) => {
    const seen = content.messages.flatMap(({ line, text }) => {
      const packet = loggedPacketIn(text);
      return packet !== undefined && concernsUs(packet) ? [{ packet, line }] : [];
    });
    const flows = Map.groupBy(
      seen,
      ({ packet: { source, destination, port, protocol } }) =>
        `${protocol} ${source} ${destination} ${port}`,
    );
    return [...flows.values()].flatMap((all): readonly Symptom[] => {
      const [first] = all;
      if (first === undefined || (all.length < LEAST && content.messages.length > CHOSEN))
        return [];
      const { source, destination, port } = first.packet;
      return [
        {
          id: 'packets-blocked',
          host: artefact.host,
          target: port === null ? destination : `${destination}:${port}`,
          outcome: source,
          server: null,
          at: all.slice(0, 3).map(({ line }) => cite(artefact, line)),
        },
      ];
    });
  });
}

function concernsUs(packet: LoggedPacket): boolean {
  const { isFirst, source, destination, port } = packet;
  if (!isFirst || !saysRefused(packet) || CHATTER.has(port ?? 0)) return false;
  return isInside(source) && !/^(?:22[4-9]|23\d)\.|\.255$|^ff/i.test(destination);
}

function isInside(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && scopeOf(address) === 'private';
}
