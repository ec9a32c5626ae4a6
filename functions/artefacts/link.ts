import { ASCII, defineArtefact, found, type Local, missing, type Strength } from './define.ts';
import { isJsonField, jsonStrength } from './ip-json.ts';
import { parseInterfaceTable, tableLine } from './link/interface-table.ts';
import { BRIEF, HEADER, isPart, LAYER, type Links, parseLinks, VXLAN } from './links.ts';

/**
 * `ip link` with `-d`, `-s`, `-s -s`, `-o` or `-br`, iproute2 since 3.x and BusyBox; print_linkinfo of ip/ipaddress.c.
 * `netstat -i` and the JSON of `ip -j` are read as the same devices.
 */
export const link = defineArtefact({
  kind: 'link',
  title: 'ip -d link',
  ask: 'ip -d -s link',
  hint: /\bip(?:\s+-(?:n|netns|f|family)\s+[^\s-]\S*|\s+-\S+){0,6}\s+l(?:i|in|ink)?(?:\s+(?:s|sh|sho|show|l|ls|list|dev|up|type|master)\b|\s*(?:$|[|;&>]))|\b(?:netstat\s+-[a-z]*i|ifconfig\s+-s)\b/,
  first: ASCII,
  recognise,
  continues: (line) =>
    isPart(line.trim()) || tableLine(line.trim()) !== undefined || isJsonField(line),
  // A second listing, of another host, starts again with the loopback.
  begins: (line) => /^\s*1: lo: /.test(line) || tableLine(line.trim()) === 'head',
  parse: (lines) => {
    const isTable = lines.some((line) => /^(?:head|row)$/.test(tableLine(line.trim()) ?? ''));
    return isTable ? parseInterfaceTable(lines) : parseLinks(lines);
  },
  size: ({ links }) => ({ count: links.length, unit: 'interfaces' }),
  place: ({ links }) => {
    const [only] = links;
    return only === undefined || links.length > 1 ? {} : { interface: only.name };
  },
  facts: {
    vxlanPort: {
      type: 'count',
      is: 'UDP port that VXLAN packets are sent to',
      of: vxlanNumber('dstport'),
    },
    vxlanId: { type: 'count', is: 'VXLAN network identifier', of: vxlanNumber('id') },
    mtu: { type: 'count', is: 'MTU in bytes, when one link is shown', of: mtu },
    devices: { type: 'list', is: 'names of the links shown', of: devices },
  },
});

// `ip addr` prints the same first line but for `mode`, which only `ip link` asks for.
function recognise(line: string): Strength {
  const text = line.trim();
  if (HEADER.test(text)) return /\smode [A-Z]+(?:\s|\\|$)/.test(text) ? 'strong' : 'weak';
  const row = tableLine(text);
  if (BRIEF.test(text) || row === 'head' || row === 'row') return 'strong';
  if (VXLAN.test(text) || LAYER.test(text) || /^[RT]X:\s+bytes\s+packets\s/.test(text))
    return 'weak';
  return jsonStrength(text, 'link');
}

function vxlanNumber(field: 'dstport' | 'id') {
  return ({ links }: Links): Local<number> => {
    const details = links.flatMap(({ vxlan }) => vxlan ?? []);
    const values = new Set(
      details.map((detail) => detail[field]).filter((value) => value !== null),
    );
    const [value] = values;
    if (value === undefined) return missing('no VXLAN detail was pasted');
    if (values.size > 1) return missing('several VXLAN devices differ');
    return found(
      value,
      details.map(({ line }) => line),
    );
  };
}

function mtu({ links }: Links): Local<number> {
  const [only] = links;
  if (only === undefined || links.length > 1) return missing('several links were pasted');
  return only.mtu === null ? missing('the MTU was not shown') : found(only.mtu, [only.line]);
}

function devices({ links }: Links): Local<readonly string[]> {
  const named = links.filter(({ name }) => name !== '');
  if (named.length === 0) return missing('no link is named');
  return found(
    named.map(({ name }) => name),
    named.map(({ line }) => line),
  );
}
