import { type Artefact, cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { urlPort } from '../primitives/url.ts';
import { defineJoin, type View } from './define.ts';
import { failedNamesIn } from './failed-names.ts';
import { isUnreachable, refusalsHere } from './icmp-errors.ts';
import { failedProbesIn } from './kubelet-probes.ts';
import { type LookupTrouble, lookupTroubles } from './lookups/troubles.ts';
import { citation } from './loss.ts';
import { askedFor, isAskedAgain } from './silent-neighbour.ts';
import { targetsOf } from './targets.ts';

/** What the paste is about, so that the next command is about the same. */
export const traffic = defineJoin({
  question: 'traffic',
  needs: ['tcpdump', 'ssh-error', 'curl-timing', 'ping', 'dig'],
  facts: {
    target: { type: 'label', is: 'an address that this host failed to reach', of: target },
    name: {
      type: 'label',
      is: 'a name whose lookup failed or took long',
      of: (view) => lookup(view, ({ name }) => name),
    },
    server: {
      type: 'label',
      is: 'the DNS server that was asked for it',
      of: (view) => lookup(view, ({ server }) => server),
    },
    port: {
      type: 'count',
      is: "the server's port of what failed, or of all that was captured where that is one port",
      of: (view) =>
        lostPort(view) ??
        clientPort(view) ??
        onlyPort(view) ??
        probedPort(view) ??
        unknown('not shown'),
    },
  },
});

function target(view: View): Reading<string> {
  const [missed] = targetsOf(view);
  if (missed !== undefined) return known(missed.text, [missed.at]);
  const refused = refusalsHere(view).find(isUnreachable);
  if (refused?.about != null) return known(refused.about, [citation(refused.sighting)]);
  const silent = askedFor(view).find(isAskedAgain);
  if (silent !== undefined) return known(silent.address, silent.at);
  const probe = failedProbesIn(view.all).find(({ address }) => address !== null);
  return probe?.address == null ? unknown('not shown') : known(probe.address, [probe.at]);
}

type Lookup = Pick<LookupTrouble, 'name' | 'server' | 'at'>;

function lookup(view: View, of: (lookup: Lookup) => string | null): Reading<string> {
  const { loss, host, all } = view;
  const lost = (loss?.vanished ?? []).flatMap(({ transmission: { exchange }, seen }): Lookup[] =>
    exchange.dns === null
      ? []
      : [{ name: exchange.dns.qname, server: exchange.server.host, at: [citation(seen)] }],
  );
  const failed = lookupTroubles(all).filter((one) => one.host === host || one.host === null);
  // A name that is denied is no trouble by itself; where there is no other, it is what the paste is about.
  const denied = failedNamesIn(all).filter(
    ({ how, artefact }) => how === 'no-such-name' && artefact.host === host,
  );
  const names = denied.map(({ at, ...rest }): Lookup => ({ ...rest, at: [at] }));
  for (const one of [...lost, ...failed, ...names]) {
    const value = of(one);
    if (value !== null) return known(value, one.at);
  }
  return unknown('not shown');
}

function lostPort({ loss }: View): Reading<number> | undefined {
  const [first] = loss?.vanished ?? [];
  const port = first?.transmission.exchange.server.port ?? null;
  return first === undefined || port === null ? undefined : known(port, [citation(first.seen)]);
}

interface Attempt {
  readonly artefact: Artefact;
  readonly port: number | null;
  readonly outcome: string | null;
  readonly line: number;
}

const SSH_PORT = 22;

/** The last connection that a client on this host tried. */
function clientPort({ own }: View): Reading<number> | undefined {
  const attempts: readonly Attempt[] = [
    ...ofKind(own, 'ssh-error').flatMap(({ artefact, content }) =>
      content.attempts.map((one) => ({ ...one, artefact, port: one.port ?? SSH_PORT })),
    ),
    ...ofKind(own, 'curl-timing').flatMap(({ artefact, content }) =>
      content.requests.map((one) => ({
        ...one,
        artefact,
        port: one.port ?? (content.requests.length === 1 ? urlPort(artefact.command) : null),
      })),
    ),
  ];
  const last = attempts.findLast(
    ({ port, outcome }) => port !== null && outcome !== 'established' && outcome !== 'unresolved',
  );
  return last?.port == null ? undefined : known(last.port, [cite(last.artefact, last.line)]);
}

function probedPort({ all }: View): Reading<number> | undefined {
  const probe = failedProbesIn(all).find(({ port }) => port !== null);
  return probe?.port == null ? undefined : known(probe.port, [probe.at]);
}

function onlyPort({ following }: View): Reading<number> | undefined {
  if (following.settled !== null && following.settled.length > 0) return undefined;
  const ports = new Map<number, Citation>();
  for (const { server, at } of following.unsettled) {
    const [seen] = at.flatMap((one) => one?.requests.slice(0, 1) ?? []);
    if (server.port !== null && seen !== undefined && !ports.has(server.port))
      ports.set(server.port, citation(seen));
    if (ports.size > 1) return undefined;
  }
  const [only] = ports;
  return only === undefined ? undefined : known(only[0], [only[1]]);
}
