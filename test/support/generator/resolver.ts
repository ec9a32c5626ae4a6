import type { Random } from './random.ts';

export type Resolver = 'musl' | 'glibc' | 'go';

/** One question as a resolver sends it. */
export interface Question {
  readonly key: string;
  readonly lookup: string;
  readonly qtype: 'A' | 'AAAA';
  readonly qname: string;
  readonly id: number;
  readonly port: number;
}

/** Sends one try and tells when its answer came back to the client; null when none did. */
export type Ask = (question: Question, attempt: number, atUs: number) => number | null;

/** What a resolver keeps between lookups: glibc's thread goes over to asking one after the other. */
export interface Habits {
  oneByOne: boolean;
}

const SECOND = 1_000_000;

/** Looks one name up the way the resolver does; tells when it was done and whether both answers came. */
export function lookUp(
  resolver: Resolver,
  qname: string,
  atUs: number,
  tools: { readonly random: Random; readonly ask: Ask; readonly habits: Habits },
): { readonly doneUs: number; readonly answered: boolean } {
  const { random } = tools;
  const port = random.int(32_768, 60_999);
  const lookup = `${qname} ${atUs}`;
  const draft = (qtype: 'A' | 'AAAA', own: number, serial = 0): Question => ({
    key: `${lookup} ${qtype} ${serial}`,
    lookup,
    qtype,
    qname,
    id: random.int(1, 65_535),
    port: own,
  });
  const pair = [draft('A', port), draft('AAAA', port)] as const;
  if (resolver === 'musl') return musl(pair, atUs, tools);
  if (resolver === 'glibc') return glibc(pair, atUs, tools);
  return go((qtype, serial) => draft(qtype, random.int(32_768, 60_999), serial), atUs, tools);
}

type Tools = Parameters<typeof lookUp>[3];
type Outcome = ReturnType<typeof lookUp>;

/** res_msend.c: both at once, unanswered ones again after timeout / attempts = 2.5 s, given up after 5 s. */
function musl(pair: readonly Question[], atUs: number, { random, ask }: Tools): Outcome {
  const answered = new Map<Question, number>();
  const limit = atUs + 5 * SECOND;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    let now = atUs + attempt * (2.5 * SECOND + random.int(200, 3_000));
    for (const question of pair) {
      if ((answered.get(question) ?? Number.POSITIVE_INFINITY) <= now) continue;
      const back = ask(question, attempt, now);
      const known = answered.get(question);
      if (back !== null) answered.set(question, Math.min(back, known ?? back));
      now += random.int(8, 60);
    }
  }
  const doneUs = Math.max(...pair.map((question) => answered.get(question) ?? limit));
  return { doneUs: Math.min(doneUs, limit), answered: doneUs <= limit && answered.size === 2 };
}

/**
 * res_send.c: both at once; when one answer is missing after 5 s, A again and AAAA behind A's answer, and so on from
 * then on; when both are missing, both again.
 */
function glibc([a, aaaa]: readonly [Question, Question], atUs: number, tools: Tools): Outcome {
  const { random, ask, habits } = tools;
  const limit = 5 * SECOND;
  let start = atUs;
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const first = ask(a, attempt, start);
    const isInTime = first !== null && first - start <= limit;
    if (habits.oneByOne && !isInTime) {
      start += limit + random.int(200, 8_000);
      continue;
    }
    const next = habits.oneByOne ? (first ?? start) : start;
    const second = ask(aaaa, attempt, next + random.int(8, 60));
    const both = isInTime && second !== null && second - start <= limit;
    if (both) return { doneUs: Math.max(first, second), answered: true };
    if (isInTime || (second !== null && second - start <= limit)) habits.oneByOne = true;
    start += limit + random.int(200, 8_000);
  }
  return { doneUs: start, answered: false };
}

/** net/dnsclient_unix.go: a socket for each question and each try, side by side, 5 s each, twice. */
function go(
  draft: (qtype: 'A' | 'AAAA', serial: number) => Question,
  atUs: number,
  { random, ask }: Tools,
): Outcome {
  const ends = (['A', 'AAAA'] as const).map((qtype, order) => {
    let start = atUs + order * random.int(20, 200);
    for (let serial = 0; serial < 2; serial += 1) {
      const back = ask(draft(qtype, serial), 0, start);
      if (back !== null && back - start <= 5 * SECOND) return { at: back, answered: true };
      start += 5 * SECOND + random.int(200, 9_000);
    }
    return { at: start, answered: false };
  });
  return {
    doneUs: Math.max(...ends.map(({ at }) => at)),
    answered: ends.every(({ answered }) => answered),
  };
}
