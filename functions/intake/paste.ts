import type { Lines } from '../primitives/lines.ts';

/** What a person sent: one text or capture file and, where they said so, its name and where it was taken. */
export interface Source {
  /** The file's name, null for standard input or a message. */
  readonly name: string | null;
  readonly text: string;
  /** The bytes of a capture file (pcap, pcapng); `text` is then empty. */
  readonly capture?: Uint8Array;
  /** Where it was taken, said outright (`--at HOST[/INTERFACE]=FILE`): outranks everything else. */
  readonly at?: { readonly host: string; readonly interface: string | null };
}

/** One unbroken stretch of a paste that is the output of one known command or file. */
export interface Stretch {
  readonly kind: string;
  /** Which source, counted from 0. */
  readonly source: number;
  /** First and last line, 1-based in the source. */
  readonly first: number;
  readonly last: number;
  /** The cleaned lines from first to last, whole where they had been broken. */
  readonly lines: Lines;
  /** Where each of them begins, 1-based in the source, and one more for the end; null where none had been broken. */
  readonly places: readonly number[] | null;
  readonly context: Context;
}

/** What stands around a stretch and says where it was taken. */
export interface Context {
  readonly at: { readonly host: string; readonly interface: string | null } | null;
  /** A label right above. */
  readonly label: {
    readonly host: string | null;
    readonly interface: string | null;
    readonly pod: boolean;
  } | null;
  /** The host of an earlier label that still holds, when nothing nearer names one. */
  readonly section: { readonly host: string; readonly pod: boolean } | null;
  readonly prompt: { readonly host: string; readonly pod: boolean } | null;
  /** The command that printed it, as typed. */
  readonly command: string | null;
  /** It was typed at a prompt of Windows. */
  readonly windows: boolean;
  readonly file: { readonly host: string; readonly interface: string | null } | null;
  readonly order: 'before' | 'after' | null;
}

/** A paste taken apart: the stretches, and what became of every other line. */
export interface Paste {
  readonly stretches: readonly Stretch[];
  /** Lines that belong to no stretch and are not blank, furniture, prompts or labels: source and 1-based line. */
  readonly outside: readonly { readonly source: number; readonly line: number }[];
  /** The lines of each source exactly as they came. */
  readonly raw: readonly Lines[];
}

/** The lines of one source, to count and to quote; a capture file's are its packets, worded as tcpdump does. */
export interface SourceLines {
  /** How many are not blank. */
  readonly count: number;
  /** A line by its number, from 1, exactly as it came; empty where there is none. */
  readonly at: (line: number) => string;
}
