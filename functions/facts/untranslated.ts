import type { Sighting } from '../captures/points.ts';
import { flowsAt, type TcpFlow } from '../captures/tcp-flows.ts';
import { known, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { citation } from './loss.ts';

/**
 * Whether a segment reached the client with its server's true address in place of the one that the client talks to: what
 * conntrack calls INVALID passes untranslated (nf_nat_core.c: no entry, no translation), and the client resets it.
 */
export const untranslated = defineJoin({
  question: 'untranslated',
  needs: ['tcpdump'],
  facts: {
    server: label(
      'the address that the untranslated segment came from',
      ({ stray }) => stray.packet.source.host,
    ),
    service: label('the address that the client talks to', ({ flow }) => flow.server.host),
    client: label('the client that resets it', ({ flow }) => flow.client.host),
  },
});

interface Untranslated {
  readonly flow: TcpFlow;
  readonly stray: Sighting;
  readonly reset: Sighting;
}

function label(is: string, of: (found: Untranslated) => string): JoinedFact {
  return {
    type: 'label',
    is,
    of: (view) => {
      const found = foundAt(view);
      if (found === undefined) return unknown('no untranslated segment is shown');
      const { flow, stray, reset } = found;
      const before =
        flow.fromServer.findLast(({ order }) => order < stray.order) ?? flow.fromServer[0];
      return known(
        of(found),
        [before, stray, reset].flatMap((one) => (one === undefined ? [] : [citation(one)])),
      );
    },
  };
}

const views = new WeakMap<View, Untranslated | null>();

function foundAt(view: View): Untranslated | undefined {
  const kept = views.get(view);
  if (kept !== undefined) return kept ?? undefined;
  const found = view.following.points
    .filter(({ host }) => host === view.host || view.following.points.length === 1)
    .flatMap((point) => strays(flowsAt(point)))[0];
  views.set(view, found ?? null);
  return found;
}

function strays(flows: readonly TcpFlow[]): readonly Untranslated[] {
  const talks = new Map<string, TcpFlow[]>();
  for (const flow of flows) {
    if (flow.fromServer.length === 0) continue;
    for (const { host, port } of [flow.client, flow.server]) {
      const key = `${host} ${port}`;
      talks.set(key, [...(talks.get(key) ?? []), flow]);
    }
  }
  return flows.flatMap((odd) => {
    const all = [...odd.fromClient, ...odd.fromServer].toSorted((a, b) => a.order - b.order);
    const [first, ...rest] = all;
    // Begun in the middle by the server's side, and answered by nothing but resets.
    if (odd.syn !== null || first?.packet.tcp == null || /[SR]/.test(first.packet.tcp.flags))
      return [];
    const { source, destination } = first.packet;
    const back = rest.filter(({ packet }) => packet.source.host === destination.host);
    const [reset] = back;
    if (reset === undefined || !back.every(({ packet }) => packet.tcp?.flags.startsWith('R')))
      return [];
    const flow = (talks.get(`${destination.host} ${destination.port}`) ?? []).find(
      (one) =>
        one !== odd &&
        one.client.host === destination.host &&
        one.client.port === destination.port &&
        one.server.host !== source.host &&
        isOpen(one, first),
    );
    return flow === undefined ? [] : [{ flow, stray: first, reset }];
  });
}

/** The connection was under way when the segment came. */
function isOpen({ fromClient, fromServer }: TcpFlow, { order }: Sighting): boolean {
  const before = [...fromClient, ...fromServer].filter((one) => one.order < order);
  return before.length > 0 && !before.some(({ packet }) => packet.tcp?.flags.startsWith('R'));
}
