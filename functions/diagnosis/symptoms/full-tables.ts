import type { Evidence } from '../../artefacts/evidence.ts';
import { conntrackFilled } from '../../facts/conntrack-room.ts';
import type { Symptom } from '../symptoms.ts';

/** At the limit; a little below it the table of a busy host may stand for years. */
const AT_LIMIT_PERCENT = 99;

/** Conntrack tables at their limit: whether anything was refused is not told by that. */
export function tablesAtLimit(evidence: readonly Evidence[]): readonly Symptom[] {
  const hosts = new Set(evidence.map(({ artefact }) => artefact.host));
  return [...hosts].flatMap((host): readonly Symptom[] => {
    const own = evidence.filter(({ artefact }) => artefact.host === host);
    const filled = conntrackFilled({ own });
    if (!filled.known || filled.value < AT_LIMIT_PERCENT) return [];
    const outcome = String(filled.value);
    return [{ id: 'table-at-limit', host, target: null, outcome, server: null, at: filled.at }];
  });
}
