import type { Artefact, Evidence } from '../artefacts/evidence.ts';
import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import { urlHost } from '../primitives/url.ts';
import { askedIn } from './lookups/asked.ts';

/** A lookup that failed, as a tool told it. */
export interface FailedName {
  /** Null where the tool does not say which name it was. */
  readonly name: string | null;
  /** Nobody answered, or somebody said that there is no such name; null: it cannot be told which. */
  readonly how: 'silence' | 'no-such-name' | null;
  /** The server that was asked; null where the tool does not say. */
  readonly server: string | null;
  readonly artefact: Artefact;
  readonly at: Citation;
}

/** Every lookup in the paste that failed: of dig and its like, of curl, wget and nc, and what programs log. */
export function failedNamesIn(all: readonly Evidence[]): readonly FailedName[] {
  const outputs = new Map(ofKind(all, 'dig').map(({ artefact }) => [artefact.id, artefact]));
  const asked = askedIn(all).flatMap(
    ({ name, outcome, server, at: [at] }): readonly FailedName[] => {
      const artefact = outputs.get(at?.artefact ?? '');
      const how =
        outcome === 'timed-out' ? 'silence' : outcome === 'nxdomain' ? 'no-such-name' : undefined;
      return how === undefined || at === undefined || artefact === undefined
        ? []
        : [{ name, how, server, artefact, at }];
    },
  );
  const connections = ofKind(all, 'curl-timing').flatMap(({ artefact, content }) => {
    const only = content.requests.length === 1 ? urlHost(artefact.command) : null;
    return content.requests.flatMap(({ host, outcome, line }): readonly FailedName[] => {
      if (outcome !== 'unresolved') return [];
      return [{ name: host ?? only, how: null, server: null, artefact, at: cite(artefact, line) }];
    });
  });
  const logged = ofKind(all, 'lookup-error').flatMap(({ artefact, content }) =>
    content.lookups.map(({ name, server, outcome, line }): FailedName => {
      const how = outcome === 'timed-out' ? 'silence' : null;
      return { name, how, server, artefact, at: cite(artefact, line) };
    }),
  );
  return [...asked, ...connections, ...logged, ...unfoundIn(all)];
}

/** getent that prints nothing: libc found no address, whoever told it so. */
function unfoundIn(all: readonly Evidence[]): readonly FailedName[] {
  return ofKind(all, 'empty-search').flatMap(({ artefact, content }): readonly FailedName[] =>
    content.tool === 'getent'
      ? [
          {
            name: content.wanted,
            how: null,
            server: null,
            artefact,
            at: cite(artefact, content.line),
          },
        ]
      : [],
  );
}

/** `db.pay.svc`, `db.pay.svc.cluster.local`: a name that only the DNS server of a cluster knows. */
export function isClusterName(name: string | null): boolean {
  return (
    name !== null && /\.svc(?:\.[\w.-]+)?\.?$|\.cluster\.local\.?$|^kubernetes\.default$/.test(name)
  );
}
