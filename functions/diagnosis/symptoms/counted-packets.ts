import { sumOf } from '../../artefacts/conntrack-stats.ts';
import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { readingsOf } from '../../facts/conntrack-clash.ts';
import { grown } from '../../facts/conntrack-growth.ts';
import type { View } from '../../facts/define.ts';
import type { Symptom } from '../symptoms.ts';

/** A node that has run for months may well have lost some packets; whether so many are an old story is worth asking. */
const MANY_PACKETS = 1000;
/** Where nothing but counters is shown, they are all there is to go by, and no clash explains these. */
const SOME_PACKETS = 10;

/** Losses that conntrack counted since boot and one reading cannot date; of two, only the difference speaks. */
export function packetsCounted(
  evidence: readonly Evidence[],
  hasCaptures: boolean,
): readonly Symptom[] {
  const hosts = new Set(ofKind(evidence, 'conntrack-stats').map(({ artefact }) => artefact.host));
  return [...hosts].flatMap((host): readonly Symptom[] => {
    const own = evidence.filter(({ artefact }) => artefact.host === host);
    const [only, second] = readingsOf({ own });
    if (only === undefined || only.early) return [];
    if (second !== undefined) return packetsDropped(host, { own });
    const { artefact, reading, late } = only;
    const names = late ? ['drop', 'insert_failed'] : ['drop'];
    const counts = names.map((name) => ({ name, count: sumOf(reading, name) ?? 0 }));
    const [most] = counts.toSorted((a, b) => b.count - a.count);
    const isUnexplained = sumOf(reading, 'insert_failed') === 0 && !hasCaptures;
    const least = isUnexplained ? SOME_PACKETS : MANY_PACKETS;
    if (most === undefined || most.count < least) return [];
    const at = reading.rows.map(({ line }) => cite(artefact, line));
    const { name: target, count } = most;
    return [{ id: 'packets-counted', host, target, outcome: String(count), server: null, at }];
  });
}

function packetsDropped(host: string | null, view: Pick<View, 'own'>): readonly Symptom[] {
  const dropped = grown(view, 'drop');
  if (!dropped.known || dropped.value === 0) return [];
  const { value, at } = dropped;
  return [{ id: 'packets-dropped', host, target: null, outcome: String(value), server: null, at }];
}
