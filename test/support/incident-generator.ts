import type { Source } from '../../functions/intake/paste.ts';
import { bystanderTraffic } from './generator/bystanders.ts';
import {
  type Capture,
  capturedStops,
  capturesOf,
  handicapped,
  thinned,
} from './generator/capture.ts';
import { type Fault, faultFrom } from './generator/fault.ts';
import { type Network, networkFrom } from './generator/network.ts';
import { type LabelForm, pasteOf } from './generator/paste.ts';
import { type Random, randomFrom } from './generator/random.ts';
import type { Resolver } from './generator/resolver.ts';
import type { Style } from './generator/tcpdump-text.ts';
import { type Plan, victimTraffic } from './generator/traffic.ts';
import type { Trip } from './generator/trip.ts';
import { type Truth, truthOf } from './generator/truth.ts';

export type Transform = 'none' | 'shuffled' | 'thinned' | 'bystanders' | 'crlf' | 'indented';

/** An incident made up from a seed: what was pasted, and what truly happened. */
export interface Incident {
  readonly seed: number;
  readonly sources: readonly Source[];
  readonly truth: Truth;
  readonly fault: Fault;
  readonly network: Network;
  readonly captures: readonly Capture[];
  /** What the incident is one of, for tables. */
  readonly marks: {
    readonly fault: string;
    readonly handicap: string;
    readonly transform: Transform;
    readonly shape: string;
    readonly resolver: string;
    readonly time: string;
    readonly verbose: string;
    readonly names: string;
    readonly label: string;
    readonly points: string;
    readonly ragged: string;
  };
}

const SUFFIXES = ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local'] as const;

/** Makes the incident of a seed; the same seed makes the same incident. */
export function incidentFrom(seed: number): Incident {
  const random = randomFrom(seed);
  const network = networkFrom(random);
  const captured = capturedStops(random, network);
  const resolver = random.weighted<Resolver>([
    ['musl', 5],
    ['glibc', 3],
    ['go', 2],
  ]);
  const search = SUFFIXES.slice(3 - random.int(0, 3));
  const lookups = random.int(1, 4);
  const fault = faultFrom(random, network, captured, { lookups, steps: search.length + 1 });
  const plan: Plan = { network, fault, resolver, lookups, search, linearSyn: random.chance(0.5) };
  const transform = random.pick<Transform>([
    'none',
    'shuffled',
    'thinned',
    'bystanders',
    'crlf',
    'indented',
  ]);
  const victims = victimTraffic(random, plan);
  const endUs = Math.max(...victims.flatMap(({ at }) => [...at.values()])) + 1_500_000;
  const others = transform === 'bystanders' ? bystanderTraffic(random, network, endUs) : [];
  const isWide = fault.kind === 'all-lost' || fault.kind === 'no-answer';
  const ragged = !isWide && random.chance(0.2);
  const style = stylesFrom(random);
  const lost = victims.filter(({ lostAfter }) => lostAfter !== null);
  const ran = capturesOf(random, network, captured, [...victims, ...others], {
    style: style.next,
    ragged,
    endUs,
  });
  const hindered = handicapped(random, ran, network, { fault, lost });
  const spared = troubled(victims);
  const captures = transform === 'thinned' ? thinned(random, hindered, spared) : hindered;
  const label = random.pick<LabelForm>(['prompt', 'heading', 'heading-zh', 'file', 'at']);
  const isMixed = random.chance(0.15);
  const sources = pasteOf(random, network, captures, () => labelFor(random, label, isMixed), {
    crlf: transform === 'crlf',
    indent: transform === 'indented' ? random.pick(['  ', '    ', '\t', '        ']) : '',
    shuffled: transform === 'shuffled' || random.chance(0.2),
  });
  const handicap = captures.find((capture) => capture.handicap !== 'none')?.handicap ?? 'none';
  return {
    seed,
    sources,
    truth: truthOf(network, captures, victims, endUs, transform === 'thinned'),
    fault,
    network,
    captures,
    marks: {
      fault: `${fault.kind}${fault.kind === 'all-lost' ? ` ${fault.direction}` : ''}`,
      handicap,
      transform,
      shape: network.shape,
      resolver: network.protocol === 'tcp' ? 'tcp' : resolver,
      time: style.mark('time'),
      verbose: style.mark('verbose'),
      names: style.mark('names'),
      label: isMixed ? 'mixed' : label,
      points: `${Math.min(captures.length, 6)}`,
      ragged: ragged ? 'ragged' : 'even',
    },
  };
}

/** Lookups in which something was lost, asked again or never answered. */
function troubled(trips: readonly Trip[]): ReadonlySet<string> {
  const answered = new Set(
    trips.flatMap(({ way, question, attempt }) =>
      way === 'response' ? [`${question} ${attempt}`] : [],
    ),
  );
  return new Set(
    trips.flatMap(({ attempt, lookup, lostAfter, question, way }) => {
      const isMute = way === 'request' && !answered.has(`${question} ${attempt}`);
      return isMute || attempt > 0 || lostAfter !== null ? [lookup] : [];
    }),
  );
}

function labelFor(random: Random, usual: LabelForm, isMixed: boolean): LabelForm {
  return isMixed ? random.pick<LabelForm>(['prompt', 'heading', 'heading-zh', 'file']) : usual;
}

/** Most people type the same options everywhere; some do not. */
function stylesFrom(random: Random) {
  const draw = (): Style => ({
    verbose: random.pick([0, 0, 1, 2, 2] as const),
    time: random.weighted<Style['time']>([
      ['day', 8],
      ['date', 3],
      ['epoch', 2],
      ['delta', 2],
      ['since', 2],
      ['none', 2],
    ]),
    link: random.chance(0.25),
    names: random.pick(['numbers', 'numbers', 'services', 'names'] as const),
    indented: random.chance(0.7),
  });
  const usual = draw();
  const isMixed = random.chance(0.12);
  return {
    next: () => (isMixed ? draw() : usual),
    mark: (field: 'time' | 'verbose' | 'names') => (isMixed ? 'mixed' : `${usual[field]}`),
  };
}
