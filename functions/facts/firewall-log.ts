import { cite, ofKind } from '../artefacts/evidence.ts';
import { type LoggedPacket, loggedPacketIn, saysRefused } from '../artefacts/logged-packet.ts';
import { unansweredIn } from '../captures/unanswered.ts';
import { addressInName, parseAddress } from '../primitives/address.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { failedAttempts, silentLookups, silentPings } from './failed-attempts.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';

const label = labelsOf(
  refusedHere,
  "this host's kernel log shows no packet that its firewall refused and that somebody missed",
);

/** Whether the firewall of this host logged that it refused what somebody did not get through. */
export const firewallLog = defineJoin({
  question: 'firewall-log',
  needs: ['dmesg'],
  facts: {
    source: label('the source of the packet that was logged', ({ packet }) => packet.source),
    target: label('address and port that it was for, which somebody did not reach', targetOf),
    prefix: label('what the rule writes before it', ({ packet }) => packet.prefix),
  },
});

interface Refused {
  readonly packet: LoggedPacket;
  readonly at: readonly Citation[];
}

function targetOf({ packet: { destination, port } }: Refused): string {
  return port === null ? destination : `${destination}:${port}`;
}

/** Who waited for an answer in vain. */
interface Missed {
  readonly protocol: 'tcp' | 'udp' | 'icmp';
  readonly address: string;
  readonly port: number | null;
  /** Addresses that it may have come from; empty where nothing tells. */
  readonly from: readonly string[];
  readonly at: Citation;
}

function refusedHere(view: View): Refused | undefined {
  const logged = ofKind(view.own, 'dmesg').flatMap(({ artefact, content }) =>
    content.messages.flatMap(({ line, text }) => {
      const packet = loggedPacketIn(text);
      return packet?.isFirst && saysRefused(packet) ? [{ packet, at: cite(artefact, line) }] : [];
    }),
  );
  if (logged.length === 0) return undefined;
  const all = missedIn(view);
  for (const { packet, at } of logged) {
    const missed = all.find((one) => isOf(packet, one));
    if (missed !== undefined) return { packet, at: [at, missed.at] };
  }
  return undefined;
}

function isOf(packet: LoggedPacket, { protocol, address, port, from }: Missed): boolean {
  return (
    packet.protocol === protocol &&
    isSame(packet.destination, address) &&
    (port === null || packet.port === port) &&
    (from.length === 0 || from.some((one) => isSame(one, packet.source)))
  );
}

/** IPv6 addresses are logged with all their zeros. */
function isSame(one: string, other: string): boolean {
  const [a, b] = [parseAddress(one), parseAddress(addressInName(other))];
  return a !== undefined && b !== undefined && a.family === b.family && a.bits === b.bits;
}

function missedIn(view: View): readonly Missed[] {
  const own = addressesIn(view.all);
  const addressesOf = (host: string | null) =>
    host === null ? [] : own.flatMap((one) => (one.host === host ? [one.address] : []));
  const told = [
    ...failedAttempts(view.all, 'timed-out').map((one) => ({ ...one, protocol: 'tcp' as const })),
    ...silentPings(view.all).map((one) => ({ ...one, protocol: 'icmp' as const })),
    ...silentLookups(view.all),
  ].map(({ protocol, address, port, host, at }) => ({
    protocol,
    address,
    port,
    from: addressesOf(host),
    at,
  }));
  const captured = unansweredIn(view.following).flatMap(
    ({ exchange: { protocol, client, server }, first, isSentAgain }): readonly Missed[] => {
      // The next echo is another one; of what is sent once the answer may come after the capture's end.
      if (!isSentAgain && protocol !== 'icmp') return [];
      return [
        {
          protocol: protocol === 'dns' ? 'udp' : protocol,
          address: server.host,
          port: server.port,
          from: [addressInName(client.host)],
          at: citation(first),
        },
      ];
    },
  );
  return [...told, ...captured];
}
