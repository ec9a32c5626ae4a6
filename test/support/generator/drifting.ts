import type { Source } from '../../../functions/intake/paste.ts';
import { capturedStops, capturesOf } from './capture.ts';
import type { Fault } from './fault.ts';
import { type Machine, type Network, networkFrom } from './network.ts';
import { pasteOf } from './paste.ts';
import { type Random, randomFrom } from './random.ts';
import type { Resolver } from './resolver.ts';
import { clockOf, type Style } from './tcpdump-text.ts';
import { victimTraffic } from './traffic.ts';
import type { Trip } from './trip.ts';

/** Captures that ran for minutes on hosts whose clocks run at different speeds, or all at the same. */
export interface Drifting {
  readonly sources: readonly Source[];
  /** By host: how far its clock is ahead of true time when the captures begin and when they end. */
  readonly aheadUs: ReadonlyMap<string, { readonly from: number; readonly to: number }>;
  /** By host: microseconds that its clock gains on true time in a second. */
  readonly ppm: ReadonlyMap<string, number>;
}

const NO_FAULT: Fault = {
  kind: 'none',
  hop: 0,
  direction: 'request',
  lookup: 0,
  step: 0,
  qtype: null,
};

/** Makes the captures of a seed. */
export function driftingFrom(seed: number, mostPpm: number): Drifting {
  const random = randomFrom(seed);
  const network = withDrift(random, networkFrom(random), mostPpm);
  const captured = capturedStops(random, network);
  const trips = longTraffic(random, network);
  const endUs = Math.max(...trips.flatMap(({ at }) => [...at.values()])) + 1_000_000;
  const style: Style = {
    verbose: random.pick([0, 1, 2] as const),
    time: random.pick(['day', 'date', 'epoch'] as const),
    link: false,
    names: 'numbers',
    indented: true,
  };
  const captures = capturesOf(random, network, captured, trips, {
    style: () => style,
    ragged: false,
    endUs,
  });
  const machines = new Map(captures.map(({ machine }) => [machine.name, machine] as const));
  const ahead = (machine: Machine, at: number) => clockOf(machine, at, 0) - at;
  return {
    sources: pasteOf(random, network, captures, () => 'prompt', {
      crlf: false,
      indent: '',
      shuffled: true,
    }),
    aheadUs: new Map(
      [...machines].map(([name, machine]) => [
        name,
        { from: ahead(machine, 0), to: ahead(machine, endUs) },
      ]),
    ),
    ppm: new Map([...machines].map(([name, { drift }]) => [name, drift])),
  };
}

/** Gives each node a speed of its own; a pod's clock is its node's. */
function withDrift(random: Random, network: Network, mostPpm: number): Network {
  const speeds = new Map<string, number>();
  const stops = network.stops.map((stop) => {
    const { aheadUs, drift } = stop.machine;
    const clock = `${aheadUs} ${drift}`;
    const own = speeds.get(clock) ?? random.int(-mostPpm, mostPpm);
    speeds.set(clock, own);
    return { ...stop, machine: { ...stop.machine, drift: own } };
  });
  return { ...network, stops };
}

/** Some lookups now and then for two minutes to ten. */
function longTraffic(random: Random, network: Network): readonly Trip[] {
  const bursts = random.int(12, 30);
  let now = 0;
  return Array.from({ length: bursts }, () => {
    const trips = victimTraffic(random, {
      network,
      fault: NO_FAULT,
      resolver: random.pick<Resolver>(['musl', 'glibc', 'go']),
      lookups: 1,
      search: [],
      linearSyn: true,
    });
    const start = now;
    now += random.int(8_000_000, 20_000_000);
    return trips.map((trip) => later(trip, start));
  }).flat();
}

function later(trip: Trip, us: number): Trip {
  const key = (name: string) => `${name} ${us}`;
  return {
    ...trip,
    question: key(trip.question),
    lookup: key(trip.lookup),
    at: new Map([...trip.at].map(([stop, time]) => [stop, time + us])),
  };
}
