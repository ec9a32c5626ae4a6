import type { Request } from '../../artefacts/curl-timing.ts';
import { type Artefact, cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { serverOf } from '../../captures/dialled.ts';
import type { Symptom } from '../symptoms.ts';

/** What a proxy answers for a server behind it that does not serve (RFC 9110, 15.6.3 to 15.6.5). */
const OF_GATEWAYS: readonly number[] = [502, 503, 504];

/** Requests that a proxy could not have served, unless it served those that came after. */
export function gatewayErrors(evidence: readonly Evidence[]): readonly Symptom[] {
  const answered = ofKind(evidence, 'curl-timing').flatMap(({ artefact, content }) =>
    content.requests
      .filter(({ status }) => status !== null && status > 0)
      .map((request) => {
        const { server } = serverOf(request, artefact, content.requests.length);
        return { artefact, request, target: server ?? '?' };
      }),
  );
  return [...Map.groupBy(answered, ({ target }) => target)].flatMap(
    ([target, own]): readonly Symptom[] => {
      const failed = own.findLast(({ request }) => isFailure(request));
      const isServedSince =
        own.at(-1) !== failed && !isBack(own.map(({ request }) => isFailure(request)));
      return failed === undefined || isServedSince ? [] : [symptomOf(target, failed)];
    },
  );
}

function isFailure({ status }: Request): boolean {
  return OF_GATEWAYS.includes(status ?? 0);
}

/** Whether it failed again once it had served: then one server of several is bad, and not everything mended. */
function isBack(failures: readonly boolean[]): boolean {
  return failures.indexOf(true, failures.indexOf(false)) > 0 && failures.includes(false);
}

function symptomOf(
  target: string,
  { artefact, request }: { readonly artefact: Artefact; readonly request: Request },
): Symptom {
  return {
    id: 'gateway-error',
    host: artefact.host,
    target,
    outcome: `http-${request.status}`,
    server: null,
    at: [cite(artefact, request.line)],
  };
}
