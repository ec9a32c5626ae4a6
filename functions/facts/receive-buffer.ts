import { type Artefact, cite, ofKind } from '../artefacts/evidence.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { inOrder } from './order.ts';

/** What the counters of full UDP receive buffers amount to, set against what was received and what vanished. */
export const receiveBuffer = defineJoin({
  question: 'receive-buffer',
  needs: ['netstat-statistics'],
  facts: {
    droppedPercent: {
      type: 'count',
      is: 'how many of a hundred datagrams found the buffer full since the start of this network namespace',
      of: droppedPercent,
    },
    countsThem: {
      type: 'flag',
      is: 'UdpRcvbufErrors has counted at least as many datagrams as vanished',
      of: countsThem,
    },
  },
});

function latest(view: View, name: string) {
  const last = inOrder(ofKind(view.own, 'netstat-statistics')).at(-1);
  const counter = last?.content.readings.at(-1)?.get(name);
  return last === undefined || counter === undefined
    ? undefined
    : { ...counter, artefact: last.artefact as Artefact };
}

function droppedPercent(view: View): Reading<number> {
  const errors = latest(view, 'UdpRcvbufErrors');
  const received = latest(view, 'UdpInDatagrams');
  if (errors === undefined || received === undefined)
    return unknown('the datagrams received and those dropped are not both shown');
  const all = errors.value + received.value;
  if (all === 0) return unknown('no datagram arrived');
  const lines = new Set([errors.line, received.line]);
  return known(
    Math.round((errors.value / all) * 10_000) / 100,
    [...lines].map((line) => cite(errors.artefact, line)),
  );
}

function countsThem(view: View): Reading<boolean> {
  const errors = latest(view, 'UdpRcvbufErrors');
  if (view.loss === null) return unknown('no packet was seen to vanish at this host');
  if (errors === undefined) return unknown('the counter is not shown');
  return known(errors.value >= view.loss.vanished.length, [cite(errors.artefact, errors.line)]);
}
