import { expect, test } from 'vitest';
import { examine } from './support/examples.ts';

const ROUTES = 'web1:~$ ip route\ndefault via 192.0.2.1 dev eth0\n';
const report = (text: string) => examine([{ name: null, text }]);

test.each([
  [
    'below a command that no kind knows',
    `${ROUTES}web1:~$ ./probe\ndb-1 timed out\n`,
    'line 4: "db-1 timed out"',
  ],
  [
    'in a log',
    `${ROUTES}\n2026-11-24T10:00:01Z WARN db-1 timed out after 3s\n2026-11-24T10:00:04Z WARN db-1 timed out after 3s\n`,
    '2 lines',
  ],
  [
    'in syslog',
    `${ROUTES}\nNov 24 10:00:01 web1 app[712]: db-1 refused the connection\n`,
    'db-1 refused',
  ],
  [
    'in the words of strerror',
    `${ROUTES}\nopening /srv/x: Permission denied\n`,
    'Permission denied',
  ],
  [
    'inside an output',
    `${ROUTES}link to db-1 has failed\ndefault via 192.0.2.2 dev eth1 metric 9\n`,
    'has failed',
  ],
])('a failure that nobody could read is no health: %s', async (_, text, named) => {
  const { status, headline, findings } = await report(text);
  expect(status).toBe('suspected');
  expect(headline).toMatch(/^Cannot tell/);
  expect(headline).toContain(named);
  expect(findings).toEqual([]);
});

test.each([
  ['what people write of it', `lookups timed out, then connections were refused\n\n${ROUTES}`],
  ['times that people write', `${ROUTES}\n10:05 all lookups failed\n`],
  [
    'logs that count no failure',
    `${ROUTES}\n2026-11-24T10:00:01Z INFO failed=0 refused: 0, 0 timed out, no failures\n`,
  ],
  [
    'settings',
    `${ROUTES}web1:~$ cat proxy.cfg\ntimeout connect 5s\nmax_fails=3 fail_timeout=10s\n`,
  ],
  ['remarks', `${ROUTES}# this one failed before\n`],
])('%s leaves health alone', async (_, text) => {
  expect((await report(text)).status).toBe('healthy');
});
