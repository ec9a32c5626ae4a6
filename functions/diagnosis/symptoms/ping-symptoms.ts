import { cite, type Evidence, ofKind } from '../../artefacts/evidence.ts';
import type { PingTrouble } from '../../artefacts/ping/lines.ts';
import { type PingRun, refusalIn, targetOf } from '../../artefacts/ping.ts';
import { lossyPingsIn } from '../../facts/lossy-pings.ts';
import type { Symptom } from '../symptoms.ts';

/** Pings of which none was answered; a later one that is answers for them. */
export function silentPings(evidence: readonly Evidence[]): readonly Symptom[] {
  const runs = ofKind(evidence, 'ping').flatMap(({ artefact, content }) =>
    content.runs.map((run) => ({ artefact, run })),
  );
  return runs.flatMap(({ artefact, run }, at): readonly Symptom[] => {
    const { summary } = run;
    const target = run.target || targetOf(run, artefact.command);
    const refusal = refusalIn(run);
    if (refusal !== undefined) {
      const { host } = artefact;
      const outcome = REFUSED_BY_ITSELF[refusal.trouble] ?? 'no-route';
      const at = [cite(artefact, refusal.line)];
      return [{ id: 'connection-failed', host, target: target || null, outcome, server: null, at }];
    }
    if (summary === null || summary.received > 0 || summary.sent === 0) return [];
    if (isProbe(run) && isTold(run, runs)) return [];
    const isBack = runs
      .slice(at + 1)
      .some(
        (later) =>
          later.artefact.host === artefact.host &&
          later.run.target === target &&
          later.run.replies > 0,
      );
    if (isBack) return [];
    const outcome = outcomeOf(run, artefact.command);
    const cited = [cite(artefact, summary.line)];
    return [
      { id: 'connection-failed', host: artefact.host, target, outcome, server: null, at: cited },
    ];
  });
}

function outcomeOf({ troubles }: PingRun, command: string | null): string {
  if (troubles.some(({ trouble, from }) => trouble === 'filtered' && from === null))
    return 'not-permitted';
  const isLooping = troubles.some(({ trouble }) => trouble === 'ttl-exceeded');
  return isLooping && !asksTtl(command) ? 'ttl-exceeded' : 'no-echo-reply';
}

const REFUSED_BY_ITSELF: Readonly<Partial<Record<PingTrouble, string>>> = {
  'no-route': 'unreachable',
  'no-buffer': 'no-buffer',
  // EPERM of sendmsg(2): a rule of the own host's OUTPUT dropped it (net/netfilter/core.c: nf_hook_slow).
  filtered: 'not-permitted',
};

/** Pings of which too many were lost for an accident. */
export function lossyPings(evidence: readonly Evidence[]): readonly Symptom[] {
  return lossyPingsIn(evidence).map(
    ({ artefact, run, percent, line }): Symptom => ({
      id: 'echoes-lost',
      host: artefact.host,
      target: run.target,
      outcome: String(percent),
      server: null,
      at: [cite(artefact, line)],
    }),
  );
}

/** Light in glass goes half round the earth and back in 0.2 s; by a geostationary satellite it takes 0.5 s, and that is told too. */
const SLOW_MS = 400;
/** The first waits for ARP and for whoever wakes up. */
const LEAST_SLOW = 2;

/** Pings of which even the fastest answer took long: a queue on the way, or a way around the world. */
export function slowPings(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'ping').flatMap(({ artefact, content }) =>
    content.runs.flatMap((run): readonly Symptom[] => {
      const { summary, fastestMs, replyLine, target } = run;
      const answers = Math.max(run.replies, summary?.received ?? 0);
      if (fastestMs === null || fastestMs < SLOW_MS || answers < LEAST_SLOW) return [];
      const at = [cite(artefact, summary?.line ?? replyLine ?? run.line)];
      const outcome = String(Math.round(fastestMs));
      return [{ id: 'echoes-slow', host: artefact.host, target, outcome, server: null, at }];
    }),
  );
}

/** Pings that more than one answered, or that came back by two ways; whoever pings a broadcast wants that. */
export function doubledPings(evidence: readonly Evidence[]): readonly Symptom[] {
  return ofKind(evidence, 'ping').flatMap(({ artefact, content }) =>
    content.runs.flatMap(({ summary, target }): readonly Symptom[] => {
      const isToMany = /^(?:22[4-9]|23\d)\.|\.255$|^ff/i.test(target) || asksMany(artefact.command);
      if (summary === null || summary.duplicates === 0 || isToMany) return [];
      const at = [cite(artefact, summary.line)];
      const outcome = String(summary.duplicates);
      return [{ id: 'echoes-doubled', host: artefact.host, target, outcome, server: null, at }];
    }),
  );
}

/** `-t 3` and Windows' `-i 3` ask how far so many hops go. */
function asksTtl(command: string | null): boolean {
  return / -[ti] ?\d{1,2}\b/.test(command ?? '');
}

/** `-b` pings a broadcast. */
function asksMany(command: string | null): boolean {
  return / -\w*b\b/.test(command ?? '');
}

/** Somebody said why, or a smaller one to the same address is answered. */
function isTold(run: PingRun, all: readonly { readonly run: PingRun }[]): boolean {
  const passed = all.some(({ run: other }) => other.target === run.target && other.replies > 0);
  return passed || run.troubles.some(({ trouble }) => trouble !== 'timeout');
}

/** With a size of its own the ping asks for the MTU: that a large one fails is an answer. */
function isProbe({ payload }: { readonly payload: number | null }): boolean {
  return payload !== null && payload > LARGEST_USUAL;
}

/** Bytes of payload: 56 on Linux, 32 on Windows. */
const LARGEST_USUAL = 64;
