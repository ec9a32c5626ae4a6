import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { UfwRule } from '../artefacts/ufw.ts';
import { type Address, contains, parseAddress, parsePrefix } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { failedAttempts } from './failed-attempts.ts';
import { addressesIn } from './hosts.ts';
import { inOrder } from './order.ts';

const label = labelsOf(refusal, 'ufw is not shown to drop a connection that somebody missed');

/** Whether ufw on this host drops the very connection that timed out elsewhere. */
export const ufwRefusal = defineJoin({
  question: 'ufw-refusal',
  needs: ['ufw', 'address'],
  facts: {
    target: label('address and port that the client did not reach', ({ target }) => target),
    by: label('the rule, or the policy where no rule fits, that drops it', ({ by }) => by),
  },
});

interface Refusal {
  readonly target: string;
  readonly by: string;
  readonly at: readonly Citation[];
}

function refusal(view: View): Refusal | undefined {
  const shown = inOrder(ofKind(view.own, 'ufw')).at(-1);
  if (shown?.content.isActive !== true) return undefined;
  const own = addressesIn(view.all);
  for (const attempt of failedAttempts(view.all, 'timed-out')) {
    const address = parseAddress(attempt.address);
    const isOurs = own.some(
      ({ host, address: has }) => host === view.host && has === attempt.address,
    );
    if (address === undefined || !isOurs || attempt.host === view.host) continue;
    const from = own.flatMap(({ host, address: has }) =>
      host !== null && host === attempt.host ? (parseAddress(has) ?? []) : [],
    );
    const fate = fateOf(shown, { address, port: attempt.port, from });
    if (fate !== undefined)
      return {
        target: `${attempt.address}:${attempt.port}`,
        by: fate.by,
        at: [fate.at, attempt.at],
      };
  }
  return undefined;
}

interface Attempt {
  readonly address: Address;
  readonly port: number;
  /** Addresses that the client has; empty where none is shown. */
  readonly from: readonly Address[];
}

/** The first rule that fits decides (ufw(8)); where it cannot be told whether one fits, nothing can. */
function fateOf({ artefact, content }: Evidence<'ufw'>, attempt: Attempt) {
  for (const rule of content.rules) {
    const fits = rule.direction === 'in' ? fitsTo(rule, attempt) : false;
    if (fits === null) return undefined;
    if (!fits) continue;
    const by = `${rule.to} ${rule.action.toUpperCase()} ${rule.from}`;
    return rule.action === 'deny' ? { by, at: cite(artefact, rule.line) } : undefined;
  }
  const { incoming } = content;
  return incoming?.policy === 'deny'
    ? { by: 'deny (incoming)', at: cite(artefact, incoming.line) }
    : undefined;
}

/** Null where the text does not tell: a profile's name, a device, a client whose address is not shown. */
function fitsTo({ to, from }: UfwRule, { address, port, from: client }: Attempt): boolean | null {
  if (/\(v6\)$/.test(to) !== (address.family === 6)) return false;
  const [, where = 'Anywhere', ports, protocol] =
    /^(?:(Anywhere|[\d.]{7,15}(?:\/\d{1,2})?) ?)?(?:([\d,:]{1,80})(?:\/(tcp|udp))?)?(?: \([^)]{1,60}\))?$/.exec(
      to.replace(/ \(v6\)$/, ''),
    ) ?? [undefined, ''];
  if (where === '') return null;
  const prefix = where === 'Anywhere' ? undefined : parsePrefix(where);
  if (protocol === 'udp' || (ports !== undefined && !holds(ports, port))) return false;
  if (prefix !== undefined && !contains(prefix, address)) return false;
  if (/^Anywhere(?: \(v6\))?$/.test(from)) return true;
  const source = parsePrefix(from);
  return source === undefined || client.length === 0
    ? null
    : client.some((one) => contains(source, one));
}

/** `80,443`, `9000:9010`. */
function holds(ports: string, port: number): boolean {
  return ports.split(',').some((part) => {
    const [first = '', last = first] = part.split(':');
    return Number(first) <= port && port <= Number(last);
  });
}
