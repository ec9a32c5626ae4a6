import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { type Snapshot, snapshotsOf } from '../facts/counter-series.ts';
import { deviceRole } from '../primitives/device.ts';
import type { Symptom } from './symptoms.ts';

/** A reboot of the switch leaves some hundreds behind. */
const MANY = 1000;
/** Of all frames; a handful among millions is no fault. */
const LEAST_SHARE = 0.0001;

/** Counters of damaged frames: rtnl_link_stats64 (if_link.h), and the names of drivers for the same. */
const DAMAGED = [
  'rx errors',
  'rx_errors',
  'rx_crc_errors',
  'rx_crc_errors_phy',
  'rx_align_errors',
  'rx_frame_errors',
  'rx_symbol_err_phy',
];
const RECEIVED = ['rx packets', 'rx_packets', 'rx_packets_phy', 'rx_ucast_packets'];

/** Cards that have received a large share of their frames damaged, as the last reading shows. */
export function receiveErrors(evidence: readonly Evidence[]): readonly Symptom[] {
  const links = ofKind(evidence, 'link').map((one) => ({
    artefact: one.artefact,
    last: snapshotsOf('link', one).at(-1),
  }));
  const cards = ofKind(evidence, 'ethtool-statistics').map((one) => ({
    artefact: one.artefact,
    last: snapshotsOf('ethtool-statistics', one).at(-1),
  }));
  return [...links, ...cards].flatMap(({ artefact, last }) =>
    last === undefined
      ? []
      : worstIn(last).map(
          ({ device, count, lines }): Symptom => ({
            id: 'receive-errors',
            host: artefact.host,
            target: device,
            outcome: String(count),
            server: null,
            at: lines.map((line) => cite(artefact, line)),
          }),
        ),
  );
}

/** Of each card the counter that says most. */
function worstIn(reading: Snapshot) {
  const devices = new Set([...reading.keys()].map((key) => key.slice(0, key.indexOf(' '))));
  return [...devices].flatMap((device) => {
    const of = (name: string) => reading.get(`${device} ${name}`);
    const received = RECEIVED.map((name) => of(name)?.value).find((value) => value !== undefined);
    const [worst] = DAMAGED.flatMap((name) => of(name) ?? []).toSorted((a, b) => b.value - a.value);
    const isUnnamed = device.startsWith('?');
    const isCard = isUnnamed || deviceRole(device) === 'nic';
    if (worst === undefined || received === undefined || !isCard) return [];
    const isMuch = worst.value >= MANY && worst.value >= received * LEAST_SHARE;
    return isMuch
      ? [{ device: isUnnamed ? null : device, count: worst.value, lines: worst.lines }]
      : [];
  });
}
