import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Refusal } from '../captures/refusals.ts';
import type { Citation } from '../primitives/reading.ts';
import { citation } from './loss.ts';

/**
 * The addresses that pings, and ICMP errors of others than the sender itself, call unreachable as hosts; each with a line
 * that says so.
 */
export function calledUnreachable(
  evidence: readonly Evidence[],
  refusals: readonly Refusal[],
): ReadonlyMap<string, Citation> {
  const called = new Map<string, Citation>();
  for (const { artefact, content } of ofKind(evidence, 'ping'))
    for (const { address, target, troubles } of content.runs) {
      const said = troubles.find(({ trouble }) => trouble === 'host-unreachable');
      if (said !== undefined) called.set(address ?? target, cite(artefact, said.line));
    }
  for (const { what, about, from, sighting } of refusals)
    if (what === 'host' && from !== sighting.packet.destination.host)
      called.set(about, citation(sighting));
  return called;
}
