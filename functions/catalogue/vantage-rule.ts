import * as z from 'zod';
import { SEGMENTS, type Segment, STEPS } from '../captures/segment.ts';

/**
 * Which causes lose packets where, as data: `knowledge/vantage.json`. A segment's candidates stand in order of prior;
 * a segment that is not listed has the candidates of the steps it covers.
 */
export interface VantageRule {
  readonly segments: ReadonlyMap<Segment, readonly string[]>;
  /** What else loses answers, wherever they are lost. */
  readonly answers: readonly string[];
  /** Causes of a lookup that fails or takes too long, where nothing else is shown. */
  readonly lookups: Readonly<Record<LookupSymptom, readonly string[]>>;
  /** The output that tells most of such a lookup, whatever its causes: it is asked for before all others. */
  readonly first: Readonly<Partial<Record<LookupSymptom, string>>>;
  /** Causes of a host that answers no ping, where nothing else is shown. */
  readonly unreached: readonly string[];
  /** Causes of a host that answers some pings and not others. */
  readonly lossy: readonly string[];
  /** Causes of frames that carry different tags on two hosts. */
  readonly tagged: readonly string[];
  /** Causes of a gateway for which a node should answer in place of a host, and does not. */
  readonly proxied: readonly string[];
  /** Causes of a ping that is answered twice. */
  readonly doubled: readonly string[];
  /** Causes of a proxy's word that the server behind it does not serve. */
  readonly gateway: readonly string[];
  /** Causes of packets that a firewall says it refused. */
  readonly blocked: readonly string[];
  /** Causes of a session that stood and whose connection was gone after a while. */
  readonly brokenOff: readonly string[];
  /** Causes of packets that a policy of the cluster refused. */
  readonly denied: readonly string[];
  /** Causes of a tunnel's peer that does not answer. */
  readonly tunnel: readonly string[];
  /** Causes to look for beside a card without link, or one that does not send. */
  readonly card: readonly string[];
  /** Causes of a connection that failed, by how: it stood and then nothing came, it was reset, there was no way, it never stood. */
  readonly connections: Readonly<
    Record<'stalled' | 'reset' | 'unreachable' | 'dated' | 'silent', readonly string[]>
  >;
  /** Causes of a routing session that does not stand. */
  readonly unpeered: readonly string[];
  /** Causes of nodes that reach each other, and not each other's pods. */
  readonly overlay: readonly string[];
  /** Causes of packets that a program was too slow for. */
  readonly queued: readonly string[];
  /** Causes of answers that leave and are not heard. */
  readonly unheard: readonly string[];
  /** Causes of losses that conntrack counted at a time unknown. */
  readonly counted: readonly string[];
  /** Causes of what full queues of sockets threw away at a time unknown. */
  readonly overflowed: Readonly<Record<'datagrams' | 'connections', readonly string[]>>;
  /** Causes that concern one protocol's packets only, packets in a tunnel, or large ones. */
  readonly only: Readonly<Record<'dns' | 'tcp' | 'tunnel' | 'large', readonly string[]>>;
  /** Causes that lose packets at their places only: elsewhere they are ruled out. */
  readonly bound: ReadonlySet<string>;
  /** Causes named here whose pages are not written yet. */
  readonly awaited: ReadonlySet<string>;
}

/**
 * How a lookup went wrong: it failed, it was denied by a server that answers, no server of several answers, a capture shows no
 * answer yet, it is slow at the only server, at one of several, at each of several.
 */
const LOOKUP_SYMPTOMS = ['failed', 'denied', 'silent', 'open', 'slow', 'several', 'each'] as const;
export type LookupSymptom = (typeof LOOKUP_SYMPTOMS)[number];

const causes = z.array(z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/));

const shape = z.strictObject({
  segments: z.partialRecord(z.enum(SEGMENTS as [Segment, ...Segment[]]), causes.min(1)),
  answers: causes,
  lookups: z.record(z.enum(LOOKUP_SYMPTOMS), causes),
  first: z.partialRecord(z.enum(LOOKUP_SYMPTOMS), z.string().regex(/^[a-z]+(?:-[a-z]+)*$/)),
  unreached: causes,
  lossy: causes,
  tagged: causes,
  proxied: causes,
  doubled: causes,
  gateway: causes,
  tunnel: causes,
  denied: causes,
  brokenOff: causes,
  blocked: causes,
  card: causes,
  connections: z.strictObject({
    stalled: causes,
    reset: causes,
    unreachable: causes,
    dated: causes,
    silent: causes,
  }),
  unpeered: causes,
  overlay: causes,
  queued: causes,
  unheard: causes,
  counted: causes,
  overflowed: z.strictObject({ datagrams: causes, connections: causes }),
  only: z.strictObject({ dns: causes, tcp: causes, tunnel: causes, large: causes }),
  bound: causes,
  awaited: causes,
});

/** Reads the vantage rule against the causes that have a page; every fault in words. */
export function readVantageRule(
  json: unknown,
  pages: ReadonlyMap<string, unknown>,
): { readonly rule: VantageRule } | { readonly faults: readonly string[] } {
  const parsed = shape.safeParse(json);
  if (!parsed.success)
    return {
      faults: parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    };
  const { segments, answers, lookups, first, only, bound, awaited, ...bySymptom } = parsed.data;
  const named = new Set([...Object.values(segments).flat(), ...answers]);
  const awaiting = new Set([
    ...named,
    ...Object.values(lookups).flat(),
    ...Object.values(bySymptom).flatMap((some) =>
      Array.isArray(some) ? some : Object.values(some).flat(),
    ),
  ]);
  const faults = [
    ...STEPS.filter((step) => !(step in segments)).map((step) => `no candidates for ${step}`),
    ...[...awaiting, ...bound]
      .filter((cause) => !pages.has(cause) && !awaited.includes(cause))
      .map((cause) => `no page for ${cause}`),
    ...[...Object.values(only).flat(), ...bound]
      .filter((cause) => !named.has(cause))
      .map((cause) => `${cause} is a candidate of no segment`),
  ];
  if (faults.length > 0) return { faults };
  return {
    rule: {
      segments: new Map(Object.entries(segments) as [Segment, string[]][]),
      answers,
      lookups,
      first,
      ...bySymptom,
      only,
      bound: new Set(bound),
      awaited: new Set(awaited),
    },
  };
}
