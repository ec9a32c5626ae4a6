import { type Artefact, cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';

/** A ping that got an answer. */
export interface AnsweredPing {
  readonly artefact: Artefact;
  /** The address that answered; the name typed, where no address is printed. */
  readonly address: string;
  /** As many came back as were sent, as far as a summary tells. */
  readonly isWhole: boolean;
  readonly at: Citation;
}

/** The pings of the evidence that were answered, by their replies or, where these are left out (`-q`), by the summary. */
export function answeredPings(evidence: readonly Evidence[]): readonly AnsweredPing[] {
  return ofKind(evidence, 'ping').flatMap(({ artefact, content }) =>
    content.runs.flatMap(({ address, target, replies, replyLine, summary, line }) => {
      if (replies === 0 && (summary?.received ?? 0) === 0) return [];
      const isWhole = summary === null || summary.sent === summary.received;
      const at = cite(artefact, replyLine ?? summary?.line ?? line);
      return [{ artefact, address: address ?? target, isWhole, at }];
    }),
  );
}
