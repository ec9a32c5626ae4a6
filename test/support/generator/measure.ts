import type { Report } from '../../../functions/report/schema.ts';
import type { Incident } from '../incident-generator.ts';
import type { LostPacket, Place } from './truth.ts';

type Entry = Report['vanished'][number];

/** How a report on an incident compares with what is true of it. */
export interface Score {
  /** Entries that name a place where the packet was missing. */
  readonly placed: number;
  readonly placedRight: number;
  /** Lost packets (or, where everything is lost, incidents) whose place is provable, and how many were told. */
  readonly provable: number;
  readonly told: number;
  /** Placed entries where nothing was provable. */
  readonly unproved: number;
  /** Entries of any sort where nothing was lost. */
  readonly imagined: number;
  /** True or false where the order of the path, or a clock, could be judged. */
  readonly order: readonly boolean[];
  readonly clocks: readonly boolean[];
  readonly complaints: readonly string[];
}

/** Compares the report with the truth, entry by entry. */
export function score(incident: Incident, report: Report): Score {
  const { truth, fault } = incident;
  const entries = report.vanished.filter(isPlaced);
  const left = [...truth.lost];
  const wrong: Entry[] = [];
  const right: LostPacket[] = [];
  for (const entry of entries) {
    const at = left.findIndex((packet) => matches(entry, packet, incident));
    const [packet] = at < 0 ? [] : left.splice(at, 1);
    if (packet === undefined) wrong.push(entry);
    else right.push(packet);
  }
  const provable = truth.lost.filter(({ standing }) => standing === 'placed');
  const isWide = fault.kind === 'all-lost';
  const found = provable.filter((packet) => right.includes(packet));
  const missed = provable.filter((packet) => !right.includes(packet));
  const isUnprovable =
    truth.lost.length > 0 &&
    truth.lost.every(({ standing }) => standing === 'unprovable' || standing === 'beyond');
  const isHarmless = fault.kind === 'none' || fault.kind === 'late';
  const order = judgeOrder(incident, report);
  const clocks = judgeClocks(incident, report);
  return {
    placed: entries.length,
    placedRight: right.length,
    provable: isWide ? Math.min(1, provable.length) : provable.length,
    told: isWide ? Math.min(1, found.length) : found.length,
    unproved: isUnprovable ? entries.length : 0,
    imagined: isHarmless ? report.vanished.length : 0,
    order: order.verdicts,
    clocks: clocks.map(({ isRight }) => isRight),
    complaints: [
      ...wrong.map((entry) => `false: ${entryText(entry)}`),
      ...(isWide && found.length > 0 ? [] : missed.map((one) => `missed: ${lostText(one)}`)),
      ...(isHarmless
        ? report.vanished
            .filter((one) => !isPlaced(one))
            .map((one) => `imagined: ${entryText(one)}`)
        : []),
      ...order.complaints,
      ...clocks.filter(({ isRight }) => !isRight).map(({ says }) => says),
    ],
  };
}

/** An entry that is missing where it was seen says only that no answer came. */
function isPlaced({ missing, seen }: Entry): boolean {
  if (missing.host === null && missing.interface === null) return false;
  return missing.host !== seen.host || missing.interface !== seen.interface;
}

function matches(entry: Entry, packet: LostPacket, { network }: Incident): boolean {
  const { body } = packet.trip;
  const own =
    body.kind === 'dns'
      ? entry.id === body.id && entry.qtype === body.qtype && entry.qname === body.qname
      : entry.protocol === 'tcp' && isFlow(entry.flow, packet, network.names);
  return (
    own &&
    (packet.standing === 'placed' || packet.standing === 'doubtful') &&
    entry.direction === packet.direction &&
    isAt(entry.seen, packet.seen) &&
    packet.missing.some((place) => isAt(entry.missing, place))
  );
}

function isFlow(flow: string, { ends }: LostPacket, names: ReadonlyMap<string, string>): boolean {
  const forms = ({ host, port }: { host: string; port: number | null }) => [
    `${host}:${port}`,
    `${names.get(host) ?? host}:${port}`,
  ];
  return forms(ends.from).some((from) => forms(ends.to).some((to) => flow === `${from} -> ${to}`));
}

function isAt(told: { host: string | null; interface: string | null }, place: Place): boolean {
  return told.host === place.host && told.interface === place.interface;
}

function judgeOrder(
  { truth, marks, network }: Incident,
  report: Report,
): { readonly verdicts: readonly boolean[]; readonly complaints: readonly string[] } {
  if (!truth.isOrderKnown || truth.path.length < 2) return { verdicts: [], complaints: [] };
  const stops = network.stops.map(({ machine, device }) => `${machine.name} ${device}`);
  const told = report.path.map((hop) => `${hop.host} ${hop.interface}`);
  // A whole host that saw nothing stands where its first interface does.
  const positions = report.path.map((hop) =>
    hop.interface === null
      ? network.stops.findIndex(({ machine }) => machine.name === hop.host)
      : stops.indexOf(`${hop.host} ${hop.interface}`),
  );
  const isSorted = positions.every((at, index) => at >= 0 && at > (positions[index - 1] ?? -1));
  const expected = truth.path.map((place) => `${place.host} ${place.interface}`);
  const isWhole = marks.transform === 'bystanders' || expected.every((one) => told.includes(one));
  const isRight = isSorted && isWhole;
  return {
    verdicts: [isRight],
    complaints: isRight ? [] : [`path: told ${told.join(', ')}; is ${expected.join(', ')}`],
  };
}

const DAY_MS = 86_400_000;

function judgeClocks({ truth }: Incident, report: Report) {
  return report.clocks.flatMap(({ host, reference, ahead_ms, error_ms }) => {
    const own = truth.aheadUs.get(host);
    const other = truth.aheadUs.get(reference);
    if (own === undefined || other === undefined) return [];
    const off = ahead_ms - (own - other) / 1000;
    const turned = ((off % DAY_MS) + DAY_MS) % DAY_MS;
    const isRight = Math.min(turned, DAY_MS - turned) <= error_ms + 1;
    const says = `clock: ${host} told ${ahead_ms} ± ${error_ms} ms ahead of ${reference}, is ${(own - other) / 1000}`;
    return [{ isRight, says }];
  });
}

function entryText({ id, qtype, qname, flow, direction, seen, missing }: Entry): string {
  return `${direction} ${id ?? ''} ${qtype ?? ''} ${qname ?? flow} seen ${seen.host}/${seen.interface} ${seen.time} missing ${missing.host}/${missing.interface}`;
}

function lostText({ trip, direction, seen, missing }: LostPacket): string {
  const { body } = trip;
  const name =
    body.kind === 'dns' ? `${body.id} ${body.qtype} ${body.qname}` : `${trip.flow.clientPort}`;
  const places = missing.map((place) => `${place.host}/${place.interface}`).join(' or ');
  return `${direction} ${name} try ${trip.attempt} seen ${seen.host}/${seen.interface} missing ${places}`;
}
