import type { Citation } from '../primitives/reading.ts';
import type { View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { type Target, targetsOf } from './targets.ts';

/** What another host failed to reach. */
export interface FailedElsewhere extends Pick<Target, 'text' | 'address'> {
  readonly client: string;
  /** The client's own addresses on cards, where they are shown. */
  readonly from: readonly string[];
  readonly at: Citation;
}

/** Addresses that other hosts of the paste failed to reach; pods and this host itself left aside. */
export function failedElsewhere(view: View): readonly FailedElsewhere[] {
  const byHost = Map.groupBy(view.all, ({ artefact }) => artefact.host);
  return [...byHost].flatMap(([client, own]): readonly FailedElsewhere[] => {
    if (client === null || view.host === null || client === view.host) return [];
    const failed = targetsOf({ ...view, host: client, own, loss: null });
    if (failed.length === 0) return [];
    const from = addressesIn(own)
      .filter(({ device, pod }) => !pod && device !== 'lo')
      .map(({ address }) => address);
    return failed.map(({ text, address, at }) => ({ text, address, at, client, from }));
  });
}
