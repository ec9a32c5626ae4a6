import type { Request } from '../artefacts/curl-timing.ts';
import { type Artefact, cite, ofKind } from '../artefacts/evidence.ts';
import { known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';

/** What `curl -w` measured: rows without labels get their names from the command that printed them. */
export const connectTiming = defineJoin({
  question: 'connect-timing',
  needs: ['curl-timing'],
  facts: {
    synResent: {
      type: 'count',
      is: 'requests whose connection took 1, 3 or 7 s longer than a SYN takes: it was sent again',
      of: synResent,
    },
  },
});

interface Timed {
  readonly artefact: Artefact;
  readonly line: number;
  readonly connectS: number;
}

/** Linux sends a SYN again after 1 s, then 3 s and 7 s (RFC 6298; ip-sysctl tcp_syn_retries); a round trip is well below 0.2 s. */
function synResent(view: View): Reading<number> {
  const timed = timedIn(view);
  if (timed.length === 0) return unknown('no request tells lookup and connection apart');
  const late = timed.filter(({ connectS }) =>
    [1, 3, 7].some((step) => connectS >= step && connectS < step + 0.2),
  );
  const lines = (late.length > 0 ? late : timed).slice(0, 3);
  return known(
    late.length,
    lines.map(({ artefact, line }) => cite(artefact, line)),
  );
}

function timedIn(view: View): readonly Timed[] {
  return ofKind(view.own, 'curl-timing').flatMap(({ artefact, content }) => {
    const names = namesIn(artefact.command);
    return content.requests.flatMap((request) => {
      const lookup = secondsOf(request, 'namelookup', names);
      const connect = secondsOf(request, 'connect', names);
      return lookup === undefined || connect === undefined || connect < lookup
        ? []
        : [{ artefact, line: request.line, connectS: connect - lookup }];
    });
  });
}

/** The variables of `-w`, in order: `%{time_namelookup} %{time_connect}`. */
function namesIn(command: string | null): readonly string[] {
  return [...(command ?? '').matchAll(/%\{([a-z_]{1,40})\}/g)].map(([, name = '']) => name);
}

function secondsOf(
  { times, cells }: Request,
  name: 'namelookup' | 'connect',
  names: readonly string[],
): number | undefined {
  const labelled = times[name];
  if (labelled !== undefined) return labelled;
  return cells.length === names.length ? cells[names.indexOf(`time_${name}`)] : undefined;
}
