import type { Packet, Tunnel } from '../packet.ts';
import type { Draft } from '../packet-draft.ts';
import { type Cursor, moveAfter, takeNumber } from './cursor.ts';

/**
 * Reads the header of a tunnel (print-vxlan.c, print-otv.c, print-geneve.c, print-gre.c) and stops where the inner packet would begin;
 * undefined when no tunnel header stands here. Port 8472 is Linux's VXLAN, though tcpdump takes it for Cisco's OTV.
 */
export function readTunnel(cursor: Cursor, packet: Draft): Tunnel | undefined {
  const { text, at } = cursor;
  const { port } = packet.destination;
  const isVxlanPort = port === 4789 || port === 8472;
  switch (text.charAt(at)) {
    case 'V':
      return text.startsWith('VXLAN', at) ? vxlan(cursor, 'vni ') : undefined;
    case 'O':
      if (!text.startsWith('OTV, ', at)) return undefined;
      return { ...vxlan(cursor, 'instance '), kind: isVxlanPort ? 'vxlan' : 'otv' };
    case 'G':
      if (text.startsWith('Geneve, ', at)) return geneve(cursor);
      return text.startsWith('GRE', at) ? gre(cursor) : undefined;
    case 'U':
      return isVxlanPort && text.startsWith('UDP, length', at)
        ? { kind: 'vxlan', id: null, inner: null }
        : undefined;
    default:
      return packet.protocol === 'ipip' ? { kind: 'ipip', id: null, inner: null } : undefined;
  }
}

/** Whether the inner packet may follow on the next line; a datagram that was only counted (`-q`) shows none. */
export function awaitsInner({ tunnel, payload }: Packet): boolean {
  return tunnel !== null && tunnel.inner === null && payload === null;
}

function vxlan(cursor: Cursor, label: string): Tunnel {
  moveAfter(cursor, label);
  const id = takeNumber(cursor);
  cursor.at = cursor.text.length;
  return { kind: 'vxlan', id, inner: null };
}

// `Geneve, Flags [C], vni 0xb, options [8 bytes]: IP …`; with -v the inner packet stands on the next line.
function geneve(cursor: Cursor): Tunnel {
  moveAfter(cursor, 'vni 0x');
  const { text, at } = cursor;
  let end = at;
  while (/^[0-9a-f]$/.test(text.charAt(end)) && end - at < 6) end += 1;
  moveAfter(cursor, ': ');
  return {
    kind: 'geneve',
    id: end > at ? Number.parseInt(text.slice(at, end), 16) : null,
    inner: null,
  };
}

// `GREv0, key=0x1, proto TEB (0x6558), length 106: fa:55:… > …`; with -v `GREv0, Flags [none], … length 88` and the next line.
function gre(cursor: Cursor): Tunnel {
  moveAfter(cursor, ': ');
  return { kind: 'gre', id: null, inner: null };
}
