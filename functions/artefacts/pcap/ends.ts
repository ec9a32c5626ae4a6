import type { Endpoint } from '../packet.ts';
import { type Draft, NOWHERE } from '../packet-draft.ts';
import { END_SLOTS, type Reading } from './reading.ts';

/** Gives a packet its ends; a question and its answer, and all questions to one server, share them. */
export function placePorts(reading: Reading, packet: Draft, from: number, to: number): void {
  packet.source = endOf(reading.ends, reading.from, from);
  packet.destination = endOf(reading.ends, reading.to, to);
}

/** Gives a packet without ports, or cut before them, its addresses. */
export function placeHosts(reading: Reading, packet: Draft): void {
  if (packet.source !== NOWHERE) return;
  packet.source = { host: reading.from, port: null };
  packet.destination = { host: reading.to, port: null };
}

function endOf(ends: Endpoint[], host: string, port: number): Endpoint {
  const slot = port & (END_SLOTS - 1);
  const known = ends[slot];
  if (known !== undefined && known.port === port && known.host === host) return known;
  const end = { host, port };
  ends[slot] = end;
  return end;
}
