import { keepDigest } from '../digest.ts';
import type { Capture } from '../packet.ts';
import type { Recorded } from './frames.ts';
import { readPackets } from './packets.ts';
import { pcapForm, readPcap } from './pcap.ts';
import { isPcapng, readPcapng } from './pcapng.ts';

const SHORTEST_PCAP = 24;
const SHORTEST_PCAPNG = 12;

/** What reading a capture file gave. */
export interface CaptureFile {
  readonly capture: Capture;
  /** By number within the file; null for those without a name, of which a pcap file has exactly one. */
  readonly interfaces: readonly (string | null)[];
  /** The file ends inside a record, or in bytes that are none. */
  readonly truncated: boolean;
  /** Packets that are not among those of the capture: empty, of a link type that nobody reads, or of an unknown interface. */
  readonly skipped: number;
}

/** Whether these are the first bytes of a pcap file (micro- or nanoseconds, either byte order) or of a pcapng file; compressed ones are not. */
export function isCaptureFile(bytes: Uint8Array): boolean {
  return isPcapng(bytes) || (bytes.length >= 4 && pcapForm(bytes) !== undefined);
}

/**
 * Reads a pcap or pcapng file as tcpdump would print it: the same packets as its text gives, with everything that `-e -vv` shows.
 * Undefined when it is neither, or cut within its own header. Never throws, linear in time.
 */
export function readCaptureFile(bytes: Uint8Array): CaptureFile | undefined {
  const recorded = recordedIn(bytes);
  if (recorded === undefined) return undefined;
  const { frames, interfaces, truncated } = recorded;
  const names = interfaces.map(({ name }) => name);
  const { digest, at, all } = readPackets(bytes, recorded);
  const capture: Capture = {
    get packets() {
      return all();
    },
    clock: 'epoch',
    listeningOn: onlyOne(names),
    captured: truncated ? null : frames.count,
    receivedByFilter: total(interfaces, 'received'),
    droppedByKernel: total(interfaces, 'dropped'),
    banner: [],
    trailer: [],
  };
  keepDigest(capture, { digest, at });
  const skipped = frames.count - digest.length;
  return { capture, interfaces: names, truncated, skipped };
}

function recordedIn(bytes: Uint8Array): Recorded | undefined {
  if (bytes.length >= SHORTEST_PCAPNG && isPcapng(bytes)) return readPcapng(bytes);
  const form = bytes.length < SHORTEST_PCAP ? undefined : pcapForm(bytes);
  return form === undefined ? undefined : readPcap(bytes, form);
}

function onlyOne(names: readonly (string | null)[]): string | null {
  return new Set(names).size === 1 ? (names[0] ?? null) : null;
}

/** The sum over the interfaces that were counted; null when none was. */
function total(interfaces: Recorded['interfaces'], counter: 'received' | 'dropped'): number | null {
  const counts = interfaces.flatMap(({ counters }) => counters[counter] ?? []);
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}
