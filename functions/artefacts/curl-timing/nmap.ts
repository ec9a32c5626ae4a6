import type { CurlEvent } from './lines.ts';
import type { ConnectOutcome } from './outcome.ts';

/** output.cc of Nmap (printportoutput): `8080/tcp filtered http-proxy`; a port is filtered where nothing came back, or an error of ICMP. */
const PORT =
  /^(?<port>\d{1,5})\/tcp {1,12}(?<state>open|closed|filtered) {1,12}[\w?|/.-]{1,40}(?: {1,12}(?<reason>syn-ack|reset|conn-refused|no-response|host-unreach|admin-prohibited)(?: ttl \d{1,3})?)?(?: .{0,200})?$/;
const REPORT =
  /^Nmap scan report for (?:[\w.-]{1,253} \((?<address>[\da-fA-F.:]{2,45})\)|(?<host>\S{1,253}))$/;
const AROUND =
  /^(?:Starting Nmap \d|Host is up\b|Not shown: \d|PORT {1,12}STATE {1,12}SERVICE|Nmap done: \d|Note: Host seems down\.|MAC Address: |Other addresses for |rDNS record for )/;

const OUTCOMES: Readonly<Record<string, ConnectOutcome>> = {
  open: 'established',
  closed: 'refused',
  filtered: 'not-connected',
  'no-response': 'timed-out',
  'host-unreach': 'no-route',
};

/** The host that the ports below a line are of; undefined where the line names none. */
export function scannedIn(text: string): string | undefined {
  const { address, host } = REPORT.exec(text)?.groups ?? {};
  return address ?? host;
}

/** What one line of Nmap tells of the host that is being scanned; undefined when it is none of its own. */
export function nmapEventOf(text: string, host: string | null): CurlEvent | undefined {
  if (text.length > 300) return undefined;
  const { port, state = '', reason = '' } = PORT.exec(text)?.groups ?? {};
  if (port !== undefined) {
    const outcome = OUTCOMES[reason] ?? OUTCOMES[state] ?? 'other';
    return { is: 'attempt', host, address: null, port: Number(port), outcome };
  }
  return REPORT.test(text) || AROUND.test(text) ? { is: 'furniture' } : undefined;
}
