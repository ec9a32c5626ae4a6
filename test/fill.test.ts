import { expect, test } from 'vitest';
import { fillFacts } from '../functions/report/fill.ts';

const filled = (text: string, value: number) =>
  fillFacts(text, () => ({ known: true, value, at: [] }), 'node-1');

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
