import type { DhcpStep } from '../../artefacts/dhcp-log.ts';
import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Symptom } from '../symptoms.ts';

/** Clients space their questions out over seconds: after three without an offer nobody heard them, or nobody was heard. */
const LEAST_ASKED = 3;

/** Clients of DHCP that got no lease, and none since. */
export function missingLeases(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'dhcp-log').flatMap(({ artefact, content }): readonly Symptom[] => {
    const { steps } = content;
    const end = steps.findLastIndex(({ is }) => is === 'bound' || is === 'offered');
    const since = steps.slice(end + 1);
    const outcome = outcomeOf(since);
    const last = since.at(-1);
    if (outcome === undefined || last === undefined) return [];
    const target = since.find(({ device }) => device !== null)?.device ?? null;
    const at = [cite(artefact, last.line)];
    return [{ id: 'lease-missing', host: artefact.host, target, outcome, server: null, at }];
  });
}

function outcomeOf(steps: readonly DhcpStep[]): string | undefined {
  if (steps.some(({ is }) => is === 'gave-up')) return 'no-offer';
  if (steps.at(-1)?.is === 'refused') return 'lease-refused';
  return steps.filter(({ is }) => is === 'asked').length >= LEAST_ASKED ? 'no-offer' : undefined;
}
