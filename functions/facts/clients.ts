import { cite, ofKind } from '../artefacts/evidence.ts';
import type { SshAttempt } from '../artefacts/ssh-error.ts';
import { SSH_PORT } from '../captures/dialled.ts';
import { type Exchange, sightedAt } from '../captures/exchanges.ts';
import type { Point } from '../captures/points.ts';
import { mayBeAnswered } from '../captures/vague.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { citation } from './loss.ts';
import { UNANSWERED_SENDINGS } from './tcp-connect.ts';

/** Whether, at one point, one client's connection attempts get no answer while another client's to the same port do. */
export const clients = defineJoin({
  question: 'clients',
  needs: ['tcpdump', 'ssh-error'],
  facts: {
    oneUnanswered: {
      type: 'flag',
      is: 'a client sent two SYNs or more to a port and got nothing back',
      of: (view) => judge(view, ({ unanswered }) => unanswered.length > 0, 'unanswered'),
    },
    anotherAnswered: {
      type: 'flag',
      is: 'another client was answered on the same port, in the same capture',
      of: (view) => judge(view, ({ answered }) => answered.length > 0, 'answered'),
    },
    othersFailToo: {
      type: 'flag',
      is: 'ssh fails for two clients on the same server',
      of: othersFailToo,
    },
    anotherGetsIn: {
      type: 'flag',
      is: "this client's ssh gets no connection while another client's ssh to the same address and port does",
      of: anotherGetsIn,
    },
    unanswered: label(
      "the silent client's address",
      ({ unanswered }) => unanswered[0]?.client.host,
      'unanswered',
    ),
    answered: label(
      "the answered client's address",
      ({ answered }) => answered[0]?.client.host,
      'answered',
    ),
    server: label('the address they connect to', ({ server }) => server, 'unanswered'),
    port: {
      type: 'count',
      is: 'the port they connect to',
      of: (view) => judge(view, ({ port }) => port, 'unanswered'),
    },
    attempts: {
      type: 'count',
      is: 'SYNs that the silent client sent',
      of: (view) =>
        judge(view, ({ point, unanswered }) => tries(unanswered[0], point), 'unanswered'),
    },
  },
});

interface Port {
  readonly point: Point;
  readonly server: string;
  readonly port: number;
  readonly unanswered: readonly Exchange[];
  readonly answered: readonly Exchange[];
}

function label(
  is: string,
  of: (port: Port) => string | undefined,
  whose: 'answered' | 'unanswered',
): JoinedFact {
  return { type: 'label', is, of: (view) => present(judge(view, of, whose)) };
}

function present(reading: Reading<string | undefined>): Reading<string> {
  if (!reading.known) return reading;
  return reading.value === undefined
    ? unknown('the captures do not show it')
    : known(reading.value, reading.at);
}

function judge<T>(view: View, of: (port: Port) => T, whose: 'answered' | 'unanswered'): Reading<T> {
  const port = portAt(view);
  if (port === undefined) return unknown('no connection attempt in a capture on this host');
  const lines = port[whose].slice(0, 2).flatMap((exchange) => {
    const here = exchange.at[port.point.index];
    return [...(here?.requests.slice(0, 2) ?? []), ...(here?.responses.slice(0, 1) ?? [])].map(
      citation,
    );
  });
  return known(of(port), lines);
}

/** The port on this host's captures where attempts end differently, else any port that was tried. */
function portAt(view: View): Port | undefined {
  const ports = view.following.points
    .filter((point) => point.host === view.host)
    .flatMap((point) => portsAt(view, point));
  return (
    ports.find((port) => port.unanswered.length > 0 && port.answered.length > 0) ??
    ports.find((port) => port.unanswered.length > 0) ??
    ports[0]
  );
}

const ports = new WeakMap<Point, readonly Port[]>();

/** A point stands in the captures of one paste; what it saw is the same for every view. */
function portsAt(view: View, point: Point): readonly Port[] {
  const found = ports.get(point) ?? portsOf(view, point);
  ports.set(point, found);
  return found;
}

function portsOf({ following }: View, point: Point): readonly Port[] {
  const byPort = new Map<
    string,
    { server: string; port: number; unanswered: Exchange[]; answered: Exchange[] }
  >();
  for (const exchange of following.unsettled) {
    const here = exchange.at[point.index];
    if (exchange.protocol !== 'tcp' || here === undefined || exchange.server.port === null)
      continue;
    const key = `${exchange.server.host} ${exchange.server.port}`;
    const entry = byPort.get(key) ?? {
      server: exchange.server.host,
      port: exchange.server.port,
      unanswered: [],
      answered: [],
    };
    if (here.responses.length > 0) entry.answered.push(exchange);
    else if (
      tries(exchange, point) >= 2 &&
      sightedAt(exchange).every((seen) => seen.responses.length === 0) &&
      !mayBeAnswered(exchange, point)
    )
      entry.unanswered.push(exchange);
    byPort.set(key, entry);
  }
  return [...byPort.values()].map((entry) => {
    const unanswered = entry.unanswered.filter((one) => isShutOut(one, entry.answered, point));
    return { point, ...entry, unanswered, answered: answeredOthers(entry.answered, unanswered) };
  });
}

/** A client that was answered before may be shut out since; then more must fail than chance takes. */
function isShutOut(silent: Exchange, answered: readonly Exchange[], point: Point): boolean {
  const own = answered.filter(({ client }) => client.host === silent.client.host);
  const last = silent.at[point.index]?.requests.at(-1)?.order ?? 0;
  const isOver = own.every((one) => (one.at[point.index]?.responses[0]?.order ?? 0) < last);
  return own.length === 0 || (isOver && tries(silent, point) >= UNANSWERED_SENDINGS);
}

/** A client that is answered at other times is no other client. */
function answeredOthers(answered: readonly Exchange[], unanswered: readonly Exchange[]) {
  const silent = new Set(unanswered.map(({ client }) => client.host));
  return answered.filter(({ client }) => !silent.has(client.host));
}

function tries(exchange: Exchange | undefined, point: Point): number {
  return exchange?.at[point.index]?.requests.length ?? 0;
}

const UNREACHED: ReadonlySet<string> = new Set(['timed-out', 'refused', 'no-route', 'unreachable']);

const FAILED: ReadonlySet<string> = new Set([
  'timed-out',
  'refused',
  'no-route',
  'unreachable',
  'reset',
  'hung-up',
  'stalled',
]);
const REACHED: ReadonlySet<string> = new Set(['established', 'denied']);

/** A login that another client is refused only after the connection stands shows that the port answers. */
function anotherGetsIn(view: View): Reading<boolean> {
  const attempts = ofKind(view.all, 'ssh-error').flatMap(({ artefact, content }) =>
    content.attempts.map((attempt) => ({ artefact, attempt })),
  );
  const own = attempts.filter(({ artefact }) => artefact.host === view.host).at(-1);
  if (own === undefined || view.host === null) return unknown('no attempt of this client');
  if (!FAILED.has(own.attempt.outcome ?? '')) return unknown('this client gets a connection');
  const other = attempts.find(
    ({ artefact, attempt }) =>
      artefact.host !== null &&
      artefact.host !== view.host &&
      sameTarget(attempt, own.attempt) &&
      REACHED.has(attempt.outcome ?? ''),
  );
  return other === undefined
    ? unknown('no other client is shown to get in')
    : known(
        true,
        [own, other].map(({ artefact, attempt }) => cite(artefact, attempt.line)),
      );
}

/** Two hosts that cannot reach one server: it is the server, not the client. */
function othersFailToo(view: View): Reading<boolean> {
  const attempts = ofKind(view.all, 'ssh-error').flatMap(({ artefact, content }) =>
    content.attempts.map((attempt) => ({ artefact, attempt })),
  );
  const own = attempts.filter(({ artefact }) => artefact.host === view.host);
  const target = own.at(-1)?.attempt;
  if (target === undefined || view.host === null) return unknown('no attempt of this client');
  const others = attempts.filter(
    ({ artefact, attempt }) =>
      artefact.host !== null && artefact.host !== view.host && sameTarget(attempt, target),
  );
  if (others.length === 0) return unknown('no attempt of another client');
  const failing = others.filter(({ attempt }) => UNREACHED.has(attempt.outcome ?? ''));
  const lines = others.map(({ artefact, attempt }) => cite(artefact, attempt.line));
  return known(failing.length > 0, lines);
}

function sameTarget(a: SshAttempt, b: SshAttempt): boolean {
  // A refused login names no port.
  return (
    (a.port ?? SSH_PORT) === (b.port ?? SSH_PORT) &&
    (a.host === b.host || (a.address !== null && a.address === b.address))
  );
}
