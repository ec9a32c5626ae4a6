import { describe, expect, test } from 'vitest';
import { examine } from './support/examples.ts';

const CLIENT = '10.42.2.7.40000';
const SERVER = '10.43.0.10.53';

/** One question of a client and its answer, as `tcpdump -nn` prints them (print-domain.c); milliseconds after 10:00:00. */
function asked(id: number, name: string, at: number, answeredAfter: number | null): string[] {
  const question = `${time(at)} IP ${CLIENT} > ${SERVER}: ${id}+ AAAA? ${name} (33)`;
  if (answeredAfter === null) return [question];
  return [
    question,
    `${time(at + answeredAfter)} IP ${SERVER} > ${CLIENT}: ${id} 1/0/0 AAAA 2001:db8::7 (61)`,
  ];
}

function time(ms: number): string {
  return `10:00:${(ms / 1000).toFixed(6).padStart(9, '0')}`;
}

/** A client that asks the same question again after five seconds, and the answer `retryMs` behind it. */
async function report(prompt: number, retryMs: number, endsAfterMs: number, promptMs = 4) {
  const others = Array.from({ length: prompt }, (_, at) =>
    asked(1000 + at, `n${at}.example.org.`, 10 * at, at === 0 ? promptMs : 2),
  ).flat();
  const lines = [
    ...others,
    ...asked(77, 'api.example.com.', 100, null),
    ...asked(77, 'api.example.com.', 5105, retryMs),
    ...asked(2000, 'z.example.net.', 5105 + retryMs + endsAfterMs, null),
  ];
  const text = `$ tcpdump -i eth0 -nn udp port 53\n${lines.join('\n')}\n`;
  const { vanished, unanswered } = await examine([{ name: null, text }]);
  return {
    vanished: vanished.map(({ id }) => id),
    unanswered: unanswered.map(({ id }) => id),
  };
}

describe('one answer to a question that was asked twice', () => {
  test('is the retry’s where it comes as soon as others do and the capture goes on', async () => {
    expect(await report(6, 3, 9)).toEqual({ vanished: [77], unanswered: [] });
  });

  test.each([
    ['the capture ends before a second answer could come', 6, 3, 5],
    ['it comes later than the others', 6, 9, 30],
    ['too few others show how soon answers come', 4, 3, 9],
    ['others too take so long that a late one comes by chance', 6, 3, 200, 60],
  ])('may be the first try’s where %s', async (_, prompt, retryMs, endsAfterMs, promptMs = 4) => {
    expect(await report(prompt, retryMs, endsAfterMs, promptMs)).toEqual({
      vanished: [],
      unanswered: [77],
    });
  });

  test('is the retry’s where the capture goes on for as long again', async () => {
    expect(await report(0, 3, 5200)).toEqual({ vanished: [77], unanswered: [] });
  });
});
