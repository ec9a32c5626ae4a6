import { martianIn } from '../../artefacts/dmesg.ts';
import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Symptom } from '../symptoms.ts';

/** Addresses that stray: nobody's yet, of the link, of many. */
const STRAY = /^(?:0\.|127\.|169\.254\.|22[4-9]\.|23\d\.|255\.)/;
/** One is junk that came by. */
const LEAST = 2;

/** Packets between two ordinary addresses that the kernel threw away time and again, for the way they came by. */
export function martianPackets(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'dmesg').flatMap(({ artefact, content }) => {
    const seen = content.messages.flatMap(({ line, text }) => {
      const martian = martianIn(text);
      const isStray =
        martian === undefined || STRAY.test(martian.destination) || STRAY.test(martian.source);
      return isStray ? [] : [{ ...martian, line }];
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
