import { expect, test } from 'vitest';
import type { Report } from '../functions/report/schema.ts';
import { readCases } from './support/cases.ts';
import { examine } from './support/examples.ts';

/**
 * People paste a part of what there is. Whatever is left out, the cause that the whole shows stays true: no part may rule
 * it out. What one host's counters say is told of that host alone.
 */
const positive = readCases().filter(({ isNear, front }) => !isNear && front.expect.length > 0);

const report = (text: string) => examine([{ name: null, text }]);

test.each(positive.map((one) => [one.name, one] as const))(
  '%s: no part of it rules the cause out',
  async (_, { paste, front }) => {
    const { artefacts } = await report(paste);
    const wrong: string[] = [];
    for (const [at, { kind, host }] of artefacts.entries()) {
      const rest = artefacts.filter((_, index) => index !== at);
      // An early reading of counters is no part of the incident; by itself it says, rightly, that nothing happened yet.
      if (rest.some((other) => other.kind === kind && other.host === host)) continue;
      for (const kept of [rest, artefacts.slice(at, at + 1)]) {
        const { ruled_out: ruledOut } = await report(partOf(paste, artefacts, kept));
        for (const { cause, title, because, explained_by: better } of ruledOut)
          if (front.expect.includes(cause) && better === null && !isOfOneHost(title, kept))
            wrong.push(`${kept.map((one) => one.kind)}: ${title}: ${because}`);
      }
    }
    expect(wrong).toEqual([]);
  },
);

type Artefacts = Report['artefacts'];

function isOfOneHost(title: string, artefacts: Artefacts): boolean {
  return artefacts.some(({ host }) => title.endsWith(` on ${host}`));
}

/** The paste with what stands around its outputs, and of these the kept ones. */
function partOf(paste: string, all: Artefacts, kept: Artefacts): string {
  const holds = (artefacts: Artefacts, line: number) =>
    artefacts.some(({ lines: [first, last] }) => line >= first && line <= last);
  return paste
    .split('\n')
    .filter((_, index) => !holds(all, index + 1) || holds(kept, index + 1))
    .join('\n');
}
