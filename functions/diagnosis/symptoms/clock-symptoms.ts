import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import { clockOffsetIn } from '../../facts/clock-offset.ts';
import type { Symptom } from '../symptoms.ts';

/** Kerberos bears five minutes, some tokens and certificates less than one. */
const OFF_SECONDS = 60;

/** Clocks that a time server was measured to contradict. */
export function wrongClocks(evidence: readonly Evidence[]): readonly Symptom[] {
  const hosts = new Set(ofKind(evidence, 'clock').map(({ artefact }) => artefact.host));
  return [...hosts].flatMap((host): readonly Symptom[] => {
    const own = evidence.filter(({ artefact }) => artefact.host === host);
    const offset = clockOffsetIn({ own });
    if (offset === undefined || Math.abs(offset.aheadSeconds) < OFF_SECONDS) return [];
    const outcome = String(Math.floor(Math.abs(offset.aheadSeconds)));
    return [{ id: 'clock-off', host, target: null, outcome, server: null, at: offset.at }];
  });
}

/** Of commands that reached their server and did not trust it: kubectl. */
export function refusedCertificates(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'command-failed').flatMap(({ artefact, content }) =>
    content.failures.flatMap(({ certificate, tool, line }): readonly Symptom[] => {
      if (certificate === undefined) return [];
      const outcome = `certificate-${certificate.is}`;
      const at = [cite(artefact, line)];
      const { host } = artefact;
      return [{ id: 'connection-failed', host, target: tool, outcome, server: null, at }];
    }),
  );
}
