import { type Artefact, cite, ofKind } from '../artefacts/evidence.ts';
import type { PingRun } from '../artefacts/ping.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';

/** What pings of two sizes to one address tell of the path. */
export const pathSize = defineJoin({
  question: 'path-size',
  needs: ['ping'],
  facts: {
    largeLost: {
      type: 'flag',
      is: 'pings of a large size to an address get no answer and no word why, and pings of a smaller size to it do',
      of: (view) => reading(splitAt(view), () => true),
    },
    lost: count('bytes of payload that got no answer (-s)', ({ lost }) => lost.run.payload ?? 0),
    passed: count(
      'bytes of payload that were answered (-s)',
      ({ passed }) => passed.run.payload ?? 0,
    ),
    passedPacket: count(
      'the answered size as an IPv4 packet: payload and 28 bytes',
      ({ passed }) => (passed.run.payload ?? 0) + 28,
    ),
    target: {
      type: 'label',
      is: 'the address that was pinged',
      of: (view) => reading(splitAt(view), ({ passed }) => addressOf(passed.run)),
    },
    fullPasses: {
      type: 'flag',
      is: 'a ping of 1472 bytes or more is answered, and none is lost but what had to be sent in fragments',
      of: fullPasses,
    },
  },
});

/** What an Ethernet packet carries behind the headers of IP and ICMP. */
export const FULL = 1472;

/** `-M do` and `-M probe` of Linux, `-D` of BSD and macOS, `-f` of Windows forbid fragments. */
export function isKeptWhole(command: string): boolean {
  return /\s-(?:M\s*(?:do|probe|want)|[a-zA-Z]*D)\b|\s-f\s/.test(command);
}

interface Placed {
  readonly artefact: Artefact;
  readonly run: PingRun;
}

interface Split {
  readonly lost: Placed;
  readonly passed: Placed;
}

function count(is: string, of: (split: Split) => number): JoinedFact {
  return { type: 'count', is, of: (view) => reading(splitAt(view), of) };
}

function reading<T>(split: Split | undefined, of: (split: Split) => T): Reading<T> {
  return split === undefined
    ? unknown('no pings of two sizes, one answered and one not')
    : known(of(split), [...linesOf(split.lost), ...linesOf(split.passed)]);
}

function linesOf({ artefact, run }: Placed): readonly Citation[] {
  return [run.line, run.replyLine ?? run.summary?.line ?? run.line]
    .filter((line, at, all) => all.indexOf(line) === at)
    .map((line) => cite(artefact, line));
}

function runsOf(view: View): readonly Placed[] {
  return ofKind(view.own, 'ping').flatMap(({ artefact, content }) =>
    content.runs.map((run) => ({ artefact, run })),
  );
}

function splitAt(view: View): Split | undefined {
  const runs = runsOf(view);
  for (const lost of runs) {
    if (!isSilent(lost.run)) continue;
    const passed = runs.find(
      ({ run }) =>
        run.replies > 0 &&
        run.payload !== null &&
        run.payload < (lost.run.payload ?? 0) &&
        addressOf(run) === addressOf(lost.run),
    );
    if (passed !== undefined) return { lost, passed };
  }
  return undefined;
}

/** Two or more sent, nothing came back, and nobody said why: not the own interface, not a router. */
function isSilent({ payload, replies, summary, troubles }: PingRun): boolean {
  if (payload === null || payload < 500 || replies > 0) return false;
  if (summary === null || summary.sent < 2 || summary.received > 0) return false;
  return troubles.every(({ trouble }) => trouble === 'timeout');
}

function addressOf({ address, target }: PingRun): string {
  return address ?? target;
}

/** A host cuts what is larger than its link, unless it must not: then parts are lost, each of which would fit. */
function isCut({ artefact, run }: Placed): boolean {
  return (run.payload ?? 0) > FULL && artefact.command !== null && !isKeptWhole(artefact.command);
}

function fullPasses(view: View): Reading<boolean> {
  const full = runsOf(view).filter(({ run }) => (run.payload ?? 0) >= FULL && run.summary !== null);
  const passed = full.find(({ run }) => run.replies > 0);
  const lost = full.find((one) => one.run.replies === 0 && !(passed && isCut(one)));
  const shown = lost ?? passed;
  if (shown === undefined) return unknown('no ping of full size');
  return known(lost === undefined, linesOf(shown));
}
