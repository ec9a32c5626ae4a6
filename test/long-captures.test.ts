import { describe, expect, test } from 'vitest';
import { digestOf, keepDigest } from '../functions/artefacts/digest.ts';
import { ofKind } from '../functions/artefacts/evidence.ts';
import type { Capture } from '../functions/artefacts/packet.ts';
import { readCaptureFile } from '../functions/artefacts/pcap/capture-file.ts';
import { readCapture } from '../functions/artefacts/tcpdump/capture.ts';
import { type Conversation, conversationsOf } from '../functions/captures/conversations.ts';
import { type Exchange, exchangesOf } from '../functions/captures/exchanges.ts';
import { follow } from '../functions/captures/follow.ts';
import type { Point } from '../functions/captures/points.ts';
import { NO_TOPOLOGY } from '../functions/captures/topology.ts';
import type { Sightings } from '../functions/captures/transmissions.ts';
import type { Source } from '../functions/intake/paste.ts';
import { read } from '../functions/intake/read.ts';
import { linesOf, listedLines } from '../functions/primitives/lines.ts';
import { tell } from '../functions/report/report.ts';
import { catalogue } from './support/examples.ts';
import { captureLines } from './support/long-capture.ts';
import { captureFile } from './support/long-capture-file.ts';

/*
 * Packets of the ordinary kind are read as numbers, and exchanges in which nothing has to be told apart are counted. Both
 * must give what the reader of every form, and following every packet, give.
 */
const SEEDS = Array.from({ length: 60 }, (_, seed) => seed);

describe('ordinary packets, read as numbers', () => {
  test.each(SEEDS)('are the packets that the reader of every form reads (%i)', (seed) => {
    const lines = captureLines(seed);
    const quick = readCapture(linesOf(lines.join('\n')));
    // Lines that are not cut from a text are read one by one.
    const careful = readCapture(listedLines([...lines]));
    if (quick === undefined || careful === undefined) throw new Error('nothing was read');
    expect(columnsOf(quick.content)).toEqual(columnsOf({ ...careful.content }));
    expect(quick.content.packets).toEqual(careful.content.packets);
    expect({ ...quick.content }).toEqual({ ...careful.content });
    expect({ ...quick, content: null }).toEqual({ ...careful, content: null });
  });

  test.each<[string, (line: string, at: number) => string]>([
    ['of many lines', (line) => line],
    ['with dates', (line) => line.replace(/^\d\d:/, (hour) => `2026-03-02 ${hour}`)],
    ['with seconds since 1970', (line) => line.replace(/^(\d\d):(\d\d):(\d\d)/, '17726$1$2$3')],
    ['with nanoseconds', (line) => line.replace(/^(\S+\.\d{6}) /, '$1789 ')],
    ['with letters of other scripts', (line, at) => (at % 90 === 7 ? `${line} é水` : line)],
    ['with names of other scripts', (line) => line.replaceAll('svc-3', 'svc-é')],
    ['with Windows line ends', (line) => `${line}\r`],
  ])('are read alike in a long text %s', (_, bend) => {
    const lines = SEEDS.slice(0, 12)
      .flatMap((seed) => captureLines(seed))
      .map(bend);
    const quick = readCapture(linesOf(lines.join('\n')));
    const careful = readCapture(listedLines(lines.map((line) => line.replace(/\r$/, ''))));
    if (quick === undefined || careful === undefined) throw new Error('nothing was read');
    expect(columnsOf(quick.content)).toEqual(columnsOf({ ...careful.content }));
    expect({ ...quick, content: null }).toEqual({ ...careful, content: null });
  });

  test.each([
    ['with Windows line ends', (line: string) => `${line}\r`],
    ['as Slack escapes it', (line: string) => line.replaceAll('>', '&gt;')],
    ['as a quote', (line: string) => `> ${line}`],
  ])('are read %s as they are read bare', (_, mangle) => {
    const lines = SEEDS.slice(0, 6).flatMap((seed) => captureLines(seed, 0.02));
    const packetsOf = (some: readonly string[]) =>
      evidenceOf(some).flatMap(({ content, unread }) => [content.packets, unread]);
    expect(packetsOf(lines.map(mangle))).toEqual(packetsOf(lines));
  });

  test.each(SEEDS)('are the packets that a capture file holds (%i)', (seed) => {
    const capture = readCaptureFile(captureFile(seed))?.capture;
    if (capture === undefined) throw new Error('nothing was read');
    // A copy has no digest of its own: it is made of its packets.
    expect(columnsOf(capture)).toEqual(columnsOf({ ...capture }));
  });

  test('are most of a usual capture', () => {
    const parsed = readCapture(linesOf(captureLines(1, 0).join('\n')));
    if (parsed === undefined) throw new Error('nothing was read');
    const { settled } = follow(evidenceOf(captureLines(1, 0)));
    expect((settled?.length ?? 0) * 2).toBe(digestOf(parsed.content).digest.length);
  });
});

test.each<[string, () => Pick<Source, 'text' | 'capture'>, number]>([
  [
    'text',
    () => ({
      text: SEEDS.slice(0, 10)
        .flatMap((seed) => captureLines(seed, 0))
        .join('\n'),
    }),
    1200,
  ],
  ['file', () => ({ text: '', capture: captureFile(0, 0) }), 120],
])(
  'the report on an ordinary capture puts few of its packets together (%s)',
  async (_, of, count) => {
    const sources = [{ name: 'node-a.eth0.pcap', ...of() }];
    const reading = read(sources);
    const [capture] = ofKind(reading.evidence, 'tcpdump');
    if (capture === undefined) throw new Error('nothing was read');
    const { digest, at } = digestOf(capture.content);
    let together = 0;
    keepDigest(capture.content, {
      digest,
      at(index) {
        together += 1;
        return at(index);
      },
    });
    const report = await tell(reading, sources, catalogue, { language: 'en', runbookBase: null });
    expect(report.artefacts).toHaveLength(1);
    expect(digest.length).toBe(count);
    expect(together).toBeLessThan(count / 3);
  },
);

describe('settled exchanges, counted', () => {
  test.each(SEEDS)('are the exchanges that following every packet finds (%i)', (seed) => {
    const { points, exchanges, conversations, clocks } = follow(evidenceOf(captureLines(seed)));
    const [point] = points;
    if (point === undefined || points.length !== 1) throw new Error(`${points.length} points`);
    const whole: readonly Point[] = [{ ...point, others: point.sightings, settled: null }];
    const all = exchangesOf(whole);
    expect(exchanges.map(shownExchange)).toEqual(all.map(shownExchange));
    const followed = conversationsOf(all, whole, { clocks, topology: NO_TOPOLOGY });
    expect(conversations.map((one) => shown(one, point))).toEqual(
      followed.map((one) => shown(one, point)),
    );
  });

  test('are whole conversations in some of these captures, and a part of one in others', () => {
    const found = SEEDS.map((seed) => follow(evidenceOf(captureLines(seed))));
    const all = found.flatMap(({ conversations }) => conversations);
    expect(all.filter(({ isSettled }) => isSettled).length).toBeGreaterThan(100);
    expect(all.filter(({ isSettled }) => !isSettled).length).toBeGreaterThan(100);
    expect(
      found.filter(({ settled, unsettled }) => settled !== null && unsettled.length > 0).length,
    ).toBeGreaterThan(50);
  });
});

function evidenceOf(lines: readonly string[]) {
  const { evidence } = read([{ name: 'node-a.eth0.tcpdump.txt', text: lines.join('\n') }]);
  return ofKind(evidence, 'tcpdump');
}

/** The digest's columns, with questions as words and names that are no addresses in the order of the packets. */
function columnsOf(capture: Capture) {
  const { digest } = digestOf(capture);
  const names = new Map<number, number>();
  const host = (number = -1) => {
    if (number < 2 ** 32) return number;
    if (!names.has(number)) names.set(number, 2 ** 32 + names.size);
    return names.get(number);
  };
  const questions = [...digest.questions.keys()];
  return Array.from({ length: digest.length }, (_, at) => {
    const isDns = digest.form[at] !== 0;
    return {
      form: digest.form[at],
      time: digest.time[at],
      ttl: digest.ttl[at],
      line: digest.line[at],
      key: isDns ? digest.key[at] : null,
      client: isDns ? host(digest.client[at]) : null,
      server: isDns ? host(digest.server[at]) : null,
      question: isDns ? (questions[digest.question[at] ?? -1] ?? null) : null,
    };
  });
}

function shownExchange({ protocol, dns, client, server, at }: Exchange) {
  const seen = at.map((one) => ({
    requests: one?.requests.map(({ order }) => order),
    responses: one?.responses.map(({ order }) => order),
  }));
  return { protocol, dns, client, server, seen };
}

function shown(conversation: Conversation, point: Point) {
  const { protocol, count, exchanges, path, transmissions, vanished, traffic } = conversation;
  const orders = (sightings: Sightings) => sightings.map((one) => one?.order);
  return {
    protocol,
    count,
    exchanges: exchanges.map(shownExchange),
    path: path.map(({ index }) => index),
    transmissions: transmissions.map(({ attempt, seen, answers, retriedAfterUs }) => [
      attempt,
      orders(seen),
      orders(answers),
      retriedAfterUs,
    ]),
    vanished: vanished.map((one) => [one.direction, one.seen.order, one.retriedAfterUs]),
    traffic: traffic(point),
  };
}
