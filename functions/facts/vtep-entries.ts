import { cite, ofKind } from '../artefacts/evidence.ts';
import type { View } from './define.ts';

export const VXLAN_DEVICE = /^(?:flannel|vx|vtep)[\w.-]*$/;

/** The device that a command names: `ip neigh show dev flannel.1` leaves it out of its lines. */
export function deviceAsked(command: string | null): string | null {
  return /\bdev\s+([\w.@-]+)/.exec(command ?? '')?.[1] ?? null;
}

/** Forwarding entries of a VXLAN device. A listing cut by grep proves no absence. */
export function remoteEntries(view: View) {
  return ofKind(view.own, 'bridge-fdb').flatMap(({ artefact, content, truncated, unread }) =>
    content.entries.flatMap((entry) => {
      const device = entry.device ?? deviceAsked(artefact.command);
      const whole = !truncated && unread.length === 0 && !/\|/.test(artefact.command ?? '');
      return entry.destination === null
        ? []
        : [{ entry, to: entry.destination, device, whole, at: cite(artefact, entry.line) }];
    }),
  );
}
