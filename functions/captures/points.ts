import { countOf, digestOf, innermost } from '../artefacts/digest.ts';
import type { Evidence } from '../artefacts/evidence.ts';
import type { Clock, Packet } from '../artefacts/packet.ts';
import { type DeviceRole, deviceRole } from '../primitives/device.ts';
import { isOneWay } from './filter.ts';
import { isPlain, tellByNumbers } from './only-point.ts';
import type { Settled } from './settled.ts';
import { filterOf } from './typed-filter.ts';

/** A place where packets were captured: one interface of one host. Several captures of one place are one point. */
export interface Point {
  /** Position in the list of points; the path's order is another matter. */
  readonly index: number;
  readonly host: string | null;
  readonly interface: string | null;
  readonly pod: boolean;
  readonly role: DeviceRole | undefined;
  readonly captures: readonly CaptureEvidence[];
  readonly sightings: readonly Sighting[];
  /** How many sightings there are. */
  readonly seen: number;
  /** Sightings that belong to no settled exchange. */
  readonly others: readonly Sighting[];
  /** Where this is the only point: exchanges in which nothing has to be told apart. */
  readonly settled: Settled | null;
  /** The text names a filter under which packets of this kind could not be seen here; null when no filter is known. */
  readonly filter: string | null;
  /** Packets that came by may be missing from the text: dropped by the kernel, cut from the paste, or not of the one way that the filter takes. */
  readonly lossy: boolean;
  /** First and last time of anything that its captures hold, on whatever interface; undefined without times. */
  readonly span: Span | undefined;
  /** Banner or trailer show that a capture ran, even if it holds no packet. */
  readonly ran: boolean;
}

/** Two times in microseconds on one clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One packet seen at one point: the packet that carries the conversation, and what it was wrapped in. */
export interface Sighting {
  readonly point: number;
  readonly evidence: CaptureEvidence;
  /** The innermost packet: DNS, TCP, ICMP or ARP. */
  readonly packet: Packet;
  /** The packet as captured; the same as `packet` when nothing is wrapped. */
  readonly outer: Packet;
  /** Its place among all packets of the point, as captured. */
  readonly order: number;
  /** Microseconds on the host's clock, day clocks counted from midnight; null without timestamps. */
  readonly time: number | null;
}

/** A capture, read from text or from a file. */
export type CaptureEvidence = Evidence<'tcpdump'>;

const DAY_US = 86_400_000_000;

/** The kernel dropped packets, or the trailer counts more than the text shows: a packet may be missing from it. */
function isIncomplete(content: CaptureEvidence['content']): boolean {
  return (content.droppedByKernel ?? 0) > 0 || (content.captured ?? 0) > countOf(content);
}

interface Draft {
  readonly index: number;
  readonly host: string | null;
  readonly device: string | null;
  readonly captures: CaptureEvidence[];
  readonly sightings: Sighting[];
}

/** Gathers every capture into points. Repeated quotations of another capture's lines are no captures of their own. */
export function pointsOf(captures: readonly CaptureEvidence[]): readonly Point[] {
  const drafts = new Map<string, Draft>();
  const spans = new Map<CaptureEvidence, Span>();
  const own = withoutQuotations(captures);
  const [only] = own;
  if (only !== undefined && own.length === 1 && isPlain(only)) return [onlyPoint(only)];
  for (const evidence of own) {
    const { host, interface: device, id } = evidence.artefact;
    const draftOf = (name: string | null) => {
      const ofName = drafts.get(placeOf(host, name));
      const isOwn =
        host === null && (name === null || (ofName && ranBeside(evidence, ofName, spans)));
      return draftFor(drafts, host, name, isOwn ? id : null);
    };
    if (countOf(evidence.content) === 0) draftOf(device).captures.push(evidence);
    const times = sight(evidence, draftOf);
    if (times.from <= times.to) spans.set(evidence, times);
  }
  return [...drafts.values()].map((draft) => toPoint(draft, spans));
}

function onlyPoint(evidence: CaptureEvidence): Point {
  const { span, seen, settled, sightings, others } = tellByNumbers(evidence, clockOf(evidence));
  const { host, interface: device } = evidence.artefact;
  const draft = { index: 0, host, device, captures: [evidence], sightings: [] };
  return {
    ...toPoint(draft, new Map(span.from <= span.to ? [[evidence, span]] : [])),
    seen,
    settled,
    get sightings() {
      return sightings();
    },
    get others() {
      return others();
    },
  };
}

/**
 * Whether a capture ran while another one did on an interface of the same name, and is no copy of it: where their host is
 * not told, what two hosts call `eth0` is not one place.
 */
function ranBeside(
  evidence: CaptureEvidence,
  draft: Draft,
  spans: ReadonlyMap<CaptureEvidence, Span>,
): boolean {
  if (draft.captures.includes(evidence) || !isOfDay(evidence.content.clock)) return false;
  const others = draft.captures.flatMap((other) => spans.get(other) ?? []);
  const told = toldBefore(draft, evidence);
  const clock = clockOf(evidence);
  let isBeside = false;
  for (const packet of evidence.content.packets) {
    if (told.has(stampOf(packet))) return false;
    const time = clock(packet.time);
    isBeside ||= time !== null && others.some(({ from, to }) => from <= time && time < to);
  }
  return isBeside;
}

/** Adds the packets of one capture to the points of their interfaces; the span of their times, from above to if there are none. */
function sight(evidence: CaptureEvidence, draftOf: (name: string | null) => Draft): Span {
  let draft: Draft | undefined;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const clock = clockOf(evidence);
  const told = new Map<Draft, ReadonlySet<string>>();
  for (const packet of evidence.content.packets) {
    const name = packet.interface ?? evidence.artefact.interface;
    if (draft === undefined || draft.device !== name) {
      draft = draftOf(name);
      if (!told.has(draft)) told.set(draft, toldBefore(draft, evidence));
      if (draft.captures.at(-1) !== evidence) draft.captures.push(evidence);
    }
    const time = clock(packet.time);
    if (time !== null && packet.source.host !== '') {
      from = Math.min(from, time);
      to = Math.max(to, time);
    }
    const known = told.get(draft);
    if (known !== undefined && known.size > 0 && known.has(stampOf(packet))) continue;
    draft.sightings.push({
      point: draft.index,
      evidence,
      packet: packet.tunnel === null ? packet : innermost(packet),
      outer: packet,
      order: draft.sightings.length,
      time,
    });
  }
  return { from, to };
}

const NONE: ReadonlySet<string> = new Set();

/**
 * The packets of a point that other captures have told already: the same capture is often pasted twice, whole or in part.
 * Only a time of day makes packets comparable; a retry without one may print the very same line.
 */
function toldBefore({ sightings }: Draft, { content }: CaptureEvidence): ReadonlySet<string> {
  if (sightings.length === 0 || !isOfDay(content.clock)) return NONE;
  const others = sightings.filter(({ evidence }) => isOfDay(evidence.content.clock));
  return new Set(others.map(({ outer }) => stampOf(outer)));
}

function isOfDay(clock: Clock): boolean {
  return clock !== 'delta' && clock !== 'none';
}

function draftFor(
  drafts: Map<string, Draft>,
  host: string | null,
  device: string | null,
  own: string | null,
): Draft {
  const key = own === null ? placeOf(host, device) : `${device}\n${own}`;
  const draft = drafts.get(key) ?? {
    index: drafts.size,
    host,
    device,
    captures: [],
    sightings: [],
  };
  drafts.set(key, draft);
  return draft;
}

function placeOf(host: string | null, device: string | null): string {
  return `${host}\n${device}`;
}

function toPoint(
  { index, host, device, captures, sightings }: Draft,
  spans: ReadonlyMap<CaptureEvidence, Span>,
): Point {
  const contents = captures.map((capture) => capture.content);
  const filters = captures.flatMap(({ artefact }) => filterOf(artefact.command) ?? []);
  return {
    index,
    host,
    interface: device,
    pod: captures.some((capture) => capture.artefact.pod),
    role: device === null ? undefined : deviceRole(device),
    captures,
    sightings,
    seen: sightings.length,
    others: sightings,
    settled: null,
    filter: filters[0] ?? null,
    span: spanOf(captures.flatMap((capture) => spans.get(capture) ?? [])),
    lossy: contents.some(isIncomplete) || filters.some(isOneWay),
    ran: contents.some(
      (content) => countOf(content) > 0 || content.banner.length > 0 || content.trailer.length > 0,
    ),
  };
}

function spanOf(spans: readonly Span[]): Span | undefined {
  if (spans.length === 0) return undefined;
  return {
    from: Math.min(...spans.map(({ from }) => from)),
    to: Math.max(...spans.map(({ to }) => to)),
  };
}

/**
 * Puts a capture's times on one running clock. Dates and epochs are brought to the time of day, so that hosts in
 * different styles can be compared (whole-hour differences are solved with the clock offset); `-ttt` deltas are added up.
 */
function clockOf({ content }: CaptureEvidence): (time: number | null) => number | null {
  const { clock } = content;
  if (clock === 'date' || clock === 'epoch')
    return (time) => (time === null ? null : time % DAY_US);
  if (clock !== 'delta') return (time) => time;
  const { packets } = content;
  const falls = packets.some(
    ({ time }, at) => time !== null && time < (packets[at - 1]?.time ?? 0),
  );
  let sum = 0;
  return (time) => {
    if (time === null) return null;
    sum = falls ? sum + time : time;
    return sum;
  };
}

/**
 * Prose often repeats lines of a capture to talk about them. A short stretch whose every packet stands, to the
 * microsecond, in a longer capture is such a quotation; a stretch without host and interface is none that could place
 * a packet, so it is left out as soon as placed captures exist.
 */
function withoutQuotations(captures: readonly CaptureEvidence[]): readonly CaptureEvidence[] {
  const placed = captures.filter(
    ({ artefact }) => artefact.host !== null || artefact.interface !== null,
  );
  const candidates = placed.length > 0 ? captures.filter((one) => isPlaced(one)) : captures;
  return candidates.filter((one) => {
    const count = countOf(one.content);
    if (count === 0 || count > 3) return true;
    if (one.content.banner.length + one.content.trailer.length > 0) return true;
    return !candidates.some(
      (other) => other !== one && countOf(other.content) > count && holdsAll(other, one),
    );
  });
}

function isPlaced({ artefact, content }: CaptureEvidence): boolean {
  if (artefact.host !== null || artefact.interface !== null) return true;
  return digestOf(content).digest.namesInterfaces;
}

function holdsAll(longer: CaptureEvidence, shorter: CaptureEvidence): boolean {
  const stamps = new Set(longer.content.packets.map(stampOf));
  return shorter.content.packets.every(
    (packet) => packet.timeText !== null && stamps.has(stampOf(packet)),
  );
}

function stampOf(packet: Packet): string {
  const ends = `${packet.source.host}.${packet.source.port}>${packet.destination.host}.${packet.destination.port}`;
  return `${packet.timeText} ${packet.ttl} ${packet.ipId} ${ends} ${packet.dns?.id}`;
}
