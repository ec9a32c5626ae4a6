import { expect, test } from 'vitest';
import { examine } from './support/examples.ts';

const curl = `ops@shop4:~$ curl -v https://pay.example.net:8443/
*   Trying 198.51.100.77:8443...
* Connected to pay.example.net (198.51.100.77) port 8443
* TLSv1.3 (OUT), TLS handshake, Client hello (1):
`;
const openssl = `ops@shop4:~$ openssl s_client -servername pay.example.net -connect pay.example.net:8443
CONNECTED(00000003)
`;
const BROKEN_OFF = '^C\nops@shop4:~$ \n';

test.each([
  ['curl', curl],
  ['openssl', openssl],
])(
  'a handshake of %s that somebody broke off in silence has stalled; of a cut one the next words are not known',
  async (_, text) => {
    const { status, headline } = await examine([{ name: null, text: text + BROKEN_OFF }]);
    expect(status).toBe('suspected');
    expect(headline).toContain('The connection to pay.example.net from shop4 failed');
    const cut = await examine([{ name: null, text }]);
    expect([cut.status, cut.findings]).toEqual(['suspected', []]);
    expect(cut.headline).toContain('the output ends while TLS waits');
  },
);

test('where the server answered before, ^C breaks off nothing', async () => {
  const answered = `${openssl}depth=0 CN = pay.example.net\nverify return:1\n${BROKEN_OFF}`;
  expect((await examine([{ name: null, text: answered }])).status).toBe('healthy');
});

test('what openssl could not connect to is told by its errno', async () => {
  const text = `${openssl.split('\n')[0]}\nconnect:errno=110\n`;
  const { status, findings } = await examine([{ name: null, text }]);
  expect(status).toBe('suspected');
  expect(findings.map(({ cause, confidence }) => [cause, confidence])).toEqual([
    ['syn-no-answer', 'possible'],
  ]);
});
