import type { LookupSymptom } from '../catalogue/vantage-rule.ts';
import { askedIn, isAnswer } from '../facts/lookups/asked.ts';
import { configuredServers } from '../facts/lookups/servers.ts';
import type { Symptom } from './symptoms.ts';
import type { Vantage } from './vantage.ts';

/** What servers say that answer and do not want to: they are there, so nothing is lost on the way to them. */
const DENIED: ReadonlySet<string> = new Set(['refused', 'formerr', 'notimp', 'edns', 'nxdomain']);

/** How a lookup went wrong; undefined for other symptoms. */
export function lookupOf(
  { id, outcome }: Pick<Symptom, 'id' | 'outcome'>,
  vantage: Vantage | undefined,
): LookupSymptom | undefined {
  if (id === 'questions-open') return 'open';
  if (id === 'lookup-slow' || id === 'answered-late') return slownessAt(vantage);
  const isUnresolved = id === 'connection-failed' && outcome === 'unresolved';
  const isLookup = id === 'lookup-failed' || id === 'servers-differ';
  if (!isLookup && !isUnresolved && !id.startsWith('answered-')) return undefined;
  if (id === 'lookup-failed' && DENIED.has(outcome)) return 'denied';
  return isSilentAt(vantage) ? 'silent' : 'failed';
}

const LATE_MS = 500;

/** At each of several servers, at one of several as far as is shown, or at the only one. */
function slownessAt(vantage: Vantage | undefined): LookupSymptom {
  const late = askedIn(vantage?.view.own ?? []).filter(({ lookup }) => (lookup.ms ?? 0) >= LATE_MS);
  if (new Set(late.map(({ server }) => server)).size > 1) return 'each';
  return several(vantage).length > 1 ? 'several' : 'slow';
}

function several(vantage: Vantage | undefined): readonly string[] {
  return vantage === undefined ? [] : [...(configuredServers(vantage.view)?.keys() ?? [])];
}

/** Of several servers that the host asks, not one has answered anything that is shown. */
function isSilentAt(vantage: Vantage | undefined): boolean {
  const servers = several(vantage);
  const asked = askedIn(vantage?.view.own ?? []);
  const isSilent = asked.some(({ outcome }) => outcome === 'timed-out');
  return servers.length > 1 && isSilent && !asked.some(isAnswer);
}
