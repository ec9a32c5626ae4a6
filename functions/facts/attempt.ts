import type { Request } from '../artefacts/curl-timing.ts';
import { type Artefact, cite, ofKind } from '../artefacts/evidence.ts';
import { serverOf } from '../captures/dialled.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { inOrder } from './order.ts';

/** The attempt to connect from this host that tells most: the last that failed for good, else the last. */
export const attempt = defineJoin({
  question: 'attempt',
  needs: ['curl-timing'],
  facts: {
    outcome: about(
      'label',
      'how it ended: established, timed-out, refused, no-route, unreachable, reset, unresolved, no-port, no-answer, stalled, tls or other',
      // Refused or silent: the program does not say which.
      ({ outcome }) => (outcome === 'not-connected' ? null : outcome),
    ),
    host: about('label', 'the host it went to', ({ host }) => host),
    port: about('count', 'the port it went to', ({ port }) => port),
  },
});

function about(
  type: 'label' | 'count',
  is: string,
  value: (request: Request) => string | number | null,
): JoinedFact {
  const of = (view: View): Reading<string | number> => {
    const told = tellingIn(view);
    const found = told === undefined ? null : value(told.request);
    return told === undefined || found === null
      ? unknown('no attempt tells it')
      : known(found, [cite(told.artefact, told.request.line)]);
  };
  return { type, is, of } as JoinedFact;
}

interface Told {
  readonly artefact: Artefact;
  readonly request: Request;
}

function tellingIn({ own }: View): Told | undefined {
  const all = inOrder(ofKind(own, 'curl-timing'))
    .flatMap(({ artefact, content }) =>
      content.requests.map((request) => {
        const { server, port } = serverOf(request, artefact, content.requests.length);
        return { artefact, request: { ...request, host: server, port } };
      }),
    )
    .filter(({ request }) => request.outcome !== null);
  const failed = all.findLast(
    ({ request }, at) =>
      request.outcome !== 'established' &&
      !all.slice(at + 1).some((later) => isMended(request, later.request)),
  );
  return failed ?? all.at(-1);
}

/** Whether a later attempt to the same place succeeded. */
export function isMended(failed: Request, later: Request): boolean {
  return (
    later.outcome === 'established' && later.host === failed.host && later.port === failed.port
  );
}
