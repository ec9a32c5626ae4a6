import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readCatalogue } from '../functions/adapters/catalogue-files.ts';
import { unservedConnections } from '../functions/diagnosis/symptoms/unserved-connections.ts';
import { vantagesOf } from '../functions/diagnosis/vantage.ts';
import { read } from '../functions/intake/read.ts';
import { reportOn } from '../functions/report/report.ts';

const root = new URL('..', import.meta.url).pathname;
const catalogue = readCatalogue(root);
/**
 * Captured at the client, kernel 6.18, tcpdump 4.99. 8081 resets once it has read ten bytes, 8082 closes when it has read
 * the request, 8083 reads and never answers curl with its limit of 5 s, 8084 takes what nc sends and wants no answer,
 * 8085 is served, 8086 listens behind a rule that rejects with a reset.
 */
const ends = readFileSync(join(import.meta.dirname, 'fixtures', 'unserved', 'ends.txt'), 'utf8');
const lines = ends.trimEnd().split('\n');

const ofPorts = (...ports: readonly number[]) =>
  lines.filter((line) => ports.some((port) => line.includes(`.${port}`)));
const pasted = (shown: readonly string[]) =>
  `web-01# tcpdump -nni eth0 -l tcp\n${shown.join('\n')}\n`;
const found = (shown: readonly string[]) => {
  const { evidence } = read([{ name: null, text: pasted(shown) }]);
  const { following } = vantagesOf(evidence, catalogue.kernelFixes);
  return unservedConnections(following).map(({ target, outcome }) => `${target} ${outcome}`);
};
const toldOf = (shown: readonly string[]) =>
  reportOn([{ name: null, text: pasted(shown) }], catalogue, {
    language: 'en',
    runbookBase: null,
  });

test.each([
  [8081, 'reset'],
  [8082, 'closed-unanswered'],
  [8083, 'no-answer'],
  [8086, 'refused'],
])('port %i: %s', (port, outcome) => {
  expect(found(ofPorts(port))).toEqual([`10.77.4.20:${port} ${outcome}`]);
});

test.each([8084, 8085])('port %i is as its client wants it', (port) => {
  expect(found(ofPorts(port))).toEqual([]);
});

test('all of them in one capture are told apart', () => {
  expect(found(lines)).toEqual([
    '10.77.4.20:8081 reset',
    '10.77.4.20:8082 closed-unanswered',
    '10.77.4.20:8086 refused',
    '10.77.4.20:8083 no-answer',
  ]);
});

test('an answer whose lines were left out of the paste is still counted by the end', () => {
  const served = ofPorts(8085).filter((line) => !line.includes('length 40'));
  expect(served.length).toBeLessThan(ofPorts(8085).length);
  expect(found(served)).toEqual([]);
});

test('who is let in later was refused for a time only, and the first line does not hide it', async () => {
  const open = ofPorts(8085)
    .slice(0, 10)
    .map((line) => line.replace('.8085', '.8086'));
  expect(found([...ofPorts(8086), ...open])).toEqual(['10.77.4.20:8086 refused']);
  const later = open.map((line) => line.replace('09:03:09', '09:03:41'));
  expect(found([...ofPorts(8086), ...later])).toEqual([]);
  const { status, headline } = await toldOf([...ofPorts(8086), ...later]);
  expect(status).toBe('healthy');
  expect(headline).toContain('of 2 connection attempts in the captures 1 met a refusal');
});

test('what was refused by one address family and let in by the other serves its client', () => {
  const refused = ofPorts(8086).map((line) =>
    line
      .replace('10.77.4.20.8086', '2001:db8::20.8085')
      .replace('10.77.4.7', '2001:db8::7')
      .replace('IP ', 'IP6 ')
      .replace('09:03:09.40', '09:03:09.30'),
  );
  expect(found([...refused, ...ofPorts(8085)])).toEqual([]);
  expect(found(refused)).toEqual(['2001:db8::20:8085 refused']);
});

test('a server that says nothing is no healthy one, and the next command names it', async () => {
  const { status, headline, ask } = await toldOf(ofPorts(8083));
  expect(status).toBe('suspected');
  expect(headline).toContain('10.77.4.20:8083 from web-01 failed: connected, then no reply');
  expect(ask.map(({ command }) => command).join('\n')).toContain('-s 1472 10.77.4.20');
});
