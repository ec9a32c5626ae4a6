import type { Fault } from './fault.ts';
import type { Machine, Network } from './network.ts';
import type { Random } from './random.ts';
import type { Line, Style } from './tcpdump-text.ts';
import type { Trip } from './trip.ts';

/** Why a capture proves no absence; `none` for most. */
export type Handicap =
  | 'none'
  | 'ends-before'
  | 'starts-after'
  | 'filtered'
  | 'kernel-dropped'
  | 'cut-off'
  | 'hole';

export interface Filter {
  readonly text: string;
  readonly admits: (line: Line, network: Network) => boolean;
}

/** One tcpdump that ran: at one interface, or at all of a host. */
export interface Capture {
  readonly machine: Machine;
  readonly device: string;
  /** The stops it listens at, in the order of the path. */
  readonly stops: readonly number[];
  readonly style: Style;
  readonly filter: Filter;
  readonly banner: boolean;
  readonly trailer: boolean;
  readonly dropped: number;
  readonly handicap: Handicap;
  /** A stretch that somebody cut out of the text, and what they wrote instead. */
  readonly hole: {
    readonly from: number;
    readonly to: number;
    readonly mark: string | null;
  } | null;
  /** A packet of which half a line is left where the text was cut off. */
  readonly half: Line | null;
  /** What was captured, by time. */
  readonly lines: readonly Line[];
  /** What of it stands in the text. */
  readonly kept: readonly Line[];
}

const EVERYTHING: Filter = { text: '', admits: () => true };

/** Draws which stops are captured: two to ten, mostly on both sides of the way. */
export function capturedStops(random: Random, { stops }: Network): readonly number[] {
  const all = stops.map((_, at) => at);
  const count = Math.min(stops.length, random.int(2, 10));
  return random
    .shuffle(all)
    .slice(0, count)
    .toSorted((a, b) => a - b);
}

/** Sets up captures at the stops and lets the packets pass. */
export function capturesOf(
  random: Random,
  network: Network,
  captured: readonly number[],
  trips: readonly Trip[],
  drawn: { readonly style: () => Style; readonly ragged: boolean; readonly endUs: number },
): readonly Capture[] {
  const groups = placesOf(random, network, captured);
  const isBare = random.chance(0.5);
  return groups.map(({ machine, device, stops }) => {
    const filter = random.chance(0.5) ? EVERYTHING : filterFor(random, network, stops);
    const from = drawn.ragged ? random.int(0, drawn.endUs * 0.35) : 0;
    const to = drawn.ragged ? random.int(drawn.endUs * 0.7, drawn.endUs) : drawn.endUs;
    const lines = passing(stops, trips).filter(
      (line) => line.trueUs >= from && line.trueUs <= to && filter.admits(line, network),
    );
    const isEmpty = lines.length === 0;
    return {
      machine,
      device,
      stops,
      style: drawn.style(),
      filter,
      banner: isEmpty || (!isBare && random.chance(0.6)),
      trailer: isEmpty || (!isBare && random.chance(0.6)),
      dropped: 0,
      handicap: 'none',
      hole: null,
      half: null,
      lines,
      kept: lines,
    };
  });
}

/** One capture for each stop, but sometimes one `-i any` for a whole node. */
function placesOf(random: Random, { stops }: Network, captured: readonly number[]) {
  const places: { machine: Machine; device: string; stops: number[] }[] = [];
  const onAny = new Set<Machine>();
  for (const at of captured) {
    const stop = stops[at];
    if (stop === undefined || onAny.has(stop.machine)) continue;
    const { machine, device } = stop;
    const own = stops.flatMap((one, index) => (one.machine === machine ? [index] : []));
    const isNew = !places.some((place) => place.machine === machine);
    if (isNew && own.length > 1 && random.chance(0.12)) {
      onAny.add(machine);
      places.push({ machine, device: 'any', stops: own });
    } else places.push({ machine, device, stops: [at] });
  }
  return places;
}

function passing(stops: readonly number[], trips: readonly Trip[]): readonly Line[] {
  return trips
    .flatMap((trip) =>
      stops.flatMap((stop) => {
        const trueUs = trip.at.get(stop);
        return trueUs === undefined ? [] : [{ trip, stop, trueUs }];
      }),
    )
    .toSorted((a, b) => a.trueUs - b.trueUs || a.stop - b.stop);
}

/** A filter that shows the incident's packets. */
function filterFor(random: Random, network: Network, stops: readonly number[]): Filter {
  const kinds = stops.map((at) => network.stops[at]?.wrap?.kind ?? null);
  const outer = kinds.includes('otv') ? 8472 : kinds.includes('vxlan') ? 4789 : null;
  if (kinds.includes('ipip') || (outer !== null && stops.length > 1)) return EVERYTHING;
  if (outer !== null)
    return {
      text: `udp port ${outer}`,
      admits: ({ trip }) => trip.flow.translated,
    };
  const port = network.serverPort;
  const word = network.protocol === 'tcp' ? 'tcp' : 'udp';
  return {
    text: random.pick([`port ${port}`, `${word} port ${port}`]),
    admits: ({ trip }) => trip.flow.serverPort === port,
  };
}

/** Takes from captures behind the loss what would prove an absence there. */
export function handicapped(
  random: Random,
  captures: readonly Capture[],
  network: Network,
  { fault, lost }: { readonly fault: Fault; readonly lost: readonly Trip[] },
): readonly Capture[] {
  const first = lost[0];
  if (first === undefined || !random.chance(0.25)) return captures;
  const isBehind = (stop: number) =>
    fault.direction === 'request' ? stop > fault.hop : stop <= fault.hop;
  const behind = captures.filter(({ stops }) => stops.some(isBehind));
  const isWide = fault.kind === 'all-lost';
  const kind: Handicap = isWide
    ? random.pick<Handicap>(['filtered', 'kernel-dropped'])
    : random.pick<Handicap>([
        'ends-before',
        'starts-after',
        'filtered',
        'kernel-dropped',
        'cut-off',
        'hole',
      ]);
  const isAll = random.chance(0.7);
  const nearest = fault.direction === 'request' ? behind[0] : behind.at(-1);
  return captures.map((capture) =>
    behind.includes(capture) && (isAll || capture === nearest)
      ? handicap(random, capture, network, { kind, first })
      : capture,
  );
}

function handicap(
  random: Random,
  capture: Capture,
  network: Network,
  { kind, first }: { readonly kind: Handicap; readonly first: Trip },
): Capture {
  const { lines } = capture;
  const moment = Math.min(...capture.stops.map((stop) => momentOf(first, stop, network)));
  const start = Math.min(...first.at.values());
  switch (kind) {
    case 'none':
      return capture;
    case 'kernel-dropped':
      return { ...capture, handicap: kind, trailer: true, dropped: random.int(1, 4_000) };
    case 'filtered': {
      const filter = hidingFilter(random, network);
      const kept = lines.filter((line) => filter.admits(line, network));
      const isEmpty = kept.length === 0;
      return {
        ...capture,
        handicap: kind,
        filter,
        banner: capture.banner || isEmpty,
        trailer: capture.trailer || isEmpty,
        lines: kept,
        kept,
      };
    }
    case 'ends-before': {
      const kept = lines.filter(({ trueUs }) => trueUs < Math.min(moment, start) - 2_000);
      return { ...capture, handicap: kind, lines: kept, kept };
    }
    case 'cut-off': {
      const before = lines.filter(({ trueUs }) => trueUs < Math.min(moment, start) - 2_000);
      const kept = before.slice(0, -1);
      return { ...capture, handicap: kind, trailer: false, kept, half: before.at(-1) ?? null };
    }
    case 'starts-after': {
      const afterUs = moment + random.int(5_000, 900_000);
      const kept = lines.filter(({ trueUs }) => trueUs > afterUs);
      return { ...capture, handicap: kind, lines: kept, kept };
    }
    case 'hole': {
      const from = Math.min(moment, start) - random.int(2_000, 40_000);
      const to = moment + random.int(20_000, 900_000);
      const kept = lines.filter(({ trueUs }) => trueUs < from || trueUs > to);
      const mark = random.pick(['...', '[...]', '(lines omitted)', '……']);
      return { ...capture, handicap: kind, hole: { from, to, mark }, kept };
    }
  }
}

/** A filter under which nothing of the incident shows. */
function hidingFilter(random: Random, network: Network): Filter {
  const port = network.protocol === 'tcp' ? 9_090 : 80;
  return random.pick<Filter>([
    { text: `tcp port ${port}`, admits: () => false },
    { text: `port ${port}`, admits: () => false },
    {
      text: 'icmp',
      admits: ({ trip }, { stops }) => trip.body.kind === 'echo' && stops.length > 0,
    },
    { text: 'host 192.0.2.77', admits: () => false },
  ]);
}

/** When a packet would have passed a stop that it may not have reached. */
export function momentOf(trip: Trip, stop: number, { stops }: Network): number {
  const own = trip.at.get(stop);
  if (own !== undefined) return own;
  const there = stops[stop]?.delayUs ?? 0;
  let nearest: { readonly at: number; readonly far: number } | undefined;
  for (const [index, at] of trip.at) {
    const far = Math.abs((stops[index]?.delayUs ?? 0) - there);
    if (nearest === undefined || far < nearest.far) nearest = { at, far };
  }
  return nearest === undefined ? 0 : nearest.at + nearest.far;
}

/** Takes away one in five of the packets that have nothing to do with the fault. */
export function thinned(
  random: Random,
  captures: readonly Capture[],
  protectedLookups: ReadonlySet<string>,
): readonly Capture[] {
  return captures.map((capture) => ({
    ...capture,
    kept: capture.kept.filter(
      ({ trip }) => protectedLookups.has(trip.lookup) || !random.chance(0.2),
    ),
  }));
}
