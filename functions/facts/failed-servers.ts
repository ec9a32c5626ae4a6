import { dialledIn } from '../captures/dialled.ts';
import type { View } from './define.ts';
import { askedIn } from './lookups/asked.ts';

const OWN = /^(?:127\.|::1$|localhost$)/;

/** The servers, by address or name, that programs of this host did not reach or that gave no answer; those on its loopback left aside. */
export function failedServers({ own }: Pick<View, 'own'>): readonly string[] {
  const dialled = dialledIn(own).flatMap(({ server, isFailed }) => (isFailed ? [server] : []));
  const asked = askedIn(own).flatMap(({ server, outcome }) =>
    outcome === 'answered' || server === null ? [] : [server],
  );
  return [...dialled, ...asked].filter((server) => !OWN.test(server));
}
