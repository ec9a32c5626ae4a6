import { ASCII, defineArtefact, type Strength } from './define.ts';

/** One end of a flow: what Kubernetes calls it, its address and port, as far as they are printed. */
export interface FlowEnd {
  /** `shop/cart-7d9c6b5f4-x8k2m`; null where only an address is printed. */
  readonly name: string | null;
  readonly address: string | null;
  readonly port: number | null;
  /** Cilium's own name for what is no pod: `world`, `host`, `kube-apiserver`, `remote-node`; null for pods. */
  readonly reserved: string | null;
}

/** What Cilium did with one packet. */
export interface CiliumFlow {
  readonly line: number;
  readonly source: FlowEnd;
  readonly destination: FlowEnd;
  /** `udp`, `tcp` … in small letters; null where none is printed. */
  readonly protocol: string | null;
  /** A policy refused it; null: what became of it is another thing, or nothing is said. */
  readonly verdict: 'denied' | 'passed' | null;
}

/** A pod's or node's name with its port, an address with its port; `(ID:28411)`, `(world)` tell what stands behind. */
const END = String.raw`(?:(?<A_name>[a-z0-9.-]{1,63}/[A-Za-z0-9.-]{1,253})|(?<A_address>[\d.]{7,15}|\[?[\da-f:]{3,39}\]?)|[A-Za-z0-9.-]{1,253})(?::(?<A_port>\d{1,5}))?(?:\([^)]{0,80}\))? \((?:ID:\d{1,10}|(?<A_reserved>[a-z-]{1,30})(?:, ?[^)]{0,200})?)\)`;
const end = (letter: string) => END.replaceAll('A_', `${letter}_`);
/** `hubble observe` in its compact form (cilium/hubble pkg/printer). */
const HUBBLE = new RegExp(
  String.raw`^(?:[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d\.\d{1,9}: )?(?:\[[\w.-]{1,80}\]: )?${end('from')} (?:->|<-|<>) ${end('to')} (?<event>\S.{0,300})$`,
);
/** `cilium monitor -t drop` (cilium/cilium pkg/monitor/datapath_drop.go). */
const MONITOR =
  /^xx drop \((?<reason>[^)]{1,80})\)(?:, [^,]{0,80})?(?: flow 0x[\da-f]{1,16})? to endpoint \d{1,6},(?: ifindex \S{1,20},)?(?: file \S{1,80}:\d{1,6},)?[^:]{0,60}?identity (?<from>[\w:.-]{1,60})->(?<to>[\w:.-]{1,60}): (?<source>[\d.]{7,15}|\[[\da-f:]{2,39}\]):(?<sourcePort>\d{1,5}) -> (?<target>[\d.]{7,15}|\[[\da-f:]{2,39}\]):(?<targetPort>\d{1,5}) (?<protocol>\w{1,10})/;
/** `cilium monitor -t policy-verdict` (datapath_policy.go). */
const VERDICT =
  /^Policy verdict log: flow 0x[\da-f]{1,16} .{0,200}?\bremote ID (?<to>[\w:.-]{1,60}), .{0,120}?\baction (?<action>\w{1,20}),.{0,120}?, (?<source>[\d.]{7,15}|\[[\da-f:]{2,39}\]):(?<sourcePort>\d{1,5}) -> (?<target>[\d.]{7,15}|\[[\da-f:]{2,39}\]):(?<targetPort>\d{1,5}) (?<protocol>\w{1,10})/;
/** What both print around the flows, and Cilium's other events. */
const FURNITURE =
  /^(?:Listening for events on \d|Press Ctrl-C to quit|EVENTS LOST: |CPU \d+: |level=|time=|(?:->|<-) (?:endpoint|stack|overlay|network|host|proxy|container)\b|Policy verdict log: |xx drop \()/;
const LONGEST = 600;

/** Cilium's record of packets and of what its policies said to them. */
export const hubbleObserve = defineArtefact({
  kind: 'hubble-observe',
  title: 'hubble observe, cilium monitor',
  ask: 'hubble observe --namespace NAMESPACE --verdict DROPPED --last 20',
  hint: /\bhubble\s+observe\b|\bcilium(?:-dbg)?\s+monitor\b/,
  first: ASCII,
  anywhere: true,
  recognise,
  continues: (line) => FURNITURE.test(line.trim()),
  parse,
  size: ({ flows }) => ({ count: flows.length, unit: 'packets' }),
  facts: {},
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.length > LONGEST || !/ -> | <> | <- |->/.test(text)) return 'none';
  return flowOf(text, 0) === undefined ? 'none' : 'strong';
}

function parse(lines: readonly string[]) {
  const flows: CiliumFlow[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const flow = text.length > LONGEST ? undefined : flowOf(text, index + 1);
    if (flow !== undefined) flows.push(flow);
    else if (!FURNITURE.test(text)) unread.push(index + 1);
  }
  return flows.length === 0 ? undefined : { content: { flows }, unread };
}

function flowOf(text: string, line: number): CiliumFlow | undefined {
  if (text.startsWith('xx drop')) return monitored(MONITOR.exec(text)?.groups, line);
  if (text.startsWith('Policy verdict log')) return monitored(VERDICT.exec(text)?.groups, line);
  const groups = HUBBLE.exec(text)?.groups;
  if (groups === undefined) return undefined;
  const event = groups.event ?? '';
  return {
    line,
    source: endOf(groups, 'from'),
    destination: endOf(groups, 'to'),
    protocol: /\((UDP|TCP|SCTP|ICMPv[46])\b/.exec(event)?.[1]?.toLowerCase() ?? null,
    verdict: verdictOf(event),
  };
}

type Groups = Readonly<Record<string, string | undefined>>;

function monitored(groups: Groups | undefined, line: number): CiliumFlow | undefined {
  if (groups === undefined) return undefined;
  const { reason, action, from, to, source, sourcePort, target, targetPort, protocol } = groups;
  const isDenied = action === 'deny' || /^Policy denied/i.test(reason ?? '');
  return {
    line,
    source: byAddress(source, sourcePort, from),
    destination: byAddress(target, targetPort, to),
    protocol: protocol?.toLowerCase() ?? null,
    verdict: isDenied ? 'denied' : action === 'allow' ? 'passed' : null,
  };
}

/** Identities that stand for no pod (cilium/cilium pkg/identity/numericidentity.go). */
const RESERVED: Readonly<Record<string, string>> = {
  1: 'host',
  2: 'world',
  6: 'remote-node',
  7: 'kube-apiserver',
};

function byAddress(address = '', port = '', identity = ''): FlowEnd {
  const reserved = RESERVED[identity] ?? (/^\d*$/.test(identity) ? null : identity);
  return { name: null, address: address.replace(/^\[|\]$/g, ''), port: Number(port), reserved };
}

function endOf(groups: Groups, letter: 'from' | 'to'): FlowEnd {
  const port = groups[`${letter}_port`];
  return {
    name: groups[`${letter}_name`] ?? null,
    address: groups[`${letter}_address`]?.replace(/^\[|\]$/g, '') ?? null,
    port: port === undefined ? null : Number(port),
    reserved: groups[`${letter}_reserved`] ?? null,
  };
}

/** `policy-verdict:none EGRESS DENIED (UDP)`, `Policy denied DROPPED (UDP)`, `to-endpoint FORWARDED (UDP)`. */
function verdictOf(event: string): CiliumFlow['verdict'] {
  if (/^policy-verdict:\S+ (?:\w+ )?DENIED\b|^Policy denied\b.* DROPPED\b/.test(event))
    return 'denied';
  return /\b(?:FORWARDED|ALLOWED|REDIRECTED)\b/.test(event) ? 'passed' : null;
}
