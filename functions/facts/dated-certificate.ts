import type { DatedCertificate } from '../artefacts/dated-certificate.ts';
import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { isMended } from './attempt.ts';
import { clockOffsetIn } from './clock-offset.ts';
import { defineJoin, flagOf, type View } from './define.ts';
import { inOrder } from './order.ts';

/** A certificate that this host refuses for its dates, beside what is said of this host's own clock. */
export const datedCertificate = defineJoin({
  question: 'dated-certificate',
  needs: ['clock'],
  facts: {
    refused: {
      type: 'label',
      is: 'why a program of this host refuses a certificate: not-yet-valid or expired',
      of: (view) => {
        const told = refusedIn(view);
        return told === undefined
          ? unknown('no certificate is refused for its dates')
          : known(told.certificate.is, told.at);
      },
    },
    secondsOff: {
      type: 'count',
      is: "whole seconds by which this host's clock is off, in the direction that makes that certificate seem out of date",
      of: (view) => wrongBy(view),
    },
    explained: flagOf(
      'the clock is off far enough to be the reason that the certificate is refused',
      (view) => {
        const told = refusedIn(view);
        const off = wrongBy(view);
        return told !== undefined && off.known && off.value >= neededBy(told.certificate)
          ? { at: off.at }
          : undefined;
      },
    ),
    unmeasured: flagOf(
      'the clock is not synchronised, and by how much it is off is not shown',
      (view) => unkeptIn(view),
    ),
  },
});

interface Refused {
  readonly certificate: DatedCertificate;
  readonly at: readonly Citation[];
}

/** The last one, unless the same server was reached later. */
function refusedIn({ own }: View): Refused | undefined {
  const requests = inOrder(ofKind(own, 'curl-timing')).flatMap(({ artefact, content }) =>
    content.requests.map((request) => ({ artefact, request })),
  );
  const clients = requests.flatMap(({ artefact, request }, at): readonly Refused[] => {
    const { certificate } = request;
    const isLater = requests.slice(at + 1).some(({ request: later }) => isMended(request, later));
    return certificate === undefined || isLater
      ? []
      : [{ certificate, at: [cite(artefact, certificate.line)] }];
  });
  const commands = inOrder(ofKind(own, 'command-failed')).flatMap(({ artefact, content }) =>
    content.failures.flatMap(({ certificate, line }) =>
      certificate === undefined ? [] : [{ certificate, at: [cite(artefact, line)] }],
    ),
  );
  return clients.at(-1) ?? commands.at(-1);
}

/** Certificates are made a moment before they are used, if seldom: a clock that is a minute behind takes one for too young. */
const TOO_YOUNG_SECONDS = 60;

/** No public certificate lives longer (CA/Browser Forum Baseline Requirements, 6.3.2): a clock so far ahead finds all expired. */
const TOO_OLD_SECONDS = 398 * 86_400;

/** How far off the clock must be; without dates nothing tells how long ago a certificate has expired. */
function neededBy({ is, missesBySeconds }: DatedCertificate): number {
  return missesBySeconds ?? (is === 'not-yet-valid' ? TOO_YOUNG_SECONDS : TOO_OLD_SECONDS);
}

function wrongBy(view: View): Reading<number> {
  const told = refusedIn(view);
  const offset = clockOffsetIn(view);
  if (told === undefined || offset === undefined) return unknown('the clock was not measured');
  const seconds = told.certificate.is === 'expired' ? offset.aheadSeconds : -offset.aheadSeconds;
  return seconds < 1 ? unknown('not off that way') : known(Math.floor(seconds), offset.at);
}

/** What was said last of whether the clock is synchronised. */
function unkeptIn(view: View): { readonly at: readonly Citation[] } | undefined {
  if (clockOffsetIn(view) !== undefined) return undefined;
  const last = inOrder(ofKind(view.own, 'clock'))
    .flatMap(({ artefact, content }) =>
      content.said.flatMap((one) => (one.is === 'synchronised' ? [{ artefact, one }] : [])),
    )
    .at(-1);
  return last === undefined || last.one.value
    ? undefined
    : { at: [cite(last.artefact, last.one.line)] };
}
