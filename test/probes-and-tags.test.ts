import { describe, expect, test } from 'vitest';
import { examine } from './support/examples.ts';
import { told } from './support/told.ts';

const report = (text: string) => examine([{ name: null, text }]);

describe("the kubelet's probes", () => {
  const events = (message: string) => `$ kubectl get events -n shop
LAST SEEN   TYPE      REASON      OBJECT                      MESSAGE
2m          Warning   Unhealthy   pod/web-6d4b75cb6d-2xk8q    ${message}
`;
  const silent =
    'Readiness probe failed: Get "http://10.42.1.7:8080/healthz": context deadline exceeded (Client.Timeout exceeded while awaiting headers)';
  const refused = 'Liveness probe failed: dial tcp [fd00::7]:6379: connect: connection refused';
  const listing = (ready: string) => `$ kubectl get pods -n shop
NAME                   READY   STATUS    RESTARTS   AGE
web-6d4b75cb6d-2xk8q   ${ready}     Running   0          3h
`;

  test('that fail for the network are told with the pod and its address', async () => {
    expect(await told(events(silent))).toMatch(
      /^suspected: The kubelet's probe of web-6d4b75cb6d-2xk8q \(10\.42\.1\.7:8080\) failed: no answer in time; whether it was connected/,
    );
    expect(await told(events(refused))).toMatch(/\(fd00::7:6379\) failed: refused/);
    const { ask } = await report(events(silent));
    expect(ask.map(({ command }) => command).join('\n')).toContain('-p 8080 10.42.1.7');
  });
  test('are told where a listing shows the pod not ready, and not where it is', async () => {
    expect(await told(`${events(silent)}${listing('0/1')}`)).toMatch(/^suspected: The kubelet/);
    expect(await told(`${events(silent)}${listing('1/1')}`)).toMatch(/^healthy/);
  });
  test('that were answered with a wrong status, or wait for a program to start, are not', async () => {
    const answered = 'Readiness probe failed: HTTP probe failed with statuscode: 503';
    const starting = 'Startup probe failed: dial tcp 10.42.1.7:8080: connect: connection refused';
    expect(await told(events(answered))).toMatch(/^healthy/);
    expect(await told(events(starting))).toMatch(/^healthy/);
  });
});

test('a name that is denied stands in the command that asks other servers for it', async () => {
  const { ask } = await report(`$ dig nosuch.example.com
; <<>> DiG 9.18.24 <<>> nosuch.example.com
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NXDOMAIN, id: 4711
;; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1

;; QUESTION SECTION:
;nosuch.example.com.		IN	A

;; Query time: 12 msec
;; SERVER: 10.0.0.2#53(10.0.0.2) (UDP)
`);
  const asked = ask.map(({ command }) => command).filter((command) => command.includes('dig '));
  expect(asked[0]).toContain('dig +tries=2 +time=2 nosuch.example.com @$s');
});

describe('frames seen on two hosts', () => {
  const capture = (host: string, tag: string, flags = 'S') =>
    ['42.142824', '43.152824', '45.162824']
      .map(
        (second) =>
          `13:52:${second} 02:00:00:00:00:05 > 02:00:00:00:00:07, ethertype 802.1Q (0x8100), length 78: vlan ${tag}, p 0, ethertype IPv4 (0x0800), 10.0.20.5.41000 > 10.0.20.7.443: Flags [${flags}], seq 100, win 64240, options [mss 1460], length 0\n`,
      )
      .reduce((all, line) => `${all}${line}`, `${host} eth0:\n`);

  test('with two VLAN tags and no answer are told', async () => {
    expect(await told(`${capture('web-1', '20')}\n${capture('db-2', '30')}`)).toMatch(
      /^suspected: What is sent to 10\.0\.20\.7 has another VLAN tag on web-1 than on db-2 \(20, 30;/,
    );
  });
  test('with the same tag are not', async () => {
    expect(await told(`${capture('web-1', '20')}\n${capture('db-2', '20')}`)).not.toMatch(/VLAN/);
  });
});
