import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';
import { type DnsmasqSaid, dnsmasqSaid, hostIn, isOfDnsmasq } from './dnsmasq-log/lines.ts';

interface DnsmasqLog {
  /** As syslog names it, where all lines name one. */
  readonly host: string | null;
  readonly entries: readonly ({ readonly line: number } & DnsmasqSaid)[];
}

/**
 * What dnsmasq writes, with `log-queries` and without (src/cache.c: log_query; forward.c, network.c, dnsmasq.c; 2.40 to 2.93),
 * in its own file, in syslog or on a terminal (src/log.c).
 */
export const dnsmasqLog = defineArtefact({
  kind: 'dnsmasq-log',
  title: 'dnsmasq log',
  ask: "sudo journalctl -u dnsmasq --since '-30 min' | tail -200",
  hint: /\bdnsmasq\b|\bpihole\s+(?:-t|tail)\b|\blogread\b|\/var\/log\/(?:syslog|messages|daemon\.log|pihole)/,
  first: ASCII,
  recognise,
  parse,
  size: ({ entries }) => ({ count: entries.length, unit: 'lines' }),
  place: ({ host }) => (host === null ? {} : { host }),
  facts: {},
});

function recognise(line: string): Strength {
  return isOfDnsmasq(line) ? 'strong' : 'none';
}

function parse(lines: readonly string[]): Parsed<DnsmasqLog> | undefined {
  const entries: DnsmasqLog['entries'][number][] = [];
  const unread: number[] = [];
  const hosts = new Set<string | null>();
  for (const [index, raw] of lines.entries()) {
    if (raw.trim() === '') continue;
    const said = dnsmasqSaid(raw);
    if (said === undefined) unread.push(index + 1);
    else {
      entries.push({ line: index + 1, ...said });
      hosts.add(hostIn(raw));
    }
  }
  const [host = null] = hosts.size === 1 ? hosts : [];
  return entries.length === 0 ? undefined : { content: { host, entries }, unread };
}
