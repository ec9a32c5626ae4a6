import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { halfDuplexIn } from '../../facts/half-duplex.ts';
import { deviceRole } from '../../primitives/device.ts';
import type { Citation } from '../../primitives/reading.ts';
import type { Symptom } from '../symptoms.ts';

/** Cards that have no link, lose it time and again, or do not send what they were given. */
export function linkTroubles(evidence: readonly Evidence[]): readonly Symptom[] {
  return [
    ...withoutLink(evidence),
    ...withoutCarrier(evidence),
    ...losingLink(evidence),
    ...hung(evidence),
    ...atHalfDuplex(evidence),
  ];
}

/** Cards that take turns with their peer, as the last reading says; the page of tcp-path-loss tells why that loses frames. */
function atHalfDuplex(evidence: readonly Evidence[]): readonly Symptom[] {
  const hosts = new Set(evidence.map(({ artefact }) => artefact.host));
  return [...hosts].flatMap((host): readonly Symptom[] => {
    const found = halfDuplexIn({ own: evidence.filter(({ artefact }) => artefact.host === host) });
    return found === undefined ? [] : [symptomOf('half-duplex', host, found.card, '', found.at)];
  });
}

/** `Link detected: no`, unless a later reading of the card says yes. */
function withoutLink(evidence: readonly Evidence[]): readonly Symptom[] {
  const said = ofKind(evidence, 'ethtool').flatMap(({ artefact, content }) =>
    content.settings
      .filter(({ topic, name }) => topic === 'link' && name === 'Link detected')
      .map(({ card, value, line }) => ({ artefact, card, value, line })),
  );
  return said.flatMap(({ artefact, card, value, line }, at): readonly Symptom[] => {
    const isBack = said
      .slice(at + 1)
      .some((later) => later.artefact.host === artefact.host && later.card === card);
    if (!value.startsWith('no') || isBack) return [];
    return [symptomOf('link-down', artefact.host, card, '', [cite(artefact, line)])];
  });
}

/**
 * Cards without carrier, or switched off, where none of the host's is shown that works: servers have cards that nobody uses.
 * ip(8) prints NO-CARRIER where the driver sees no link.
 */
function withoutCarrier(evidence: readonly Evidence[]): readonly Symptom[] {
  const shown = [...ofKind(evidence, 'link'), ...ofKind(evidence, 'address')].flatMap(
    ({ artefact, content }) =>
      content.links
        .filter(({ name, flags }) => flags !== null && deviceRole(name) === 'nic')
        .map((link) => ({ artefact, link })),
  );
  return shown.flatMap(({ artefact, link }): readonly Symptom[] => {
    const { host } = artefact;
    const isAnyUp = shown.some(
      (other) => other.artefact.host === host && other.link.flags?.includes('LOWER_UP'),
    );
    const flags = link.flags ?? [];
    const id = !flags.includes('UP')
      ? 'link-off'
      : flags.includes('NO-CARRIER')
        ? 'link-down'
        : null;
    if (isAnyUp || id === null) return [];
    return [symptomOf(id, host, link.name, '', [cite(artefact, link.line)])];
  });
}

interface Change {
  readonly device: string;
  readonly isUp: boolean;
  readonly at: Citation;
}

/**
 * `e1000e 0000:00:1f.6 eth0: NIC Link is Down` (drivers/net/ethernet), `eth0: Link is Down` (phylib, phy_print_status): a
 * card that has it taken away once and back belongs to a boot or to somebody's work.
 */
function losingLink(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'dmesg').flatMap(({ artefact, content }) => {
    const changes = content.messages.flatMap(({ line, text }): readonly Change[] => {
      const [, device = '', state = ''] = LINK.exec(text) ?? [];
      if (deviceRole(device) !== 'nic') return [];
      return [{ device, isUp: /^up/i.test(state), at: cite(artefact, line) }];
    });
    return [...Map.groupBy(changes, ({ device }) => device)].flatMap(
      ([device, own]): readonly Symptom[] => {
        const downs = own.filter(({ isUp }) => !isUp);
        if (downs.length < 2) return [];
        const at = downs.slice(-3).map((one) => one.at);
        return [symptomOf('link-flaps', artefact.host, device, String(downs.length), at)];
      },
    );
  });
}

const LINK =
  /(?:^|\s)([a-z][\w.-]{1,14}):? (?:NIC )?(?:Copper |SerDes |Fibre )?[Ll]ink (?:is )?([Dd]own|[Uu]p)\b/;

/** net/sched/sch_generic.c (dev_watchdog): `NETDEV WATCHDOG: eth0 (e1000e): transmit queue 0 timed out`; since 6.4 the name stands before it. */
function hung(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'dmesg').flatMap(({ artefact, content }) =>
    content.messages.flatMap(({ line, text }): readonly Symptom[] => {
      if (!/NETDEV WATCHDOG: .{0,80}transmit queue \d{1,5} timed out/.test(text)) return [];
      const device =
        /WATCHDOG: ([a-z][\w.-]{1,14}) \(/.exec(text)?.[1] ??
        /(?:^|\s)([a-z][\w.-]{1,14}): NETDEV/.exec(text)?.[1] ??
        null;
      return [symptomOf('card-hung', artefact.host, device, '', [cite(artefact, line)])];
    }),
  );
}

function symptomOf(
  id: 'link-down' | 'link-off' | 'link-flaps' | 'card-hung' | 'half-duplex',
  host: string | null,
  target: string | null,
  outcome: string,
  at: readonly Citation[],
): Symptom {
  return { id, host, target, outcome, server: null, at };
}
