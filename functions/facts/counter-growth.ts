import { cite, ofKind } from '../artefacts/evidence.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { inOrder } from './order.ts';

/** By how much the kernel's protocol counters grew on this host. */
export const counterGrowth = defineJoin({
  question: 'counter-growth',
  needs: ['netstat-statistics'],
  facts: {
    rcvbufErrors: grown('UdpRcvbufErrors', 'datagrams dropped because a socket buffer was full'),
    listenOverflows: grown('TcpExtListenOverflows', 'connections dropped by a full accept queue'),
    reversePathFiltered: grown(
      'TcpExtIPReversePathFilter',
      'packets that the reverse path filter dropped',
    ),
  },
});

function grown(counter: string, is: string): JoinedFact {
  const of = (view: View): Reading<number> => {
    const readings = absoluteReadings(view, counter);
    const [before, after] = [readings[0], readings.at(-1)];
    if (before === undefined || after === undefined || before === after)
      return unknown('no two readings since boot by one command on one host are shown');
    const fell = readings.some(({ value }, at) => value < (readings[at - 1]?.value ?? 0));
    return fell
      ? unknown('the counter was reset in between')
      : known(after.value - before.value, [before.at, after.at]);
  };
  return { type: 'count', is: `${is}, between the first and the last reading`, of };
}

/**
 * Readings that may be subtracted: the same command, so the same network namespace, on one host. Without a command nothing
 * says where the figures are from or what they count; without a host only one command's own output is of one place.
 */
function absoluteReadings(view: View, counter: string) {
  const own = inOrder(ofKind(view.own, 'netstat-statistics'));
  const last = own.at(-1)?.artefact;
  if (last === undefined || last.command === null || !isSinceBoot(last.command)) return [];
  return own
    .filter(({ artefact }) =>
      view.host === null ? artefact === last : artefact.command === last.command,
    )
    .flatMap(({ artefact, content }) =>
      content.readings.flatMap((reading) => {
        const found = reading.get(counter);
        return found === undefined ? [] : [{ value: found.value, at: cite(artefact, found.line) }];
      }),
    );
}

/** `nstat` prints what came since it last ran, unless `-a` asks for the absolute values (nstat(8)). */
function isSinceBoot(command: string): boolean {
  return [...command.matchAll(/\bnstat\b([^;|&]*)/g)].every(([, words = '']) =>
    /\s-\w*a|\s--ignore\b/.test(words),
  );
}
