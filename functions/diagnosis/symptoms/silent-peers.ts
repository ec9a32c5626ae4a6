import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { WireguardPeer } from '../../artefacts/wireguard.ts';
import type { Symptom } from '../symptoms.ts';

/** REJECT_AFTER_TIME of drivers/net/wireguard/messages.h: a session as old as this carries nothing; keepalives would have renewed it. */
const DEAD_SECONDS = 180;
/** A renewal may be lost and tried again (REKEY_TIMEOUT, MAX_TIMER_HANDSHAKES: for 90 s). */
const GRACE_SECONDS = 120;

/** Peers of WireGuard that were called and never answered, do not answer any more, or may send nothing. */
export function silentPeers(evidence: readonly Evidence[]): readonly Symptom[] {
  const shown = ofKind(evidence, 'wireguard').flatMap(({ artefact, content }) =>
    content.peers.map((peer) => ({ artefact, peer })),
  );
  return shown.flatMap(({ artefact, peer }, at): readonly Symptom[] => {
    const { host } = artefact;
    const { endpoint } = peer;
    // Of two readings of a peer the later one counts.
    const isOver = shown
      .slice(at + 1)
      .some((later) => later.artefact.host === host && later.peer.endpoint === endpoint);
    if (isOver || endpoint === null) return [];
    const [id, line, outcome] = troubleOf(peer) ?? [];
    if (id === undefined || line === undefined || outcome === undefined) return [];
    const lines = [...new Set([peer.line, line])].map((one) => cite(artefact, one));
    return [{ id, host, target: endpoint, outcome, server: null, at: lines }];
  });
}

function troubleOf({
  handshakeAge,
  handshakeLine,
  transfer,
  transferLine,
  keepalive,
}: WireguardPeer) {
  if (transfer?.sent === true && !transfer.received && handshakeAge === null)
    return ['handshake-missing', transferLine, ''] as const;
  const isOld = keepalive !== null && (handshakeAge ?? 0) > DEAD_SECONDS + GRACE_SECONDS;
  return isOld ? (['handshake-old', handshakeLine, String(handshakeAge)] as const) : undefined;
}
