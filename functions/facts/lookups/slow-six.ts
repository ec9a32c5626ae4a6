import { cite, ofKind } from '../../artefacts/evidence.ts';
import type { Citation } from '../../primitives/reading.ts';
import type { View } from '../define.ts';

/** A name that takes libc as long as its time-outs when both families are asked, and comes at once for IPv4 alone. */
export interface SlowSix {
  readonly name: string;
  readonly ms: number;
  readonly quickMs: number;
  readonly at: readonly Citation[];
}

const AT_ONCE_MS = 500;
/** glibc waits 5 s for a server and musl 2.5 s (resolv.conf(5); res_msend.c): what silence costs is a multiple of it. */
const TIMEOUT_MS = 2500;
const BESIDE_MS = 400;

const GETENT = /\bgetent\s+(?:-\S+\s+)*(hosts|ahosts|ahostsv4|ahostsv6)\s+([\w.-]{1,253})/;

interface Timed {
  readonly family: string;
  readonly name: string;
  readonly ms: number;
  readonly at: Citation;
}

/** `time getent hosts NAME` and `time getent ahostsv4 NAME` on one host. */
export function slowSixIn({ own }: View): SlowSix | undefined {
  const timed = ofKind(own, 'getent').flatMap(({ artefact, content }): readonly Timed[] => {
    const [, family = '', name = ''] = GETENT.exec(artefact.command ?? '') ?? [];
    if (name === '') return [];
    return content.lookups.flatMap(({ elapsedMs, line }) =>
      elapsedMs === null ? [] : [{ family, name, ms: elapsedMs, at: cite(artefact, line) }],
    );
  });
  const isFour = ({ family }: Timed) => family === 'ahostsv4';
  for (const slow of timed) {
    if (isFour(slow) || !isWait(slow.ms)) continue;
    const four = timed.filter((one) => isFour(one) && one.name === slow.name);
    const [quick] = four;
    // Another lookup of both that is quick: then it is no rule.
    const isMixed = timed.some((one) => !isFour(one) && one.name === slow.name && !isWait(one.ms));
    if (quick === undefined || isMixed || four.some(({ ms }) => ms >= AT_ONCE_MS)) continue;
    return { name: slow.name, ms: slow.ms, quickMs: quick.ms, at: [slow.at, quick.at] };
  }
  return undefined;
}

function isWait(ms: number): boolean {
  return ms >= TIMEOUT_MS && ms % TIMEOUT_MS < BESIDE_MS;
}
