import { cite, ofKind } from '../artefacts/evidence.ts';
import { dialledIn } from '../captures/dialled.ts';
import type { Citation } from '../primitives/reading.ts';
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
    for (const { artefact, content } of ofKind(view.own, 'ping')) {
      const answered = content.runs.find(
        ({ address, target, replies, summary }) =>
          (address ?? target) === server &&
          replies > 0 &&
          (summary === null || summary.sent === summary.received),
      );
      if (answered?.replyLine != null)
        return { address: server, at: [at, cite(artefact, answered.replyLine)] };
    }
  }
  return undefined;
}
