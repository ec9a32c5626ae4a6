import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Symptom } from '../symptoms.ts';

/** What dnsmasq itself says that it does not do: take more questions, ask anybody, hand an answer on. */
export function dnsmasqTroubles(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'dnsmasq-log').flatMap(({ artefact, content }): readonly Symptom[] => {
    const { entries } = content;
    const full = entries.findLast(({ is }) => is === 'full');
    const none = entries.findLastIndex(({ is }) => is === 'no-servers');
    const isServed = entries.slice(none + 1).some(({ is }) => is === 'server');
    const lost = none < 0 || isServed ? undefined : entries[none];
    const kept = entries.flatMap((one) => (one.is === 'rebind' ? [one] : [])).at(-1);
    const { host } = artefact;
    const failed = entries.flatMap((one) => (one.is === 'notice' ? [one] : []));
    const last = failed.findLast(({ text }) => text.startsWith('failed to '));
    const lookups = [
      { told: full, target: null, outcome: 'too-many' },
      { told: lost, target: null, outcome: 'no-upstream' },
      { told: kept, target: kept?.name ?? null, outcome: 'rebind' },
    ].flatMap(({ told, target, outcome }): readonly Symptom[] =>
      told === undefined
        ? []
        : [
            {
              id: 'lookup-failed',
              host,
              target,
              outcome,
              server: null,
              at: [cite(artefact, told.line)],
            },
          ],
    );
    if (last === undefined) return lookups;
    const { text: outcome, line } = last;
    const at = [cite(artefact, line)];
    return [
      { id: 'program-failed', host, target: 'dnsmasq', outcome, server: null, at },
      ...lookups,
    ];
  });
}
