import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { linkListings, type Snapshot, snapshotsOf } from '../../facts/counter-series.ts';
import { deviceRole } from '../../primitives/device.ts';
import type { Symptom } from '../symptoms.ts';

/** A reboot of the switch leaves some hundreds behind. */
const MANY = 1000;
/** Of all frames; a handful among millions is no fault. */
const LEAST_SHARE = 0.0001;

interface Direction {
  readonly id: 'receive-errors' | 'transmit-errors';
  readonly errors: readonly string[];
  readonly frames: readonly string[];
}

/** Counters of damaged frames: rtnl_link_stats64 (if_link.h), and the names of drivers for the same. */
const DIRECTIONS: readonly Direction[] = [
  {
    id: 'receive-errors',
    errors: [
      'rx errors',
      'rx_errors',
      'rx_crc_errors',
      'rx_crc_errors_phy',
      'rx_align_errors',
      'rx_frame_errors',
      'rx_symbol_err_phy',
    ],
    frames: ['rx packets', 'rx_packets', 'rx_packets_phy', 'rx_ucast_packets'],
  },
  {
    id: 'transmit-errors',
    errors: ['tx errors', 'tx_errors', 'tx_carrier_errors'],
    frames: ['tx packets', 'tx_packets', 'tx_packets_phy', 'tx_ucast_packets'],
  },
];

/** Cards that have received a large share of their frames damaged, or could not send them, as the last reading shows. */
export function frameErrors(evidence: readonly Evidence[]): readonly Symptom[] {
  const readings = [
    ...[...ofKind(evidence, 'link'), ...ofKind(evidence, 'address')].map(
      ({ artefact, content }) => ({ artefact, last: linkListings(content.links).at(-1) }),
    ),
    ...ofKind(evidence, 'ethtool-statistics').map((one) => ({
      artefact: one.artefact,
      last: snapshotsOf('ethtool-statistics', one).at(-1),
    })),
  ];
  return readings.flatMap(({ artefact, last }) =>
    DIRECTIONS.flatMap((direction) =>
      last === undefined
        ? []
        : worstIn(last, direction).map(
            ({ device, count, lines }): Symptom => ({
              id: direction.id,
              host: artefact.host,
              target: device,
              outcome: String(count),
              server: null,
              at: lines.map((line) => cite(artefact, line)),
            }),
          ),
    ),
  );
}

/** Of each card the counter that says most. */
function worstIn(reading: Snapshot, { errors, frames }: Direction) {
  const devices = new Set([...reading.keys()].map((key) => key.slice(0, key.indexOf(' '))));
  return [...devices].flatMap((device) => {
    const of = (name: string) => reading.get(`${device} ${name}`);
    const all = frames.map((name) => of(name)?.value).find((value) => value !== undefined);
    const [worst] = errors.flatMap((name) => of(name) ?? []).toSorted((a, b) => b.value - a.value);
    const isUnnamed = device.startsWith('?');
    const isCard = isUnnamed || deviceRole(device) === 'nic';
    if (worst === undefined || all === undefined || !isCard) return [];
    const isMuch = worst.value >= MANY && worst.value >= all * LEAST_SHARE;
    return isMuch
      ? [{ device: isUnnamed ? null : device, count: worst.value, lines: worst.lines }]
      : [];
  });
}
