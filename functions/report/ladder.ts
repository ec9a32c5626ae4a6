import type { Conversation } from '../captures/conversations.ts';
import type { Following } from '../captures/follow.ts';
import type { Loss } from '../captures/loss.ts';
import type { Vanished } from '../captures/losses.ts';
import { conversationOf, type Place, type Spot } from '../captures/place.ts';
import type { Point, Sighting } from '../captures/points.ts';
import type { Direction } from '../captures/timeline.ts';
import type { Sightings, Transmission } from '../captures/transmissions.ts';
import type { Diagnosis } from '../diagnosis/examine.ts';
import { toArpLadder } from './ladder-arp.ts';
import { farEnd, firstTime, type Ladder, MOST_ROWS, msSince, onClockOf } from './ladder-rows.ts';
import { toSegmentLadder } from './ladder-segments.ts';

/**
 * The flow that lost a packet, drawn: every packet of it at every point, with times on one corrected clock. Where nothing
 * was captured further on, the other end stands behind the last point. Null when nothing vanished.
 */
export function toLadder({ losses, following, findings }: Diagnosis): Ladder | null {
  const place = findings.find(({ role }) => role === 'root-cause')?.place ?? null;
  const [loss] = losses;
  const subject = loss === undefined ? subjectAt(place, following) : subjectOf(loss, place);
  if (subject !== null) return draw(subject, following);
  if (loss !== undefined || place === null) return null;
  return toArpLadder(place, following) ?? toSegmentLadder(place, following);
}

/** What is drawn: the flow of one packet. */
interface Subject {
  readonly conversation: Conversation;
  readonly lost: Transmission;
  readonly vanished: readonly Vanished[];
  /** The end where nothing was captured; null when it takes no part. */
  readonly far: Spot | null;
  /** It is known that packets without an answer did not come there. */
  readonly isLostBeforeFar: boolean;
}

function subjectOf(loss: Loss, place: Place | null): Subject | null {
  const { conversation, vanished, direction } = loss;
  const lost = vanished[0]?.transmission;
  if (lost === undefined) return null;
  const own = direction === 'request' && place?.direction === direction ? place.to : null;
  const { server, protocol } = lost.exchange;
  return {
    conversation,
    lost,
    vanished,
    far: loss.to === null ? (own ?? socketAt(conversation, farEnd(server, protocol))) : null,
    isLostBeforeFar: own !== null,
  };
}

/** In the server's own pod, what lies behind its card is the socket. */
function socketAt({ path }: Conversation, far: Spot): Spot {
  const last = path.at(-1);
  return path.length > 1 && last?.pod === true ? { ...far, host: last.host } : far;
}

/** A packet that did not vanish but was refused, say, at the place of a finding. */
function subjectAt(place: Place | null, following: Following): Subject | null {
  const exchange = place?.packets[0]?.exchange ?? null;
  const conversation = exchange === null ? undefined : conversationOf(exchange, following);
  const lost = conversation?.transmissions.find((one) => one.exchange === exchange);
  if (place === null || conversation === undefined || lost === undefined) return null;
  const isSeen = conversation.path.some(
    (point) => point.host === place.to?.host && point.interface === place.to.interface,
  );
  const far = place.direction === 'response' || isSeen ? null : place.to;
  return { conversation, lost, vanished: [], far, isLostBeforeFar: false };
}

function draw(subject: Subject, { clocks }: Following): Ladder | null {
  const { conversation, lost, far } = subject;
  const { path, transmissions } = conversation;
  const home = path[lost.reference];
  if (home === undefined || (far === null && path.length < 2)) return null;
  const flow = transmissions.filter(
    ({ exchange }) => exchange.client.port === lost.exchange.client.port,
  );
  const at = (sighting: Sighting) => onClockOf(home, sighting, clocks);
  const start = Math.min(...flow.flatMap((one) => at(one.seen[one.reference] ?? noSighting) ?? []));
  const vanished = new Map(subject.vanished.map((one) => [one.transmission, one]));
  const scene: Scene = { ...subject, path, time: (sighting) => msSince(at(sighting), start) };
  const drawn = flow.map((one) => ({ one, rows: rowsOf(one, vanished.get(one), scene) }));
  const all = drawn.flatMap(({ rows }) => rows);
  const shown = byWeight(drawn, lost)
    .flatMap(({ rows }) => rows)
    .slice(0, MOST_ROWS);
  const points = path.map(({ host, interface: device }) => ({ host, interface: device }));
  return {
    points: far === null ? points : [...points, far],
    rows: shown.toSorted((a, b) => firstTime(a) - firstTime(b)),
    uncaptured: far !== null,
    omitted: all.length - shown.length,
  };
}

interface Scene extends Pick<Subject, 'far' | 'isLostBeforeFar'> {
  readonly path: readonly Point[];
  readonly time: (sighting: Sighting) => number | null;
}

interface Drawn {
  readonly one: Transmission;
  readonly rows: Ladder['rows'];
}

/** What a long flow is drawn for comes first: the lost packet, its retries, then what was sent nearest to it. */
function byWeight(drawn: readonly Drawn[], lost: Transmission): readonly Drawn[] {
  const sentAt = ({ seen, reference }: Transmission) => seen[reference]?.time ?? 0;
  const weight = ({ one }: Drawn) => {
    if (one === lost) return -2;
    return one.exchange === lost.exchange && one.attempt > lost.attempt
      ? -1
      : Math.abs(sentAt(one) - sentAt(lost));
  };
  return drawn.toSorted((a, b) => weight(a) - weight(b));
}

const noSighting = { time: null } as Sighting;

function rowsOf(
  { exchange, attempt, seen, answers }: Transmission,
  vanished: Vanished | undefined,
  { path, far, isLostBeforeFar, time }: Scene,
): Ladder['rows'] {
  const last = path.length - 1;
  const row = (label: string, direction: Direction, sightings: Sightings) => {
    const times = path.map((_, position) => {
      const sighting = sightings[position];
      return sighting === undefined ? null : time(sighting);
    });
    const missing =
      vanished?.direction === direction && vanished.missing !== null
        ? path.indexOf(vanished.missing)
        : null;
    const isRound = vanished?.bypassedTunnel === true;
    const present = path.map((_, position) => sightings[position] !== undefined);
    return {
      carries: exchange.protocol,
      label,
      direction,
      attempt,
      times: far === null ? times : [...times, null],
      seen: far === null ? present : [...present, false],
      lost_at: isRound ? null : missing,
      bypassed: isRound ? missing : null,
      beyond: far === null || !present[last] ? null : ('passed' as const),
    };
  };
  const asked = row(askedLabel(exchange), 'request', seen);
  const refusal = vanished?.refused ?? [];
  return [
    asked.beyond === null || answers.length > 0 ? asked : outcome(asked, isLostBeforeFar),
    ...(answers.length === 0 ? [] : [row(answerLabel(exchange, answers), 'response', answers)]),
    ...(refusal.length === 0 ? [] : [refused(refusal)]),
  ];

  function refused(errors: readonly Sighting[]): Ladder['rows'][number] {
    const told = row(
      'refused',
      'response',
      path.map(({ index }) => errors.find(({ point }) => point === index)),
    );
    return { ...told, carries: 'icmp', lost_at: null, beyond: told.beyond && 'unknown' };
  }

  function outcome(one: Ladder['rows'][number], isLost: boolean): Ladder['rows'][number] {
    const isRefused = (vanished?.refused.length ?? 0) > 0;
    if (isLost && !isRefused && vanished !== undefined)
      return { ...one, lost_at: path.length, beyond: null };
    return { ...one, beyond: 'unknown' };
  }
}

function askedLabel({ protocol, dns }: Transmission['exchange']): string {
  if (dns !== null) return dns.qtype;
  return protocol === 'tcp' ? 'SYN' : 'echo';
}

function answerLabel({ protocol, dns }: Transmission['exchange'], answers: Sightings): string {
  if (dns !== null) return dns.qtype;
  if (protocol === 'icmp') return 'reply';
  const flags = answers.find((one) => one !== undefined)?.packet.tcp?.flags ?? '';
  return flags.startsWith('R') ? 'RST' : 'SYN-ACK';
}
