import { parseAddress, scopeOf } from '../../primitives/address.ts';
import type { Citation } from '../../primitives/reading.ts';
import type { View } from '../define.ts';
import { failedNamesIn } from '../failed-names.ts';
import { type Asked, askedIn, isClusterName, isReverseName, isUnchecked } from './asked.ts';
import { configuredServers } from './servers.ts';

/** A name that a server says it cannot look up. */
export interface Servfail {
  readonly name: string;
  readonly server: string | null;
  readonly why: string | null;
  /** The same server answers the same question where it is told not to validate. */
  readonly onlyUnchecked: boolean | null;
  readonly at: readonly Citation[];
}

/** SERVFAIL, and no later answer for the same name by the same server, but with `+cd`. */
export function servfailIn(view: View): Servfail | undefined {
  const lookups = askedIn(view.own);
  const failed = lookups.find(
    (one, index) =>
      one.outcome === 'servfail' &&
      one.name !== null &&
      !isReverseName(one.name) &&
      !lookups.slice(index + 1).some((later) => recovers(one, later)),
  );
  if (failed?.name == null) return undefined;
  const why = failed.lookup.extendedError;
  const unchecked = lookups.find(
    (one) => sameQuestion(failed, one) && isUnchecked(one) && one.outcome === 'answered',
  );
  return {
    name: failed.name,
    server: failed.server,
    why,
    onlyUnchecked: unchecked === undefined || isUnchecked(failed) ? null : true,
    at: [...failed.at, ...(unchecked?.at.slice(0, 1) ?? [])],
  };
}

function recovers(failed: Asked, later: Asked): boolean {
  return (
    sameQuestion(failed, later) && isGood(later) && (isUnchecked(failed) || !isUnchecked(later))
  );
}

function sameQuestion(a: Asked, b: Asked): boolean {
  return (
    a.name === b.name &&
    a.server === b.server &&
    (a.type === b.type || a.type === null || b.type === null)
  );
}

function isGood({ outcome }: Asked): boolean {
  return outcome === 'answered' || outcome === 'empty';
}

/** A name that one server denies or refuses, and the answer that another one has for it. */
export function denialsIn(
  lookups: readonly Asked[],
): readonly { readonly denied: Asked; readonly answered: Asked }[] {
  return lookups.flatMap((denied) => {
    const { name, server, type } = denied;
    const isDenied = denied.outcome === 'nxdomain' || denied.outcome === 'refused';
    if (!isDenied || name === null || server === null) return [];
    if (isClusterName(name) || isReverseName(name)) return [];
    if (lookups.some((other) => sameQuestion(denied, other) && isGood(other))) return [];
    const answered = lookups.find(
      (other) =>
        other.name === name &&
        other.server !== null &&
        other.server !== server &&
        other.outcome === 'answered' &&
        other.lookup.addresses.length > 0 &&
        (other.type === type || other.type === null || type === null),
    );
    return answered === undefined ? [] : [{ denied, answered }];
  });
}

/** Two servers that say different things of one name. */
export interface Split {
  readonly name: string;
  /** Says that the name does not exist, or refuses. */
  readonly wrong: string;
  readonly right: string;
  /** The denial is none that a cache would keep of a name that is new. */
  readonly fromOutside: boolean;
  /** resolv.conf names the right one too. */
  readonly rightInUse: boolean | null;
  /** The name, where a program of this host did not find it and resolv.conf names the wrong server before the right one. */
  readonly failedName: string | null;
  readonly at: readonly Citation[];
}

/**
 * The server that this host uses denies a name that another one answers. Names of the cluster are left out: a node's
 * resolver need not know them, and every comparison of the two shows that.
 */
export function splitIn(view: View): Split | undefined {
  const lookups = askedIn(view.own);
  const configured = configuredServers(view);
  for (const { denied: one, answered: right } of denialsIn(lookups)) {
    const { name, server } = one;
    if (name === null || server === null || right.server === null) continue;
    if (configured?.has(server) !== true && one.named) continue;
    const line = configured?.get(server);
    const order = [...(configured?.keys() ?? [])];
    const isFirst = order.includes(server) && order.indexOf(server) < order.indexOf(right.server);
    const failed = isFirst ? failureOf(view, name) : undefined;
    return {
      name,
      wrong: server,
      failedName: failed === undefined ? null : name,
      right: right.server,
      fromOutside: isFromOutside(one, right.server),
      rightInUse: configured === undefined ? null : configured.has(right.server),
      at: [
        ...one.at.slice(0, 1),
        ...serverLine(one),
        ...right.at.slice(0, 1),
        ...serverLine(right),
        ...(line === undefined ? [] : [line]),
        ...(failed === undefined ? [] : [failed.at]),
      ],
    };
  }
  return undefined;
}

/** A program of this host that did not find the name, whoever told it so. */
function failureOf({ all, host }: View, name: string) {
  return failedNamesIn(all).find(
    (one) => one.how === null && one.artefact.host === host && one.name === name,
  );
}

/**
 * A server that has the zone may keep an old denial of a name that was made since (RFC 2308). It has not when it refuses,
 * when the denial is that of the root or of a top-level domain, or when it is public and a private one knows the name.
 */
function isFromOutside({ outcome, lookup, server }: Asked, right: string): boolean {
  if (outcome === 'refused') return true;
  if (lookup.zone !== null && /^[^.]*\.?$/.test(lookup.zone)) return true;
  return scopeIn(server) === 'public' && scopeIn(right) === 'private';
}

function scopeIn(text: string | null): string | undefined {
  const address = parseAddress(text ?? '');
  return address === undefined ? undefined : scopeOf(address);
}

function serverLine({ at }: Asked): readonly Citation[] {
  return at.length > 1 ? at.slice(-1) : [];
}

/** A server of this host that answers no question for others' zones. */
export interface NoRecursion {
  readonly name: string;
  readonly server: string;
  readonly at: readonly Citation[];
}

/** REFUSED without the flag `ra`: it is no resolver, or not for this client (RFC 1035, 4.1.1). */
export function noRecursionIn(view: View): NoRecursion | undefined {
  const configured = configuredServers(view);
  const found = askedIn(view.own).find(
    (one) =>
      one.outcome === 'refused' &&
      one.name !== null &&
      one.server !== null &&
      one.lookup.flags?.includes('rd') === true &&
      !one.lookup.flags.includes('ra') &&
      (configured?.has(one.server) === true || !one.named),
  );
  if (found?.name == null || found.server === null) return undefined;
  const line = configured?.get(found.server);
  return {
    name: found.name,
    server: found.server,
    at: [...found.at.slice(0, 1), ...serverLine(found), ...(line === undefined ? [] : [line])],
  };
}
