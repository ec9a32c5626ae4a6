import { type Artefact, cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { LinkMessage } from '../../artefacts/link-log.ts';
import { deviceRole } from '../../primitives/device.ts';
import type { Symptom } from '../symptoms.ts';

/** What NetworkManager and systemd-networkd say of cards: no link, no address, no route. */
export function managedLinkTroubles(evidence: readonly Evidence[]): readonly Symptom[] {
  return [...listed(evidence), ...logged(evidence)];
}

function listed(evidence: readonly Evidence[]): readonly Symptom[] {
  const listings = ofKind(evidence, 'link-manager');
  return listings.flatMap(({ artefact, content }, at): readonly Symptom[] => {
    const { host } = artefact;
    // Of two listings of a host the later one counts.
    if (listings.slice(at + 1).some((later) => later.artefact.host === host)) return [];
    const symptom = (id: Symptom['id'], { name, state, line }: (typeof content.devices)[number]) =>
      ({
        id,
        host,
        target: name,
        outcome: state,
        server: null,
        at: [cite(artefact, line)],
      }) as const;
    const failed = content.devices.filter(({ isFailed }) => isFailed);
    const waiting = content.devices.filter(({ isWaiting }) => isWaiting);
    // A machine has cards that nobody plugs in; one of which none is in use has no network at all.
    const cards = content.devices.filter(({ type }) => /^(?:ethernet|ether|wifi|wlan)$/.test(type));
    const own = cards.filter(({ name }) => deviceRole(name) === 'nic');
    const isCutOff =
      content.isWhole && own.length > 0 && !cards.some(({ isUp }) => isUp) && failed.length === 0;
    return [
      ...failed.map((device) => symptom('link-not-set-up', device)),
      ...waiting.map((device) => symptom('address-awaited', device)),
      ...(isCutOff ? own.slice(0, 1).map((device) => symptom('link-down', device)) : []),
    ];
  });
}

function logged(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'link-log').flatMap(({ artefact, content }) => {
    const messages = content.messages.filter(({ device }) => device !== '');
    return [...Map.groupBy(messages, ({ device }) => device)].flatMap(([device, own]) =>
      ofDevice(artefact, device, own),
    );
  });
}

function ofDevice(
  artefact: Artefact,
  device: string,
  own: readonly LinkMessage[],
): readonly Symptom[] {
  const { host } = artefact;
  const told = (id: Symptom['id'], outcome: string, lines: readonly LinkMessage[]): Symptom => ({
    id,
    host,
    target: device,
    outcome,
    server: null,
    at: lines.slice(-3).map(({ line }) => cite(artefact, line)),
  });
  const isCard = deviceRole(device) === 'nic';
  const lost = isCard ? own.filter(({ event }) => event === 'carrier-lost') : [];
  const isBack = own.findLast(({ event }) => /^carrier/.test(event))?.event === 'carrier-gained';
  const lease = own.findLast(({ event }) => /^(?:lease-lost|no-lease|address-got)$/.test(event));
  const refused = own.filter(({ event }) => event === 'route-refused');
  const symptoms: Symptom[] = [];
  if (lost.length > 1) symptoms.push(told('link-flaps', String(lost.length), lost));
  else if (lost.length === 1 && !isBack) symptoms.push(told('link-down', '', lost));
  const [route] = refused.slice(-1);
  if (route !== undefined) symptoms.push(told('route-not-set', route.text, [route]));
  if (lease !== undefined && lease.event !== 'address-got' && isCard)
    symptoms.push(
      told(lease.event === 'lease-lost' ? 'lease-lost' : 'address-awaited', lease.text, [lease]),
    );
  return symptoms;
}
