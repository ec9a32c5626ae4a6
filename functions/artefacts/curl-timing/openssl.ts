import type { CurlEvent } from './lines.ts';
import type { ConnectOutcome } from './outcome.ts';

/** errno of connect(2) as `openssl s_client` prints it, of Linux (errno-base.h, errno.h) and of the BSDs and macOS (sys/errno.h). */
const ERRNO: Readonly<Record<string, ConnectOutcome>> = {
  101: 'unreachable',
  104: 'reset',
  110: 'timed-out',
  111: 'refused',
  113: 'no-route',
  51: 'unreachable',
  54: 'reset',
  60: 'timed-out',
  61: 'refused',
  65: 'no-route',
};

/** What stands around it: errors in OpenSSL's own words, which `connect:errno=` sums up, and the session. */
const SESSION =
  /^(?:[\dA-F]{8,20}:error:[\dA-F]{8}:|connect: [A-Z][a-z ]{5,40}$|read:errno=|depth=\d{1,2} |verify (?:return|error):|Connecting to [\da-fA-F.:]{3,45}$|no peer certificate available$|Certificate chain$|Server certificate$|-----(?:BEGIN|END) CERTIFICATE-----$|[A-Za-z\d+/]{64}$|[A-Za-z\d+/]{2,62}={1,2}$|\d{1,2} s:|[aiv]:|subject=|issuer=|No client certificate CA names sent$|Peer signing digest: |Peer signature type: |Peer Temp Key: |Server Temp Key: |SSL handshake has read \d|Verification(?: error)?: |New, |Server public key is \d|Protocol: |This TLS version forbids renegotiation|Secure Renegotiation IS |Compression: |Expansion: |No ALPN negotiated$|ALPN protocol: |Early data was not sent$|Verify return code: |DONE$)/;

/** What one line of `openssl s_client` tells (apps/s_client.c); undefined when it is none of its own. */
export function opensslEventOf(line: string): CurlEvent | undefined {
  const text = line.trim();
  if (/^CONNECTED\([\dA-F]{8,16}\)$/.test(text))
    return { is: 'attempt', host: null, address: null, port: null, outcome: 'established' };
  const [, errno] = /^(?:connect|write):errno=(\d{1,3})$/.exec(text) ?? [];
  if (errno !== undefined) {
    const outcome = ERRNO[errno] ?? 'other';
    return { is: 'end', outcome, number: null, vague: outcome === 'other', host: null, port: null };
  }
  return isOfSession(text) ? { is: 'furniture' } : undefined;
}

function isOfSession(text: string): boolean {
  return text.length <= 300 && SESSION.test(text);
}
