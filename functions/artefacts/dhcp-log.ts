import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';

/** One step of a lease: who asked, and what came of it. */
export interface DhcpStep {
  readonly line: number;
  readonly is: 'asked' | 'offered' | 'bound' | 'refused' | 'gave-up';
  /** The card; null where the line does not name it. */
  readonly device: string | null;
}

/** What clients of DHCP write: ISC dhclient (client/dhclient.c) and udhcpc of BusyBox (networking/udhcp/dhcpc.c). */
export const dhcpLog = defineArtefact({
  kind: 'dhcp-log',
  title: 'dhclient, udhcpc',
  ask: "sudo journalctl -b --no-pager | egrep -i 'dhc' | tail -50",
  hint: /(?:^|[\s;&|/])(?:dhclient|udhcpc)(?:\s|$)/,
  first: ASCII,
  recognise,
  continues: (line) => FURNITURE.test(bodyOf(line)),
  parse,
  size: ({ steps }) => ({ count: steps.length, unit: 'messages' }),
  place: ({ host }) => (host === null ? {} : { host }),
  facts: {},
});

interface DhcpLog {
  /** The machine that the log is of, where all its lines name one. */
  readonly host: string | null;
  readonly steps: readonly DhcpStep[];
}

/** syslog, journalctl and dhclient itself put who speaks before it. */
const BEFORE =
  /^(?:(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S{8,30}) (?<host>\S{1,255}) )?(?:(?:dhclient|udhcpc)(?:\[\d{1,8}\])?: )?/;

const FORMS: readonly (readonly [RegExp, DhcpStep['is']])[] = [
  [/^DHCP(?:DISCOVER|REQUEST)\b.{0,60}? on (?<device>\S{1,15}) to \S{1,64} port 67/, 'asked'],
  [/^(?:sending|broadcasting) (?:discover|select for|renew)\b/, 'asked'],
  [/^DHCPOFFER (?:of|from) \S/, 'offered'],
  [/^bound to \S+ -- renewal in \d+ seconds/, 'bound'],
  [/^lease of \S+ obtained from \S+, lease time \d+/, 'bound'],
  [/^DHCPNAK from \S/, 'refused'],
  [/^No DHCPOFFERS received\.$/, 'gave-up'],
  [/^no lease, (?:failing|forking to background)/, 'gave-up'],
];
const FURNITURE =
  /^(?:Internet Systems Consortium DHCP Client|Copyright \d{4}-\d{4} Internet Systems|All rights reserved\.|For info, please visit|Listening on \w+\/|Sending on {3}(?:\w+\/|Socket)|DHCPACK (?:of|from) |DHCPRELEASE |No working leases in persistent database|Trying recorded lease|started, v\d|entering (?:listen|raw listen) mode|(?:performing|executing) DHCP)/;

function bodyOf(line: string): string {
  const text = line.trim();
  return text.slice(BEFORE.exec(text)?.[0].length ?? 0);
}

function stepIn(body: string): Omit<DhcpStep, 'line'> | undefined {
  for (const [shape, is] of FORMS) {
    const found = shape.exec(body);
    if (found !== null) return { is, device: found.groups?.device ?? null };
  }
  return undefined;
}

function recognise(line: string): Strength {
  const body = bodyOf(line);
  if (stepIn(body) !== undefined) return 'strong';
  return FURNITURE.test(body) ? 'weak' : 'none';
}

function parse(lines: readonly string[]): Parsed<DhcpLog> | undefined {
  const steps: DhcpStep[] = [];
  const hosts = new Set<string | null>();
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const body = bodyOf(raw);
    const step = stepIn(body);
    if (step !== undefined) {
      steps.push({ line: index + 1, ...step });
      hosts.add(BEFORE.exec(raw.trim())?.groups?.host ?? null);
    } else if (body !== '' && !FURNITURE.test(body)) unread.push(index + 1);
  }
  const [host = null] = hosts;
  return steps.length === 0
    ? undefined
    : { content: { host: hosts.size === 1 ? host : null, steps }, unread };
}
