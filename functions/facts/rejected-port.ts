import { dialledIn } from '../captures/dialled.ts';
import type { Citation } from '../primitives/reading.ts';
import { answeredPings } from './answered-pings.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';

const label = labelsOf(rejected, 'not shown');

/** Whether a host that answers pings is called unreachable when a connection is opened. */
export const rejectedPort = defineJoin({
  question: 'rejected-port',
  needs: ['curl-timing', 'ssh-error', 'ping'],
  facts: {
    pinged: flagOf(
      'a connection ends in "No route to host", and every ping of the same address is answered',
      rejected,
    ),
    address: label('that address', ({ address }) => address),
  },
});

interface Rejected {
  readonly address: string;
  readonly at: readonly Citation[];
}

/** EHOSTUNREACH is a missing neighbour, or ICMP with code host unreachable, host prohibited or admin prohibited (net/ipv4/icmp.c: icmp_err_convert). */
function rejected(view: View): Rejected | undefined {
  for (const { server, outcome, at } of dialledIn(view.own)) {
    if (outcome !== 'no-route') continue;
    const ping = answeredPings(view.own).find((one) => one.address === server && one.isWhole);
    if (ping !== undefined) return { address: server, at: [at, ping.at] };
  }
  return undefined;
}
