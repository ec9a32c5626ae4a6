import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { REFUSING, type Route } from '../../artefacts/route/read.ts';
import type { Symptom } from '../symptoms.ts';

/** Default routes of IPv4 of which none leads anywhere: by a card without link, or refused as a matter of principle. */
export function deadDefaults(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'route').flatMap(({ artefact, content }): readonly Symptom[] => {
    // Of another table than the main one, or of IPv6, nothing says what it is there for.
    const isIpv4 = content.routes.some(({ prefix }) => prefix?.family === 4);
    if (!isIpv4 || /\btable\b/.test(artefact.command ?? '')) return [];
    const defaults = content.routes.filter(isDefault);
    const [first] = defaults;
    // Rules may lead elsewhere than the tables that are no main one.
    if (first === undefined || defaults.some((route) => !isDead(route) || !isMain(route)))
      return [];
    const { host } = artefact;
    const at = [cite(artefact, first.line)];
    return [
      {
        id: 'default-route-dead',
        host,
        target: null,
        outcome: wordsOf(first),
        server: null,
        at,
      },
    ];
  });
}

function isDefault({ destination, prefix }: Route): boolean {
  return prefix?.family !== 6 && (destination === 'default' || destination === '0.0.0.0/0');
}

function isMain({ table }: Route): boolean {
  return table === null || table === 'main';
}

/** ip(8): `dead` and `linkdown` are the kernel's flags, `blackhole`, `unreachable` and `prohibit` types. */
function isDead({ type, flags, nexthops }: Route): boolean {
  if (REFUSING.has(type)) return true;
  return nexthops.length === 0 && (flags.includes('linkdown') || flags.includes('dead'));
}

function wordsOf({ type, via, dev, flags }: Route): string {
  return [
    ...(type === 'unicast' ? [] : [type]),
    'default',
    ...(via === null ? [] : ['via', via]),
    ...(dev === null ? [] : ['dev', dev]),
    ...flags,
  ].join(' ');
}
