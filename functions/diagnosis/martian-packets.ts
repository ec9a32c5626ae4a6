import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Symptom } from './symptoms.ts';

/** ip_handle_martian_source of net/ipv4/route.c: `martian source DESTINATION from SOURCE, on dev INTERFACE`. */
const MARTIAN = /\bmartian source ([\d.]{7,15}) from ([\d.]{7,15}), on dev (\S{1,15})/;
/** Addresses that stray: nobody's yet, of the link, of many. */
const STRAY = /^(?:0\.|127\.|169\.254\.|22[4-9]\.|23\d\.|255\.)/;
/** One is junk that came by. */
const LEAST = 2;

/** Packets between two ordinary addresses that the kernel threw away time and again, for the way they came by. */
export function martianPackets(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'dmesg').flatMap(({ artefact, content }) => {
    const seen = content.messages.flatMap(({ line, text }) => {
      const [, destination = '', source = '', device = ''] = MARTIAN.exec(text) ?? [];
      const isStray = destination === '' || STRAY.test(destination) || STRAY.test(source);
      return isStray ? [] : [{ source, device, line }];
    });
    const bySource = Map.groupBy(seen, ({ source, device }) => `${source} ${device}`);
    return [...bySource.values()].flatMap((all): readonly Symptom[] => {
      const [first] = all;
      if (first === undefined || all.length < LEAST) return [];
      return [
        {
          id: 'martian-source',
          host: artefact.host,
          target: first.source,
          outcome: first.device,
          server: null,
          at: all.slice(0, 3).map(({ line }) => cite(artefact, line)),
        },
      ];
    });
  });
}
