import { expect, test } from 'vitest';
import { kinds } from '../functions/artefacts/index.ts';
import { fillCommand, fillFacts } from '../functions/report/fill.ts';

const filled = (text: string, value: number | string, language: 'en' | 'zh' = 'en') =>
  fillFacts(text, () => ({ known: true, value, at: [] }), 'node-1', language);

test.each([
  ['{loss.packets} packets are seen', 1, '1 packet is seen'],
  ['{loss.packets} packets are seen', 21, '21 packets are seen'],
  ['{loss.packets} packets have fallen', 1, '1 packet has fallen'],
  ['asked {loss.packets} times and not answered', 1, 'asked once and not answered'],
  ['of 2, {loss.packets} packets are left', 31, 'of 2, 31 packets are left'],
  ['{loss.packets} connections took 1, 3 or 7 s longer', 1, '1 connection took 1, 3 or 7 s longer'],
])('%s with %i: %s', (text, value, wanted) => {
  expect(filled(text, value)).toBe(wanted);
});

test.each([
  ['attempt.outcome', 'timed-out', 'timed out', '超时'],
  ['ssh-error.outcome', 'no-route', 'no route to host', '没有到主机的路由'],
  ['ssh-error.stage', 'key-exchange', 'the start of the key exchange', '密钥交换开始'],
  ['tcp-connect.schedule', 'doubling', 'doubling gaps', '间隔逐次加倍'],
  ['lookups.slowServer', 'timed-out', 'timed-out', 'timed-out'],
])('%s: the code %s is told in words', (fact, code, english, chinese) => {
  expect(filled(`{${fact}}`, code)).toBe(english);
  expect(filled(`{${fact}}`, code, 'zh')).toBe(chinese);
});

test('the first fact that is known fills a place, and its last word where none is', () => {
  const sheet = (known: string) => (id: string) =>
    id === known
      ? ({ known: true, value: 5432, at: [] } as const)
      : ({ known: false, why: 'not pasted' } as const);
  const text = 'nc -vz HOST {tcp-connect.refusedPort|attempt.port|PORT}';
  expect(fillCommand(text, sheet('attempt.port'), null)).toBe('nc -vz HOST 5432');
  expect(fillCommand(text, sheet('loss.packets'), null)).toBe('nc -vz HOST PORT');
  expect(fillFacts(text, sheet('attempt.port'), 'node-1', 'en')).toBe('nc -vz HOST 5432');
});

test('every code that an outcome or a stage may have has words in both languages', () => {
  for (const { kind, facts } of kinds)
    for (const [name, { is }] of Object.entries<{ readonly is: string }>(facts)) {
      const codes = /^(?:how the last attempt ended|last stage that -v shows): (.+)$/.exec(is)?.[1];
      for (const code of codes?.split(/, | or /) ?? [])
        for (const language of ['en', 'zh'] as const)
          if (code.includes('-') || language === 'zh')
            expect(filled(`{${kind}.${name}}`, code, language)).not.toBe(code);
    }
});
