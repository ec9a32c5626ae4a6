/** What one line of dnsmasq's log says. */
export type DnsmasqSaid =
  /** `query[A] www.example.com from 10.0.0.5`. */
  | { readonly is: 'query'; readonly qtype: string; readonly name: string; readonly client: string }
  /** `forwarded www.example.com to 192.0.2.53`; behind a port other than 53 `#5353`. */
  | { readonly is: 'forwarded'; readonly name: string; readonly server: string }
  /** `reply www.example.com is 198.51.100.7`, `cached …`, `config …`, `/etc/hosts …`: from where, and an address, `<CNAME>`, `NXDOMAIN`, `NODATA`, `SERVFAIL`. */
  | {
      readonly is: 'answer';
      readonly from: string;
      readonly name: string;
      readonly answer: string;
    }
  /** Questions wait for so many answers that it takes no more. */
  | { readonly is: 'full'; readonly most: number }
  /** The file that names its upstream servers names none. */
  | { readonly is: 'no-servers'; readonly file: string }
  /** A private address came from outside for this name, and is kept from whoever asked (`stop-dns-rebind`). */
  | { readonly is: 'rebind'; readonly name: string }
  /** It uses this upstream server. */
  | { readonly is: 'server'; readonly server: string }
  /** Anything else. */
  | { readonly is: 'notice'; readonly text: string };

/** `dnsmasq[712]: `, `dnsmasq-dhcp[712]: `, and without a number on a terminal; with log-queries=extra the serial number and the client behind it. */
const OWN =
  /(?:^|[\s>])dnsmasq(?:-dhcp|-tftp|-script)?(?:\[\d{1,10}\])?: (?:(?:TCP |UDP )?\d{1,10} (?:[\da-fA-F.:]{2,45}\/\d{1,5} )?)?(\S.{0,1200})$/;
const NUMBERED = /(?:^|[\s>])dnsmasq(?:-dhcp|-tftp|-script)?\[\d{1,10}\]: /;
const NAME = String.raw`(\S{1,1025})`;
const QUERY = new RegExp(String.raw`^query\[([A-Za-z\d=]{1,20})\] ${NAME} from (\S{1,60})$`);
const FORWARDED = new RegExp(String.raw`^forwarded ${NAME} to ([\da-fA-F.:%\w#-]{2,70})$`);
const ANSWER = new RegExp(
  String.raw`^(reply|cached|cached-stale|config|DHCP|auth|gravity blocked|\/\S{1,200}) ${NAME} is (\S{1,1100})(?: \((?:DNSSEC signed|EDE: .{1,80})\))?$`,
);
const FULL =
  /^Maximum number of concurrent DNS queries (?:to \S{1,255} )?reached,? ?\(max: (\d{1,9})\)$/;
const NO_SERVERS = /^no servers found in (\S{1,200}), will retry$/;
const REBIND = /^possible DNS-rebind attack detected: (\S{1,1025})$/;
const SERVER = /^using nameserver ([\da-fA-F.:%\w-]{2,60}#\d{1,5})(?:\(via \S{1,20}\))?$/;
/** Without its number the name may be of a unit or of a person's sentence: these words are its own. */
const NOTICE =
  /^(?:started, version |compile time options: |read(?:ing)? \S|using |ignoring |no servers|warning: |nameserver \S+ refused to do a recursive query$|possible DNS-rebind attack detected: |failed to |exiting on receipt|cleared cache$|query\[|forwarded |reply |cached |config |DHCP[A-Z, (]|Maximum number)/;

const SYSLOG =
  /^(?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S{8,30}) (\S{1,255}) dnsmasq/;

/** The host that syslog puts before the program; null in dnsmasq's own file. */
export function hostIn(line: string): string | null {
  return SYSLOG.exec(line.trim())?.[1] ?? null;
}

/** Whether dnsmasq wrote the line. */
export function isOfDnsmasq(line: string): boolean {
  if (!line.includes('dnsmasq')) return false;
  const [, text] = OWN.exec(line.trimEnd()) ?? [];
  return text !== undefined && (NUMBERED.test(line) || NOTICE.test(text));
}

/** What a line of dnsmasq's log says; undefined when it is none. */
export function dnsmasqSaid(line: string): DnsmasqSaid | undefined {
  const [, text] = isOfDnsmasq(line) ? (OWN.exec(line.trimEnd()) ?? []) : [];
  if (text === undefined) return undefined;
  const [, qtype, asked = '', client = ''] = QUERY.exec(text) ?? [];
  if (qtype !== undefined) return { is: 'query', qtype, name: asked, client };
  const [, sent, server = ''] = FORWARDED.exec(text) ?? [];
  if (sent !== undefined) return { is: 'forwarded', name: sent, server };
  const [, from, name = '', answer = ''] = ANSWER.exec(text) ?? [];
  if (from !== undefined) return { is: 'answer', from, name, answer };
  const [, most] = FULL.exec(text) ?? [];
  if (most !== undefined) return { is: 'full', most: Number(most) };
  const [, file] = NO_SERVERS.exec(text) ?? [];
  if (file !== undefined) return { is: 'no-servers', file };
  const [, kept] = REBIND.exec(text) ?? [];
  if (kept !== undefined) return { is: 'rebind', name: kept };
  const [, used] = SERVER.exec(text) ?? [];
  return used === undefined ? { is: 'notice', text } : { is: 'server', server: used };
}
