import { cite, ofKind } from '../artefacts/evidence.ts';
import type { Packet } from '../artefacts/packet.ts';
import { blankPacket } from '../artefacts/packet-draft.ts';
import { targetOf } from '../artefacts/ping.ts';
import { lostFragmentsIn } from '../captures/dns/fragments.ts';
import type { Sighting } from '../captures/points.ts';
import { acknowledged, flowsAt, rangesOf } from '../captures/tcp-flows.ts';
import { addressInName, parseAddress } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { sourceOf } from './attempt-way.ts';
import type { View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';
import { FULL, isKeptWhole } from './path-size.ts';

/** Packets of which some were lost, or of which the large ones were. */
export interface PartTry {
  /** The host that sent the first of them; null where nothing names it. */
  readonly client: string | null;
  readonly target: string;
  /** What was lost, on its way there or back: nobody knows which, or the capture shows it. */
  readonly packets: readonly Packet[];
  readonly lost: number;
  /** Whether anything of the same kind did get through; a try that says nothing of it is one of which some did. */
  readonly isTotal?: boolean;
  /** The hosts that a capture shows it at: where it was seen last, and next. */
  readonly between: readonly [string | null, string | null] | null;
  readonly at: Citation;
}

/** Fewer may be ARP's or chance. */
const LEAST_LOST = 2;

/** Pings, and probes of mtr, of which some were answered and some were not. */
export function lossyTries(view: View): readonly PartTry[] {
  return [...lossyPings(view), ...lossyTraces(view)];
}

/** mtr's last line is the destination; without an answer it says `???`. */
function lossyTraces(view: View): readonly PartTry[] {
  return ofKind(view.all, 'traceroute').flatMap(({ artefact, content }) =>
    content.traces.flatMap(({ hops }): readonly PartTry[] => {
      const last = hops.at(-1);
      const share = (last?.lossPercent ?? 0) / 100;
      const lost = Math.round((last?.sent ?? 0) * share);
      const target = addressInName(last?.host ?? '');
      if (last === undefined || lost < LEAST_LOST || share === 1) return [];
      if (parseAddress(target) === undefined) return [];
      const at = cite(artefact, last.line);
      const packets = echoes(view, artefact.host, target, null, at);
      return [{ client: artefact.host, target, packets, lost, between: null, at }];
    }),
  );
}

function lossyPings(view: View): readonly PartTry[] {
  return pingsIn(view).flatMap(({ run, host, target, at }) => {
    const lost = (run.summary?.sent ?? 0) - (run.summary?.received ?? 0);
    if (lost < LEAST_LOST || run.replies + (run.summary?.received ?? 0) === 0) return [];
    return [
      {
        client: host,
        target,
        packets: echoes(view, host, target, null, at),
        lost,
        between: null,
        at,
      },
    ];
  });
}

const LARGE_BYTES = 1000;
const LEAST_SENDINGS = 3;

/** Large TCP segments that are sent again and again and never acknowledged, and large pings without an answer. */
export function largeTries(view: View): readonly PartTry[] {
  const segments = view.following.points.flatMap(flowsAt).flatMap((flow) =>
    SIDES.flatMap((side) => {
      const reached = acknowledged(flow, side);
      return rangesOf(flow, side).filter(
        ({ bytes, to, sightings }) =>
          bytes >= LARGE_BYTES && to > reached && sightings.length >= LEAST_SENDINGS,
      );
    }),
  );
  return [...segments.flatMap(({ sightings }) => ofSegment(sightings)), ...longPings(view)];
}

const SIDES = ['client', 'server'] as const;

function ofSegment(sightings: readonly Sighting[]): readonly PartTry[] {
  const [first] = sightings;
  if (first === undefined) return [];
  const { packet } = first;
  const target = addressInName(packet.destination.host);
  const lost = sightings.length;
  return [{ client: null, target, packets: [packet], lost, between: null, at: citation(first) }];
}

function longPings(view: View): readonly PartTry[] {
  return pingsIn(view).flatMap(({ run, host, target, at }) => {
    if ((run.payload ?? 0) < LARGE_BYTES || (run.summary?.received ?? 0) > 0) return [];
    const ipLength = (run.payload ?? 0) + HEADERS;
    const packets = echoes(view, host, target, null, at).map((one) => ({ ...one, ipLength }));
    return [{ client: host, target, packets, lost: run.summary?.sent ?? 0, between: null, at }];
  });
}

/** Of IPv4 and of ICMP's echo. */
const HEADERS = 28;

/** Pings that had to be sent in fragments, of which none was answered, and DNS answers of which parts are missing. */
export function fragmentedTries(view: View): readonly PartTry[] {
  return [...largePings(view), ...splitAnswers(view)];
}

function splitAnswers({ following }: View): readonly PartTry[] {
  const found = lostFragmentsIn(following);
  const [first] = found?.at ?? [];
  if (found === undefined || first === undefined) return [];
  const { packet } = first;
  return [
    {
      client: null,
      target: addressInName(packet.destination.host),
      packets: [{ ...packet, fragment: { offset: 1480, more: false } }],
      lost: 1,
      between: [found.from?.host ?? null, found.to?.host ?? null],
      at: citation(first),
    },
  ];
}

function largePings(view: View): readonly PartTry[] {
  return pingsIn(view).flatMap(({ run, host, target, at, command }) => {
    const isWhole = (run.payload ?? 0) <= FULL || isKeptWhole(command ?? '');
    if (isWhole || run.replies > 0 || (run.summary?.received ?? 0) > 0) return [];
    const packets = echoes(view, host, target, { offset: 1480, more: false }, at);
    return [{ client: host, target, packets, lost: run.summary?.sent ?? 0, between: null, at }];
  });
}

/** What captures show to vanish; `fragment` is what its later parts are. */
export function vanishedTries({ following }: View): readonly PartTry[] {
  return following.conversations.flatMap(({ vanished, transmissions }) => {
    const isTotal = vanished.length === transmissions.length;
    const byPlace = Map.groupBy(vanished, ({ seen, missing }) => `${seen.point} ${missing?.index}`);
    return [...byPlace.values()].flatMap((all): readonly PartTry[] => {
      const [first] = all;
      const from = following.points[first?.seen.point ?? -1];
      if (first === undefined || from === undefined || first.refused.length > 0) return [];
      const { packet } = first.seen;
      return [
        {
          client: null,
          target: addressInName(packet.destination.host),
          packets: [packet],
          lost: all.length,
          isTotal,
          between: [from.host, first.missing?.host ?? null],
          at: citation(first.seen),
        },
      ];
    });
  });
}

function pingsIn({ all }: View) {
  return ofKind(all, 'ping').flatMap(({ artefact, content }) =>
    content.runs.flatMap((run) => {
      const target = addressInName(run.address ?? targetOf(run, artefact.command));
      const told = run.troubles.some(({ trouble }) => trouble !== 'timeout');
      if (run.summary === null || told || parseAddress(target) === undefined) return [];
      const { host, command } = artefact;
      return [{ run, host, command, target, at: cite(artefact, run.summary.line) }];
    }),
  );
}

/** The request and its reply. */
function echoes(
  view: View,
  host: string | null,
  target: string,
  fragment: Packet['fragment'],
  at: Citation,
): readonly Packet[] {
  const protocol = 'icmp';
  const attempt = { address: target, port: null, host, at, protocol } as const;
  const own = { host: sourceOf(view, attempt, addressesIn(view.all)), port: null };
  const other = { host: target, port: null };
  const blank = { ...blankPacket(0), protocol, fragment } as const;
  return [
    { ...blank, source: own, destination: other },
    { ...blank, source: other, destination: own },
  ];
}
