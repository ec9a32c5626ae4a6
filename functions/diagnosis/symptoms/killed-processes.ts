import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Symptom } from '../symptoms.ts';

/** mm/oom_kill.c (__oom_kill_process): `Out of memory: Killed process 2211 (coredns) …`, `Memory cgroup out of memory: Killed process …`. */
const KILLED = /\b[Oo]ut of memory: Kill(?:ed)? process \d{1,10} \(([^()]{1,32})\)/;

/** Programs that the kernel killed: whoever talked to them lost the connection, and nothing on the network is to blame. */
export function killedProcesses(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'dmesg').flatMap(({ artefact, content }) =>
    content.messages.flatMap(({ line, text }): readonly Symptom[] => {
      const [, target] = KILLED.exec(text) ?? [];
      if (target === undefined) return [];
      const at = [cite(artefact, line)];
      return [{ id: 'process-killed', host: artefact.host, target, outcome: '', server: null, at }];
    }),
  );
}
