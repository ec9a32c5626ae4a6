import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { examine } from './support/examples.ts';

const sample = (path: string) =>
  readFileSync(new URL(`artefacts/${path}.txt`, import.meta.url), 'utf8');
const on = (command: string, text: string) => `root@gw-2:~# ${command}\n${text}`;
const report = (text: string) => examine([{ name: null, text }]);

const LOG = 'journalctl -u dnsmasq';
const BOND = 'cat /proc/net/bonding/bond0';

test.each([
  [
    'dnsmasq that takes no more questions',
    on(LOG, 'dnsmasq[8]: Maximum number of concurrent DNS queries reached (max: 150)\n'),
    'no more questions',
  ],
  [
    'dnsmasq without anybody to ask',
    on(LOG, sample('dnsmasq-log/terminal')),
    'no server to forward to',
  ],
  [
    'dnsmasq that keeps a private address back',
    on(LOG, 'dnsmasq[8]: possible DNS-rebind attack detected: nas.example.com\n'),
    'nas.example.com',
  ],
  [
    'a device of a bond without a link',
    on(BOND, sample('bonding/active-backup')),
    'eno1 of the bond on gw-2',
  ],
  [
    'a bond without any link',
    on(
      BOND,
      'Bonding Mode: fault-tolerance (active-backup)\nMII Status: down\nMII Polling Interval (ms): 100\n',
    ),
    'carries nothing',
  ],
  [
    'a connection whose data goes out in vain',
    on('ss -tno', 'ESTAB 0 13032 10.0.0.5:41876 10.0.0.9:9040 timer:(on,25sec,7)\n'),
    '10.0.0.9:9040',
  ],
  [
    'a connection whose probes nobody answers',
    on('ss -tno', 'ESTAB 0 13032 10.0.0.5:41876 10.0.0.9:9040 timer:(persist,1min12sec,9)\n'),
    '10.0.0.9:9040',
  ],
  [
    'the same by netstat',
    on(
      'netstat -tno',
      'tcp        0  13032 10.0.0.5:41876          10.0.0.9:9040           ESTABLISHED probe (72.31/0/9)\n',
    ),
    '10.0.0.9:9040',
  ],
])('%s is told, and accuses nobody', async (_, text, named) => {
  const { status, findings, headline } = await report(text);
  expect(status).toBe('suspected');
  expect(findings).toEqual([]);
  expect(headline).toContain(named);
});

test.each([
  ['a bond whose devices all have a link', on(BOND, sample('bonding/lacp'))],
  [
    'data that was just sent again',
    on('ss -tno', 'ESTAB 0 1448 10.0.0.5:41876 10.0.0.9:9040 timer:(on,204ms,1)\n'),
  ],
  [
    'an idle connection',
    on('ss -tno', 'ESTAB 0 0 10.0.0.5:41876 10.0.0.9:9040 timer:(keepalive,98min,0)\n'),
  ],
])('%s is no fault', async (_, text) => {
  expect((await report(text)).status).toBe('healthy');
});
