import { describe, expect, test } from 'vitest';
import { told } from './support/told.ts';

/** What programs and the kernel's own clients write when they do not get through. */

const HAPROXY = (state: string, server = 'be/app1') =>
  `Nov 20 10:15:33 lb haproxy[812]: 10.0.0.3:41022 [20/Nov/2026:10:15:30.123] fe ${server} 0/0/-1/-1/3003 503 217 - - ${state} 1/1/0/0/3 0/0 "GET / HTTP/1.1"`;
const APACHE = '[Fri Nov 20 10:15:33.123456 2026] [proxy:error] [pid 812]';

describe('a connection that failed', () => {
  test.each([
    [HAPROXY('SC--'), 'be/app1 failed: no connection came about'],
    [HAPROXY('sC--'), 'be/app1 port of the service failed: timed out'],
    [HAPROXY('SH--'), 'be/app1 failed: closed by the server without an answer'],
    [HAPROXY('sH--'), 'be/app1 failed: connected, then no reply'],
    [HAPROXY('SC--', 'be/<NOSRV>'), 'be/<NOSRV> failed: no connection came about'],
    [
      `${APACHE} (110)Connection timed out: AH00957: HTTP: attempt to connect to 10.42.1.9:8080 (10.42.1.9) failed`,
      '10.42.1.9 port 8080 failed: timed out',
    ],
    [
      `${APACHE} (111)Connection refused: AH00957: HTTP: attempt to connect to 10.42.1.9:8080 (10.42.1.9) failed`,
      '10.42.1.9 port 8080 is refused',
    ],
    [
      `${APACHE} (70007)The timeout specified has expired: [client 10.0.0.3:41022] AH01102: error reading status line from remote server 10.42.1.9:8080`,
      '10.42.1.9 failed: connected, then no reply',
    ],
    [
      'Nov 20 10:15:33 mx postfix/smtp[812]: connect to mail.example.net[203.0.113.25]:25: Connection timed out',
      '203.0.113.25 port 25 failed: timed out',
    ],
    [
      'Nov 20 10:15:33 mx postfix/smtp[812]: 4A1B2C3D: lost connection with mail.example.net[203.0.113.25] while receiving the initial server greeting',
      '203.0.113.25 failed: closed by the server without an answer',
    ],
    [
      "ERROR 2013 (HY000): Lost connection to MySQL server at 'reading initial communication packet', system error: 104",
      'a server that is not named failed: reset',
    ],
    [
      "ERROR 2013 (HY000): Lost connection to MySQL server at 'reading initial communication packet', system error: 0",
      'a server that is not named failed: closed by the server without an answer',
    ],
    [
      'Caused by: java.net.SocketTimeoutException: Read timed out',
      'a server that is not named failed: connected, then no reply',
    ],
    ['java.net.SocketException: Connection reset', 'a server that is not named failed: reset'],
    ['Error: read ECONNRESET', 'a server that is not named failed: reset'],
    [
      'Error: socket hang up',
      'a server that is not named failed: closed by the server without an answer',
    ],
    [
      'rpc error: code = DeadlineExceeded desc = context deadline exceeded',
      'a server that is not named failed: no answer in time',
    ],
  ])('is told: %s', async (line, how) => {
    const said = await told(`${line}\n`);
    expect(said).toMatch(/^suspected: /);
    expect(said).toContain(how);
  });

  test('is none where a client went away, or all went well', async () => {
    for (const state of ['CD--', '----', 'CC--'])
      expect(await told(`${HAPROXY(state)}\n`)).toMatch(/^(?:unrecognised|healthy)/);
  });
});

describe('a file server that the kernel waits for', () => {
  const line = (said: string, second: number) =>
    `Nov 20 10:15:${second} w-1 kernel: nfs: server 10.0.0.9 ${said}\n`;
  test('is told until it is back', async () => {
    const silent = line('not responding, still trying', 10);
    expect(await told(silent)).toMatch(
      /^suspected: The file server 10\.0\.0\.9 does not answer from w-1/,
    );
    expect(await told(silent, 'zh')).toMatch(/内核报告文件服务器 10\.0\.0\.9 没有应答，位于 w-1/);
    expect(await told(silent + line('OK', 40))).toMatch(/^healthy/);
    expect(await told(silent + line('OK', 40) + line('not responding, timed out', 59))).toMatch(
      /^suspected/,
    );
  });
  test('may speak SMB', async () => {
    expect(
      await told(
        '[  812.331234] CIFS: VFS: \\\\nas2 has not responded in 180 seconds. Reconnecting...\n',
      ),
    ).toMatch(/^suspected: The file server nas2 does not answer/);
  });
});

test('TCP without memory is told', async () => {
  expect(await told('[  812.331234] TCP: out of memory -- consider tuning tcp_mem\n')).toMatch(
    /^suspected: TCP ran short: "out of memory -- consider tuning tcp_mem"/,
  );
});

describe('a trace', () => {
  const trace = (second: string) => `traceroute to 10.0.4.7 (10.0.4.7), 30 hops max, 60 byte packets
 1  10.0.0.1  0.412 ms  0.391 ms  0.380 ms
 2  ${second}
`;
  test('that a router refuses is told', async () => {
    expect(await told(trace('10.0.9.1  0.912 ms !X  0.891 ms !X  0.880 ms !X'))).toMatch(
      /^suspected: 10\.0\.9\.1 answers the trace to 10\.0\.4\.7 with !X \(forbidden by an administrator/,
    );
    expect(await told(trace('10.0.4.7  0.912 ms !X  0.891 ms !X  0.880 ms !X'))).toMatch(
      /^healthy/,
    );
  });
});

describe('a client of DHCP', () => {
  const asks = [3, 7, 15]
    .map((wait) => `DHCPDISCOVER on eth0 to 255.255.255.255 port 67 interval ${wait}\n`)
    .join('');
  test('that nobody answers is told', async () => {
    expect(await told(`${asks}No DHCPOFFERS received.\n`)).toMatch(
      /^suspected: No DHCP server gave this host an address: nobody answered/,
    );
    expect(await told('udhcpc: sending discover\nudhcpc: no lease, failing\n', 'zh')).toMatch(
      /^suspected: 没有 DHCP 服务器给 本机 分配地址：请求没有任何应答/,
    );
    expect(
      await told(
        'Nov 20 10:15:33 edge1 dhclient[812]: DHCPREQUEST for 10.3.0.17 on eth0 to 10.3.0.1 port 67\nNov 20 10:15:33 edge1 dhclient[812]: DHCPNAK from 10.3.0.1\n',
      ),
    ).toMatch(/^suspected: No DHCP server gave edge1 an address: the server refused/);
  });
  test('that gets a lease is not', async () => {
    const bound =
      'DHCPOFFER of 10.3.0.44 from 10.3.0.1\nbound to 10.3.0.44 -- renewal in 1432 seconds.\n';
    expect(await told(asks + bound)).toMatch(/^healthy/);
    expect(await told(asks.split('\n').slice(0, 1).join('\n'))).toMatch(/^healthy/);
  });
});

describe('a Service that somebody asked for', () => {
  const list = (endpoints: string, name = 'shop-api') =>
    `NAME         ENDPOINTS   AGE\n${name.padEnd(12)} ${endpoints.padEnd(11)} 12d\n`;
  test('and that has no endpoint is told', async () => {
    expect(await told(list('<none>'))).toMatch(
      /^suspected: The Service shop-api has no endpoint: whoever calls it/,
    );
    expect(await told(list('10.42.1.9:80'))).toMatch(/^healthy/);
    expect(await told(list('<none>') + list('10.42.1.9:80'))).toMatch(/^healthy/);
    // Rules tell of the cluster's DNS.
    expect(await told(list('<none>', 'kube-dns'))).toMatch(/^diagnosed: Service \(cluster DNS/);
    const all = `${list('<none>')}other        10.42.1.9:80 12d\n`;
    expect(await told(all)).toMatch(/^healthy/);
  });
});

test('a session of ssh whose connection was gone is told', async () => {
  expect(await told('client_loop: send disconnect: Broken pipe\n')).toMatch(
    /^suspected: The connection to a server that is not named failed: the session was open/,
  );
  expect(await told('Connection to 10.0.0.9 closed.\n')).not.toMatch(/^suspected/);
});

test('what the policies of Cilium refuse is told', async () => {
  const flow = (event: string) =>
    `Nov 20 10:15:33.123: shop/web-1:41022 (ID:1211) <> shop/api-1:8080 (ID:1213) ${event} (TCP Flags: SYN)\n`;
  expect(await told(flow('Policy denied DROPPED'))).toMatch(
    /^suspected: Cilium's policies refuse what shop\/web-1 sends to shop\/api-1:8080\.$/,
  );
  expect(await told(flow('to-endpoint FORWARDED'))).toMatch(/^healthy/);
});

describe('a client that says', () => {
  test.each([
    [
      "fatal: unable to access 'https://git.example.net/x.git/': Failed to connect to git.example.net port 443 after 130112 ms: Couldn't connect to server",
      'git.example.net failed: no connection came about',
    ],
    [
      '  Could not connect to mirror.example.net:80 (203.0.113.10), connection timed out',
      '203.0.113.10 port 80 failed: timed out',
    ],
    ['psql: error: could not connect to server: Connection refused', 'is refused'],
    [
      'MongoNetworkError: failed to connect to server [10.0.0.9:27017] on first connect [MongoNetworkTimeoutError: connection timed out]',
      '10.0.0.9 port 27017 failed: timed out',
    ],
    ['AMQPConnectionError: [Errno 111] Connection refused', 'is refused'],
    ['java.net.ConnectException: Connection refused', 'is refused'],
    [
      'rsync: failed to connect to 10.0.0.9 (10.0.0.9): Connection timed out (110)',
      '10.0.0.9 port of the service failed: timed out',
    ],
    ["ldap_sasl_bind(SIMPLE): Can't contact LDAP server (-1)", 'no connection came about'],
    ['Timeout: No Response from 10.0.0.9.', '10.0.0.9 failed: no answer in time'],
    [
      'TLS Error: TLS key negotiation failed to occur within 60 seconds (check your network connectivity)',
      'no answer in time',
    ],
    ['establishing IKE_SA failed, peer not responding', 'no answer in time'],
    [
      "after connection broken by 'NewConnectionError('<HTTPSConnection object at 0x7f>: Failed to establish a new connection: [Errno -3] Temporary failure in name resolution')': /simple/requests/",
      'The lookup of a name failed: temporary failure',
    ],
    [
      'dnsmasq: failed to create listening socket for port 53: Address already in use',
      'dnsmasq says of itself: "failed to create listening socket for port 53',
    ],
  ])('%s', async (line, how) => {
    const said = await told(`${line}\n`);
    expect(said).toMatch(/^suspected: /);
    expect(said).toContain(how);
  });
});
