import type { Lines } from '../primitives/lines.ts';
import { isOutput, provesItself } from './proof.ts';

/** Whose a line is, as the tool that gathered lines of several places wrote before each. */
export interface Owner {
  readonly host: string;
  readonly pod: boolean;
}

/** Lines without what a gatherer wrote before them, and whose they are, by their place. */
export interface Gathered {
  readonly lines: readonly string[];
  readonly owners: ReadonlyMap<number, Owner>;
}

interface Shape {
  readonly shape: RegExp;
  /** Fewer lines than this in a row are an output of their own. */
  readonly least: number;
}

const NAME = String.raw`[A-Za-z][\w.-]{0,62}`;
const TIME = String.raw`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d) `;

const SHAPES: readonly Shape[] = [
  // kubectl logs --prefix, with --timestamps
  shape(String.raw`\[pod/(?<pod>[\w.-]{1,253})/[\w.-]{1,63}\] ?(?:${TIME})?`),
  // stern: pod and container
  shape(`(?<pod>[a-z][a-z0-9.-]{0,250}-[a-z0-9]{5}) [a-z][a-z0-9-]{0,62} (?:${TIME})?`),
  // docker compose logs
  shape(String.raw`(?<pod>${NAME}) +\| ?(?:${TIME})?`),
  // journalctl, and files of syslog
  shape(
    String.raw`[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?<host>${NAME}) [\w./@-]{1,64}(?:\[\d{1,8}\])?: ?`,
  ),
  // pdsh, clush and loops over hosts; a name that tells nothing of a host may be one of the output's own words, and
  // `node-7:~# ip route` below a heading of that name is a prompt.
  shape(
    String.raw`(?=[^:\s]{0,62}[\d.-])(?<host>${NAME}):(?![~/][^\s$#>%]{0,120}(?: [\w.-]{1,40})? ?[$#>%](?: |$)) ?`,
    2,
  ),
  // Fabric: standard output, then errors
  shape(String.raw`\[(?:[\w-]{1,64}@)?(?<host>${NAME})(?::\d{1,5})?\] (?:out|err): ?`),
  // GNU parallel --tag
  shape(String.raw`(?=[^\t\s]{0,62}[\d.-])(?<host>${NAME})\t`, 2),
  // kubectl logs --timestamps
  shape(TIME),
  // ts '[%F %T]', and logs of terminals
  shape(String.raw`\[\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?\] ?`),
];

function shape(source: string, least = 1): Shape {
  return { shape: new RegExp(`^${source}`), least };
}

/** Whether any line begins like one that was gathered; captures and counters do not. */
export function mayBeGathered(lines: Lines): boolean {
  for (let index = 0; index < lines.length; index += 1) {
    const start = lines.startOf(index);
    const code = start < 0 ? lines.at(index).charCodeAt(0) : lines.text.charCodeAt(start);
    const isTried = code === BRACKET || code === TWO || (code >= A && code <= SMALL_Z);
    if (isTried && SHAPES.some(({ shape }) => shape.test(lines.at(index)))) return true;
  }
  return false;
}

const BRACKET = 91;
const TWO = 50;
const A = 65;
const SMALL_Z = 122;

/**
 * Takes off what kubectl, stern, docker compose, journalctl or pdsh wrote before every line, where more of the lines prove
 * to be outputs without it than with it. Hosts whose lines are mixed stay as they are: which line belongs to which output of them
 * cannot be told any more.
 */
export function withoutPrefixes(lines: readonly string[]): Gathered {
  const owners = new Map<number, Owner>();
  let bare = lines;
  for (const shape of SHAPES) bare = without(shape, bare, owners);
  return { lines: bare, owners };
}

interface Run {
  readonly from: number;
  readonly owner: Owner | null;
  readonly texts: readonly string[];
}

function without(
  { shape, least }: Shape,
  lines: readonly string[],
  owners: Map<number, Owner>,
): readonly string[] {
  const runs = runsOf(shape, lines).filter(
    (run, at, all) => run.texts.length >= least || isOneOf(run, at, all),
  );
  if (runs.length === 0 || isMixed(runs)) return lines;
  const proven = runs.reduce((sum, { texts }) => sum + texts.filter(provesItself).length, 0);
  // Logs of CoreDNS and of the kernel are read with what stands before them.
  const own = runs.flatMap(({ from, texts }) => lines.slice(from, from + texts.length));
  if (proven === 0 || own.filter(isOutput).length >= proven) return lines;
  const out = [...lines];
  for (const { from, owner, texts } of runs)
    for (const [at, text] of texts.entries()) {
      out[from + at] = text;
      if (owner !== null) owners.set(from + at, owner);
    }
  return out;
}

/** An output of one line, right below or above that of another host. */
function isOneOf({ from, texts }: Run, at: number, all: readonly Run[]): boolean {
  const [before, after] = [all[at - 1], all[at + 1]];
  const isBeside =
    (before !== undefined && before.from + before.texts.length === from) ||
    after?.from === from + texts.length;
  return isBeside && texts.some(provesItself);
}

/** Lines in a row with the same owner. */
function runsOf(shape: RegExp, lines: readonly string[]): readonly Run[] {
  const runs: { from: number; owner: Owner | null; texts: string[] }[] = [];
  for (const [at, line] of lines.entries()) {
    const match = shape.exec(line);
    if (match === null) continue;
    const { pod, host = pod } = match.groups ?? {};
    const last = runs.at(-1);
    const text = line.slice(match[0].length);
    const goesOn = last !== undefined && last.from + last.texts.length === at;
    if (goesOn && last.owner?.host === host) last.texts.push(text);
    else {
      const owner = host === undefined ? null : { host, pod: pod !== undefined };
      runs.push({ from: at, owner, texts: [text] });
    }
  }
  return runs;
}

/** An owner stands again behind another one, and nothing stands between: outputs of their own have a line of their own there. */
function isMixed(runs: readonly Run[]): boolean {
  const seen = new Set<string>();
  let last: string | undefined;
  let next = 0;
  for (const { from, owner, texts } of runs) {
    const host = owner?.host;
    if (from !== next) seen.clear();
    next = from + texts.length;
    if (host === undefined || host === last) continue;
    if (seen.has(host)) return true;
    seen.add(host);
    last = host;
  }
  return false;
}
