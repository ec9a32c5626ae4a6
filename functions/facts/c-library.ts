import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';

/** Which C library looks names up on a host or in an image, told by its own version or by the distribution. */
export const cLibrary = defineJoin({
  question: 'c-library',
  needs: ['libc', 'os-release'],
  facts: {
    name: {
      type: 'label',
      is: 'musl or glibc',
      of: (view) => {
        const told = cLibraryIn(view);
        return told === undefined
          ? unknown('neither libc nor distribution was pasted')
          : known(told.name, told.at);
      },
    },
    keepsTruncated: {
      type: 'flag',
      is: 'musl before 1.2.4: it takes a truncated answer as it is and never asks over TCP',
      of: keepsTruncated,
    },
  },
});

/** A C library as outputs name it. */
export interface CLibrary {
  readonly name: 'musl' | 'glibc';
  readonly version: string | null;
  /** Alpine's own number, where only that is known. */
  readonly alpine: string | null;
  readonly at: readonly Citation[];
}

const GLIBC: ReadonlySet<string> = new Set(
  'debian ubuntu rhel centos rocky almalinux fedora amzn ol sles opensuse-leap arch linuxmint'.split(
    ' ',
  ),
);

/** This host's, or what all that was pasted agrees on: a pod's own output seldom names the pod. */
export function cLibraryIn({ own, all }: View): CLibrary | undefined {
  const mine = toldBy(own);
  const told = mine.length > 0 ? mine : toldBy(all);
  const [first] = told;
  return told.every(({ name }) => name === first?.name) ? first : undefined;
}

function toldBy(evidence: View['all']): readonly CLibrary[] {
  const libraries = ofKind(evidence, 'libc').map(
    ({ artefact, content: { name, version, line } }): CLibrary => ({
      name,
      version,
      alpine: null,
      at: [cite(artefact, line)],
    }),
  );
  const systems = ofKind(evidence, 'os-release').flatMap(
    ({ artefact, content: { id, version, line } }): CLibrary[] => {
      const at = [cite(artefact, line)];
      if (id === 'alpine') return [{ name: 'musl', version: null, alpine: version, at }];
      return id !== null && GLIBC.has(id)
        ? [{ name: 'glibc', version: null, alpine: null, at }]
        : [];
    },
  );
  return [...libraries, ...systems];
}

/** TCP came with musl 1.2.4 (res_msend.c, commit 51d4669f); Alpine has it since 3.18. */
function keepsTruncated(view: View): Reading<boolean> {
  const told = cLibraryIn(view);
  if (told === undefined) return unknown('neither libc nor distribution was pasted');
  const { name, version, alpine, at } = told;
  if (name === 'glibc') return known(false, at);
  const before = isBefore(version, [1, 2, 4]) ?? isBefore(alpine, [3, 18]);
  return before === undefined ? unknown('no version of musl was pasted') : known(before, at);
}

function isBefore(version: string | null, than: readonly number[]): boolean | undefined {
  const numbers = version?.split('.').map(Number);
  if (numbers === undefined || numbers.some(Number.isNaN)) return undefined;
  const at = than.findIndex((number, index) => (numbers[index] ?? 0) !== number);
  return at >= 0 && (numbers[at] ?? 0) < (than[at] ?? 0);
}
