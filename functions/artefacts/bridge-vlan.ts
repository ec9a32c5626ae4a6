import { defineArtefact, type Parsed, type Strength } from './define.ts';

/** VLANs of a port of a bridge, or of the bridge itself. */
interface PortVlan {
  readonly line: number;
  readonly port: string;
  /** The first and the last one: several stand as `10-20` with `-compressvlans`. */
  readonly first: number;
  readonly last: number;
  /** Frames that come without a tag are put into it. */
  readonly pvid: boolean;
  /** Its frames leave without a tag. */
  readonly untagged: boolean;
}

interface BridgeVlans {
  readonly vlans: readonly PortVlan[];
  /** Every port that is named, those without any VLAN too. */
  readonly ports: readonly string[];
}

/**
 * `bridge vlan show` (iproute2 bridge/vlan.c): `eth0  1 PVID Egress Untagged`, further ones of a port below it; older ones put
 * tabs before the numbers and write `None` for a port without any.
 */
export const bridgeVlan = defineArtefact({
  kind: 'bridge-vlan',
  title: 'bridge vlan show',
  ask: 'bridge vlan show',
  hint: /\bbridge\s+(?:-\w+\s+){0,4}vlan\b/,
  recognise,
  continues: (line) => ROW.test(line) || DETAIL.test(line.trim()),
  begins: (line) => HEAD.test(line.trim()),
  parse,
  size: ({ ports }) => ({ count: ports.length, unit: 'interfaces' }),
  facts: {},
});

const HEAD = /^port\s+vlan(?:-id| ids)$/;
const ROW = /^(\S{1,15})?\s{1,30}(?:(\d{1,4})(?:-(\d{1,4}))?( PVID)?( Egress Untagged)?|None)\s*$/;
/** What `-s` and `-d` add below. */
const DETAIL = /^(?:[RT]X: \d+ bytes \d+ packets|state \w+ mcast_router \d|mcast_\w+ \d)/;

function recognise(line: string): Strength {
  if (HEAD.test(line.trim())) return 'strong';
  const [, , , , pvid, untagged] = ROW.exec(line) ?? [];
  return pvid === undefined && untagged === undefined ? 'none' : 'strong';
}

function parse(lines: readonly string[]): Parsed<BridgeVlans> | undefined {
  const vlans: PortVlan[] = [];
  const ports = new Set<string>();
  const unread: number[] = [];
  let port: string | undefined;
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text === '' || HEAD.test(text) || (port !== undefined && DETAIL.test(text))) continue;
    const [row, name, first, last, pvid, untagged] = ROW.exec(line) ?? [];
    port = name ?? port;
    if (row === undefined || port === undefined) {
      unread.push(index + 1);
      continue;
    }
    ports.add(port);
    if (first === undefined) continue;
    vlans.push({
      line: index + 1,
      port,
      first: Number(first),
      last: Number(last ?? first),
      pvid: pvid !== undefined,
      untagged: untagged !== undefined,
    });
  }
  return ports.size === 0 ? undefined : { content: { vlans, ports: [...ports] }, unread };
}
