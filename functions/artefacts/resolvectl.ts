import { ASCII, defineArtefact, found, missing, type Strength } from './define.ts';
import {
  isColumn,
  isFailure,
  isHeading,
  isNotice,
  isProof,
  parseResolvectl,
  type Resolvectl,
} from './resolvectl/read.ts';

/**
 * `resolvectl status`, `dns`, `domain`, `query` and `statistics` of systemd-resolved (src/resolve/resolvectl.c), `systemd-resolve --status`
 * before 239, and what the daemon writes to the journal about its servers.
 */
export const resolvectl = defineArtefact({
  kind: 'resolvectl',
  title: 'resolvectl',
  ask: 'resolvectl status; resolvectl query {traffic.name|NAME}; resolvectl statistics',
  hint: /\bresolvectl\b|\bsystemd-resolve\b|\bjournalctl\s[^|;&]{0,80}systemd-resolved/,
  first: ASCII,
  recognise,
  continues: (line) => isColumn(line.trim()),
  parse: parseResolvectl,
  size: ({ settings, lookups, notices }) => ({
    count: settings.length + lookups.length + notices.length,
    unit: 'settings',
  }),
  facts: {
    mode: {
      type: 'label',
      is: 'what /etc/resolv.conf is to the resolver: stub, uplink, static, foreign or missing',
      of: (content) => setting(content, 'resolv.conf mode'),
    },
    servers: {
      type: 'count',
      is: 'different DNS servers that the resolver has, those to fall back to apart',
      of: servers,
    },
  },
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (isProof(text) || isFailure(text) || isNotice(text)) return 'strong';
  return isHeading(text) ? 'weak' : 'none';
}

function setting({ settings }: Resolvectl, name: string) {
  const one = settings.find((each) => each.name === name);
  return one === undefined
    ? missing(`${name} is not shown`)
    : found(one.values.join(' '), [one.line]);
}

function servers({ settings }: Resolvectl) {
  const lists = settings.filter(({ name }) => name === 'DNS Servers');
  if (lists.length === 0) return missing('no DNS servers are shown');
  return found(
    new Set(lists.flatMap(({ values }) => values)).size,
    lists.map(({ line }) => line),
  );
}
