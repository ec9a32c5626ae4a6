import { digestOf, firstFrom } from '../artefacts/digest.ts';
import type { Evidence } from '../artefacts/evidence.ts';
import { readCaptureFile } from '../artefacts/pcap/capture-file.ts';
import { packetText } from '../artefacts/pcap/text.ts';
import { parseFileName } from './file-name.ts';
import type { Context, Source, SourceLines } from './paste.ts';

/** A capture file read: what it holds, where its name says it was taken, and its packets as lines to quote. */
export interface CaptureSource {
  readonly content: Evidence<'tcpdump'>['content'];
  /** Packets that nobody could read, by number within the file. */
  readonly unread: readonly number[];
  readonly truncated: boolean;
  readonly context: Context;
  readonly lines: SourceLines;
}

/** Reads a source that is a capture file: its lines are its packets. Undefined when it is cut within its own header. */
export function readCaptureSource(source: Source, bytes: Uint8Array): CaptureSource | undefined {
  const file = readCaptureFile(bytes);
  if (file === undefined) return undefined;
  const { digest, at } = digestOf(file.capture);
  const lines = digest.line.subarray(0, digest.length);
  const count = lines.length + file.skipped;
  return {
    content: file.capture,
    unread: numbersBetween(lines, count),
    truncated: file.truncated,
    context: {
      at: source.at ?? null,
      label: null,
      section: null,
      prompt: null,
      command: null,
      windows: false,
      file: parseFileName(source.name ?? '') ?? null,
      order: null,
    },
    lines: {
      count,
      at: (line) => {
        const index = firstFrom(digest, line);
        const packet = lines[index] === line ? at(index) : undefined;
        return packet === undefined ? '' : packetText(packet);
      },
    },
  };
}

/** The numbers from 1 to `last` that a rising list leaves out. */
function numbersBetween(present: Int32Array, last: number): readonly number[] {
  const left: number[] = [];
  let next = 0;
  for (let number = 1; number <= last; number += 1) {
    if (present[next] === number) next += 1;
    else left.push(number);
  }
  return left;
}
