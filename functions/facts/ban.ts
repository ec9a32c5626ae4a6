import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Dialled, dialledIn, SSH_PORT } from '../captures/dialled.ts';
import { unansweredIn } from '../captures/unanswered.ts';
import { contains, parseAddress, parsePrefix } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';
import { inOrder } from './order.ts';

const label = labelsOf((view) => bansIn(view)[0], 'no client that failed is shown to be banned');

/** Whether fail2ban on this host bans the address of a client that gets no connection. */
export const ban = defineJoin({
  question: 'ban',
  needs: ['fail2ban', 'ipset', 'own-address', 'ssh-error'],
  facts: {
    client: label(
      'the banned address, which is that of a client that got no connection',
      (one) => one.client,
    ),
    jail: label('the jail that bans it, for the service that the client tried', ({ jail }) => jail),
    target: label('address and port that the client did not reach', ({ target }) => target),
  },
});

interface Banned {
  readonly client: string;
  readonly jail: string;
  readonly target: string;
  readonly at: readonly Citation[];
}

/** A connection that was refused or not answered, and an address that its client is shown to have. */
interface Failed {
  readonly client: string;
  readonly target: string;
  readonly port: number;
  readonly isSsh: boolean;
  readonly at: readonly Citation[];
}

/** Jails by the ports of what they watch (fail2ban config/jail.conf). */
const SERVICES: readonly (readonly [ports: readonly number[], jails: RegExp])[] = [
  [
    [80, 443, 8080, 8443],
    /nginx|apache|http|lighttpd|caddy|haproxy|traefik|php|word-?press|\bwp\b|web/i,
  ],
  [
    [25, 465, 587, 110, 143, 993, 995],
    /postfix|dovecot|exim|sendmail|smtp|imap|courier|cyrus|mail|sasl/i,
  ],
  [[21], /ftp/i],
  [[3306], /mysql|mariadb/i],
];
const SSH_JAILS = /ssh|dropbear/i;
/** It bans for all ports (jail.conf: banaction_allports). */
const ALL_PORTS = /recidive|all-?ports/i;

function concerns(jail: string, { port, isSsh }: Failed): boolean {
  if (ALL_PORTS.test(jail)) return true;
  if (isSsh || port === SSH_PORT) return SSH_JAILS.test(jail);
  return SERVICES.some(([ports, jails]) => ports.includes(port) && jails.test(jail));
}

/** config/action.d/iptables-ipset.conf: `f2b-sshd`, before 0.10 `fail2ban-sshd`; IPv6 has its own. */
const SET = /^(?:f2b|fail2ban)-(.{1,25}?)6?$/;

interface Ban {
  readonly jail: string;
  readonly address: string;
  readonly at: Citation;
}

function bansOf(view: View): readonly Ban[] {
  const listed = inOrder(ofKind(view.own, 'fail2ban')).flatMap(({ artefact, content }) => {
    const [, typed] = /\bget\s+(\S{1,80})\s+banip\b/.exec(artefact.command ?? '') ?? [];
    return content.bans.map(({ jail, address, line }) => ({
      jail: jail ?? typed ?? '',
      address,
      at: cite(artefact, line),
    }));
  });
  const inSets = ofKind(view.own, 'ipset').flatMap(({ artefact, content }) =>
    content.sets.flatMap(({ name, references, members }) => {
      const [, jail] = SET.exec(name) ?? [];
      // A set that no rule uses keeps nobody out.
      if (jail === undefined || references === 0) return [];
      return members.map(({ address, line }) => ({ jail, address, at: cite(artefact, line) }));
    }),
  );
  return [...listed, ...inSets];
}

function bansIn(view: View): readonly Banned[] {
  const bans = bansOf(view).map((one) => ({ ...one, prefix: prefixOf(one.address) }));
  if (bans.length === 0) return [];
  return [...told(view), ...captured(view)].flatMap((failed): readonly Banned[] => {
    const address = parseAddress(failed.client);
    const { client, target } = failed;
    return bans.flatMap(({ jail, prefix, at }) =>
      address !== undefined &&
      prefix !== undefined &&
      contains(prefix, address) &&
      concerns(jail, failed)
        ? [{ client, target, jail, at: [at, ...failed.at] }]
        : [],
    );
  });
}

function prefixOf(text: string) {
  return parsePrefix(text.includes('/') ? text : `${text}/${text.includes(':') ? 128 : 32}`);
}

/** fail2ban's actions drop, or reject with an error of ICMP, which clients call by these names. */
const OUTCOMES: ReadonlySet<string> = new Set(['timed-out', 'refused', 'no-route', 'unreachable']);

function told(view: View): readonly Failed[] {
  const echoed = ofKind(view.all, 'own-address').flatMap(({ artefact, content }) =>
    content.addresses.map(({ address, line }) => ({
      host: artefact.host,
      address,
      at: cite(artefact, line),
    })),
  );
  const own = [...echoed, ...addressesIn(view.all)];
  return dialledIn(view.all).flatMap((one) => {
    const { artefact, at, server, port, outcome } = one;
    const isOther = artefact.host === null || artefact.host !== view.host;
    if (!isOther || port === null || !OUTCOMES.has(outcome ?? '') || isMended(view, one)) return [];
    const isSsh = artefact.kind === 'ssh-error';
    return own.flatMap((has) =>
      has.host === artefact.host
        ? [{ client: has.address, target: `${server}:${port}`, port, isSsh, at: [at, has.at] }]
        : [],
    );
  });
}

/** The same client got in afterwards. */
function isMended({ all }: View, failed: Dialled): boolean {
  return dialledIn(all).some(
    ({ artefact, at, server, port, isFailed }) =>
      !isFailed &&
      server === failed.server &&
      port === failed.port &&
      artefact.host === failed.artefact.host &&
      artefact.source === failed.artefact.source &&
      at.line > failed.at.line,
  );
}

/** Who was seen to repeat its SYN in vain. */
function captured({ following }: View): readonly Failed[] {
  return unansweredIn(following).flatMap(({ exchange, first, isSentAgain }) => {
    const { protocol, client, server } = exchange;
    if (protocol !== 'tcp' || server.port === null || !isSentAgain) return [];
    const target = `${server.host}:${server.port}`;
    const at = [citation(first)];
    return [{ client: client.host, target, port: server.port, isSsh: false, at }];
  });
}
