import type { Strength } from './define.ts';
import { bridgePortLines, fdbLine } from './ip-json/bridge.ts';
import { linkLines } from './ip-json/link.ts';
import { neighbourLine } from './ip-json/neighbour.ts';
import { type JsonObject, jsonObjectsIn } from './ip-json/objects.ts';
import { routeLines } from './ip-json/route.ts';
import { ruleLine } from './ip-json/rule.ts';

/** What iproute2 prints with `-j`, by the kind that reads it without. */
type IpKind =
  | 'address'
  | 'bridge-fdb'
  | 'hairpin-mode'
  | 'link'
  | 'neighbour'
  | 'route'
  | 'route-get'
  | 'rule';

/** A line of `ip` without `-j`, and the line that says it, from 1. */
export interface PrintedLine {
  readonly line: number;
  readonly text: string;
}

/** The lines of an output of `ip` as they are, or as it would have printed them without `-j`. */
export function asPrinted(lines: readonly string[]): readonly PrintedLine[] {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  if (!/^\s*(?:\[\s*(?:\{|$)|[{}"\],])/.test(first))
    return lines.map((text, index) => ({ line: index + 1, text }));
  const { objects, lost } = jsonObjectsIn(lines);
  const printed = objects.flatMap((object) => {
    const own = printedOf(object);
    // An object of something else is none of `ip`: its own line is what could not be read.
    const texts = own.length === 0 ? [lines[object.line - 1] ?? ''] : own;
    return texts.map((text): PrintedLine => ({ line: object.line, text }));
  });
  const rest = lost.map((line): PrintedLine => ({ line, text: lines[line - 1] ?? '' }));
  return [...printed, ...rest].sort((a, b) => a.line - b.line);
}

function printedOf(object: JsonObject): readonly string[] {
  const { fields } = object;
  const { state } = fields;
  if ('mac' in fields) return [fdbLine(fields)];
  if ('hairpin' in fields) return bridgePortLines(fields);
  if ('ifname' in fields) return linkLines(fields);
  if ('priority' in fields) return [ruleLine(fields)];
  if ('lladdr' in fields || 'proxy' in fields || Array.isArray(state))
    return [neighbourLine(fields)];
  return routeLines(object);
}

/** Fields that none of the others has: with `-p`, or behind `jq`, each stands on a line of its own. */
const OWN: Readonly<Record<IpKind, RegExp>> = {
  address: /^"addr_info": ?\[/,
  'bridge-fdb': /^"mac": "[\da-f:]{17}"/,
  // `ip -d -j -p link` has the same fields.
  'hairpin-mode': /(?!)/,
  link: /^"linkmode": "[A-Z]+"/,
  neighbour: /^(?:"lladdr": "[\da-f:]{11,59}"|"state": ?\[ ?"[A-Z]{4,10}" ?\])/,
  // A source stands in an answer of `ip route get` too.
  route:
    /^(?:"protocol": "(?:kernel|boot|static|redirect|ra|dhcp|bird|zebra|bgp|ospf|isis|rip|babel|keepalived)"|"nexthops": ?\[|"pref": "(?:low|medium|high)")/,
  'route-get': /^"cache": ?\[/,
  rule: /^"src": "all"/,
};
const LINK_FIELDS =
  'ifindex|link|link_index|link_netnsid|ifname|flags|mtu|qdisc|master|operstate|linkmode|group|txqlen|link_type|address|broadcast|promiscuity|allmulti|min_mtu|max_mtu|linkinfo|info_\\w+|id|local6?|port_range|low|high|port|learning|ttl|df|ageing|udp_\\w+|inet6_\\w+|num_\\w+|[gt]s?ro?_max_\\w+|gso_\\w+|tso_\\w+|gro_\\w+|stats(?:64)?|rx|tx|bytes|packets|errors|dropped|multicast|collisions|\\w+_errors|carrier_changes|altnames|permaddr';
const ROUTE_FIELDS =
  'type|dst|from|tos|gateway|via|family|host|dev|table|protocol|scope|prefsrc|metric|metrics|mtu|advmss|weight|flags|nexthops|nhid|encap|pref|expires|error|uid|iif|cache|features|window|rtt|initcwnd';
/** Any field of a kind: it proves nothing, but it goes on with an output. */
const FIELDS: Readonly<Record<IpKind, RegExp>> = {
  address: fields(
    `${LINK_FIELDS}|addr_info|family|prefixlen|scope|label|dynamic|secondary|temporary|tentative|deprecated|dadfailed|nodad|noprefixroute|mngtmpaddr|valid_life_time|preferred_life_time`,
  ),
  'bridge-fdb': fields(
    'mac|ifname|dst|vlan|port|vni|src_vni|nhid|viaIf|viaIfIndex|linkNetNsId|flags|master|state|used|updated|expiry',
  ),
  'hairpin-mode': fields(
    'ifindex|link|ifname|flags|mtu|master|state|priority|cost|hairpin|guard|root_block|fastleave|learning|flood|mcast_\\w+|bcast_flood|neigh_suppress|vlan_tunnel|isolated|locked|mab|backup_port',
  ),
  link: fields(LINK_FIELDS),
  neighbour: fields('dst|dev|lladdr|state|used|confirmed|updated|probes|ref|router|proxy'),
  route: fields(ROUTE_FIELDS),
  'route-get': fields(ROUTE_FIELDS),
  rule: fields(
    'priority|not|src|srclen|dst|dstlen|fwmark|fwmask|iif|oif|table|goto|action|ipproto|sport|dport|tos|protocol|suppress_\\w+|uid_\\w+|[sd]port_\\w+|l3mdev',
  ),
};
/** Brackets, and what stands alone in a list: a flag, a state. */
const BRACKETS = /^(?:[[\]{},]\s*){1,8}$|^"[A-Za-z][\w-]{1,20}",?$/;
const ANY_FIELD = /^"\w{1,40}": ?\S/;

function fields(names: string): RegExp {
  return new RegExp(String.raw`^"(?:${names})": ?\S`);
}

/** How sure a line in JSON is of being a kind's. */
export function jsonStrength(line: string, kind: IpKind): Strength {
  const text = line.trim();
  const [first, second] = [text.charAt(0), text.charAt(1)];
  if (first !== '[' && first !== '{' && first !== '"' && first !== '}' && first !== ']')
    return 'none';
  if (first !== '"' && /^(?:\[ ?)?\{ ?"/.test(text) && text.length > 12)
    return compactKind(text) === kind ? 'strong' : 'none';
  if (second === '' || BRACKETS.test(text)) return 'weak';
  if (first !== '"' || text.length > 300) return 'none';
  return OWN[kind].test(text) ? 'strong' : FIELDS[kind].test(text) ? 'weak' : 'none';
}

/** Whether a line in JSON may stand inside an output of `ip`: a detail that is not read. */
export function isJsonField(line: string): boolean {
  const text = line.trim();
  return text.length < 300 && ANY_FIELD.test(text);
}

/** A whole list, or one object of it, on one line: which kind the first object is of. */
function compactKind(text: string): IpKind | undefined {
  const has = (name: string) => text.includes(`"${name}":`);
  if (/^\[? ?\{ ?"mac": ?"[\da-f:]{17}"/.test(text) && has('ifname')) return 'bridge-fdb';
  if (has('hairpin') && has('guard') && !has('operstate')) return 'hairpin-mode';
  if (/^\[? ?\{ ?"(?:ifindex|link|ifname)":/.test(text) && has('ifname') && has('operstate'))
    return has('addr_info') ? 'address' : 'link';
  if (/^\[? ?\{ ?"priority":\d/.test(text)) return has('src') ? 'rule' : undefined;
  if (!/^\[? ?\{ ?"(?:type|dst)": ?"/.test(text) || !has('dst')) return undefined;
  if (has('lladdr') || has('proxy') || /"state": ?\[ ?"[A-Z]{4,10}"/.test(text)) return 'neighbour';
  if (has('cache')) return 'route-get';
  return has('flags') || has('gateway') || has('dev') ? 'route' : undefined;
}
