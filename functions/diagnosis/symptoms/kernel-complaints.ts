import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { Symptom } from '../symptoms.ts';

/** What the kernel's own clients of the network, and TCP itself, say when they fail. */
export function kernelComplaints(evidence: readonly Evidence[]): readonly Symptom[] {
  return [...silentServers(evidence), ...scarceTcp(evidence)];
}

/** net/sunrpc/clnt.c, fs/smb/client/connect.c: both say it once, and the first says so when the server is back. */
const SILENT =
  /\bnfs: server ([\w.:-]{1,253}) not responding|\bCIFS: VFS: \\\\([\w.:-]{1,253}) has not responded in \d+ seconds/;
const BACK = /\bnfs: server ([\w.:-]{1,253}) OK\b/;

function silentServers(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'dmesg').flatMap(({ artefact, content: { messages } }) => {
    const silent = new Map<string, number>();
    for (const { line, text } of messages) {
      const [, nfs, smb] = SILENT.exec(text) ?? [];
      const back = BACK.exec(text)?.[1];
      if (back !== undefined) silent.delete(back);
      else if (nfs !== undefined || smb !== undefined) silent.set(nfs ?? smb ?? '', line);
    }
    return [...silent].map(
      ([target, line]): Symptom => ({
        id: 'server-not-responding',
        host: artefact.host,
        target,
        outcome: '',
        server: null,
        at: [cite(artefact, line)],
      }),
    );
  });
}

/** net/ipv4/tcp.c (tcp_check_oom): beyond tcp_mem or tcp_max_orphans, connections are reset without an orderly end. */
const SCARCE = /\bTCP: (out of memory -- consider tuning tcp_mem|too many orphaned sockets)/;

function scarceTcp(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'dmesg').flatMap(({ artefact, content: { messages } }) => {
    const said = messages.findLast(({ text }) => SCARCE.test(text));
    const [, outcome] = SCARCE.exec(said?.text ?? '') ?? [];
    if (said === undefined || outcome === undefined) return [];
    const { host } = artefact;
    const at = [cite(artefact, said.line)];
    return [{ id: 'tcp-scarce' as const, host, target: null, outcome, server: null, at }];
  });
}
