import { kinds } from '../artefacts/index.ts';

type Kind = (typeof kinds)[number];

const CODES = 128;

/** By the code of a line's first character that is no blank: the kinds that may know such a line, in their order. */
const byFirst: readonly (readonly Kind[])[] = Array.from({ length: CODES }, (_, code) =>
  kinds.filter(
    ({ first }: { first?: string }) => first?.includes(String.fromCharCode(code)) ?? true,
  ),
);
/** For blank lines, and for those that begin with a character beyond ASCII. */
const others: readonly Kind[] = kinds.filter(
  ({ first }: { first?: string }) =>
    first === undefined || [...first].some((sign) => sign.charCodeAt(0) >= CODES),
);

/** The kinds worth asking about a line, by its first character: a line costs no more for kinds that cannot begin so. */
export function candidatesFor(line: string): readonly Kind[] {
  let at = 0;
  while (line.charCodeAt(at) === 32 || line.charCodeAt(at) === 9) at += 1;
  return byFirst[line.charCodeAt(at)] ?? others;
}
