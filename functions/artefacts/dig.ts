import { ASCII, defineArtefact, found, type Local, missing } from './define.ts';
import { lookupLine } from './dig/lines.ts';
import type { Lookup, Lookups } from './dig/lookup.ts';
import { isDetail, readLookups } from './dig/read.ts';
import { CHINESE_FIRST } from './dig/windows-forms.ts';

/**
 * Tools that ask a DNS server themselves, past libc: dig of BIND 9.10 to 9.20 and kdig of Knot with all their sections, with
 * `+short`, `+noall +answer` and `+trace`; nslookup of BIND, BusyBox and Windows; host; drill of ldns. Several runs may follow each other.
 */
export const dig = defineArtefact({
  kind: 'dig',
  title: 'dig, nslookup, host',
  ask: 'dig +tries=2 +time=3 {traffic.name|NAME} @{traffic.server|DNS-IP}; dig +tries=2 +time=3 +tcp {traffic.name|NAME} @{traffic.server|DNS-IP}',
  hint: /(?:^|[\s;&|/(])(?:dig|kdig|drill|nslookup)\s+\S|(?:^|[;&|/(]\s*|\b(?:sudo|time)\s+|-- )host\s+[\w.:-]/,
  first: `${ASCII}${CHINESE_FIRST}`,
  recognise: (line) => lookupLine(line)?.strength ?? 'none',
  continues: isDetail,
  parse: readLookups,
  size: ({ lookups }) => ({ count: lookups.length, unit: 'lookups' }),
  facts: {
    outcome: {
      type: 'label',
      is: 'how the last lookup ended: answered, empty, nxdomain, servfail, refused, formerr, notimp, timed-out, port-refused, unreachable or closed',
      of: ({ lookups }) => ofLast(lookups, ({ outcome }) => outcome),
    },
    server: {
      type: 'label',
      is: 'the server that the last lookup asked',
      of: ({ lookups }) => ofLast(lookups, ({ server }) => server),
    },
  },
});

function ofLast(lookups: Lookups['lookups'], of: (lookup: Lookup) => string | null): Local<string> {
  const last = lookups.at(-1);
  const value = last === undefined ? null : of(last);
  return last === undefined || value === null
    ? missing('the last lookup does not tell it')
    : found(value, [last.line]);
}
