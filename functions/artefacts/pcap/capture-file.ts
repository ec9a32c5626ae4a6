import type { Capture } from '../packet.ts';
import { pcapForm, readPcap } from './pcap.ts';
import { type Interface, isPcapng, readPcapng } from './pcapng.ts';
import { namePackets, newRun } from './run.ts';

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
  const run = newRun(bytes);
  if (bytes.length >= SHORTEST_PCAPNG && isPcapng(bytes)) {
    const interfaces = readPcapng(run);
    const names = interfaces.map(({ name }) => name);
    const capture: Capture = {
      packets: namePackets(run, names),
      clock: 'epoch',
      listeningOn: onlyOne(names),
      captured: run.truncated ? null : run.met,
      receivedByFilter: total(interfaces, 'received'),
      droppedByKernel: total(interfaces, 'dropped'),
      banner: [],
      trailer: [],
    };
    return { capture, interfaces: names, truncated: run.truncated, skipped: run.skipped };
  }
  const form = bytes.length < SHORTEST_PCAP ? undefined : pcapForm(bytes);
  if (form === undefined) return undefined;
  readPcap(run, form);
  const capture: Capture = {
    packets: run.packets,
    clock: 'epoch',
    listeningOn: null,
    captured: run.truncated ? null : run.met,
    receivedByFilter: null,
    droppedByKernel: null,
    banner: [],
    trailer: [],
  };
  return { capture, interfaces: [null], truncated: run.truncated, skipped: run.skipped };
}

function onlyOne(names: readonly (string | null)[]): string | null {
  return new Set(names).size === 1 ? (names[0] ?? null) : null;
}

/** The sum over the interfaces that were counted; null when none was. */
function total(interfaces: readonly Interface[], counter: 'received' | 'dropped'): number | null {
  const counts = interfaces.flatMap(({ counters }) => counters[counter] ?? []);
  return counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0);
}
