import type { Flow, Tuple } from '../artefacts/conntrack-table/read.ts';
import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { sightedAt } from '../captures/exchanges.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { type Backends, backendsOf, endpointsWith } from './backends.ts';
import { dnsBackends } from './cluster-dns.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { citation } from './loss.ts';
import { inOrder } from './order.ts';

/**
 * Whether conntrack sends packets to where no backend is any more. An entry keeps its translation as long as packets keep
 * it alive, whatever the rules say meanwhile (nf_nat_core.c: nf_nat_inet_fn asks the rules for new entries only).
 */
export const staleFlows = defineJoin({
  question: 'stale-flows',
  needs: ['conntrack-table', 'kubectl', 'iptables'],
  facts: {
    client: label('the client whose entry is stale, with its port', ({ flow }) =>
      nameOf(flow.original.source, flow.original.sport),
    ),
    service: label('the Service that it asks', ({ flow }) =>
      nameOf(flow.original.destination, flow.original.dport),
    ),
    sentTo: label('where the entry sends its packets', ({ flow }) => flow.reply.source),
    refreshed: {
      type: 'flag',
      is: 'between two listings the entry got more time: packets keep it alive',
      of: (view) => flag(view, ({ again }) => again),
    },
    runningOut: {
      type: 'flag',
      is: 'between two listings the entry lost time: nothing keeps it alive',
      of: (view) => flag(view, ({ ebbing }) => ebbing),
    },
    askedInVain: {
      type: 'flag',
      is: 'a capture shows the client asking from that port and getting no answer',
      of: (view) => flag(view, ({ asked }) => asked),
    },
    unreplied: {
      type: 'flag',
      is: 'nothing has ever come back by the entry',
      of: (view) => flag(view, ({ flow, at }) => (flow.unreplied ? at.slice(0, 1) : [])),
    },
  },
});

interface Stale {
  readonly flow: Flow;
  readonly at: readonly Citation[];
  readonly again: readonly Citation[];
  readonly ebbing: readonly Citation[];
  readonly asked: readonly Citation[];
}

function label(is: string, of: (stale: Stale) => string): JoinedFact {
  return {
    type: 'label',
    is,
    of: (view) => {
      const stale = staleAt(view);
      return stale === undefined ? none() : known(of(stale), stale.at);
    },
  };
}

function flag(view: View, lines: (stale: Stale) => readonly Citation[]): Reading<boolean> {
  const stale = staleAt(view);
  const at = stale === undefined ? [] : lines(stale);
  return at.length === 0 ? none() : known(true, at);
}

function none(): Reading<never> {
  return unknown('no entry of a Service without such a backend is shown');
}

interface ShownFlow {
  readonly flow: Flow;
  readonly table: Table;
}

/** Two lines for one entry: it was refreshed in between, or it runs out. */
function keptAlive(
  before: ShownFlow | undefined,
  after: ShownFlow,
): Pick<Stale, 'again' | 'ebbing'> {
  if (before === undefined) return { again: [], ebbing: [] };
  const at = [before, after].map(({ flow, table }) => cite(table.artefact, flow.line));
  return isRefreshed(before, after) ? { again: at, ebbing: [] } : { again: [], ebbing: at };
}

/** More time left than before, or more than what the command's own `sleep` has left of it. */
function isRefreshed(before: ShownFlow, after: ShownFlow): boolean {
  const [left, was] = [after.flow.secondsLeft, before.flow.secondsLeft];
  if (left === null || was === null) return false;
  const slept = /\bsleep (\d{1,4})\b/.exec(after.table.artefact.command ?? '')?.[1];
  const passed = after.table === before.table || slept === undefined ? 0 : Number(slept) - 1;
  return left > was - Math.max(0, passed);
}

const MOST_FLOWS = 20_000;
const MOST_STALE = 200;
const views = new WeakMap<View, Stale | null>();

/** The entry that most speaks for itself: asked in vain, kept alive, running out, any. */
function staleAt(view: View): Stale | undefined {
  const kept = views.get(view);
  if (kept !== undefined) return kept ?? undefined;
  const all = stalesOf(view);
  const best =
    all.find(({ asked }) => asked.length > 0) ??
    all.find(({ again }) => again.length > 0) ??
    all.find(({ ebbing }) => ebbing.length > 0) ??
    all[0];
  views.set(view, best ?? null);
  return best;
}

type Table = Evidence<'conntrack-table'>;

function stalesOf(view: View): readonly Stale[] {
  const tables = inOrder(ofKind(view.own, 'conntrack-table'));
  const flows = tables
    .flatMap((table) => table.content.flows.map((flow) => ({ flow, table })))
    .filter(({ flow }) => flow.protocol === 'udp' && flow.event === null)
    .slice(0, MOST_FLOWS);
  const known = new Map<string, Backends | undefined>();
  const seen = new Map<string, ShownFlow>();
  const stales: Stale[] = [];
  for (const { flow, table } of flows) {
    const { original } = flow;
    if (original.dport === null || original.sport === null) continue;
    const service = nameOf(original.destination, original.dport);
    if (!known.has(service)) known.set(service, backends(view, original, flows));
    const backing = known.get(service);
    if (backing === undefined || isLive(view, flow, backing)) continue;
    if (stales.length === MOST_STALE) break;
    const key = keyOf(flow);
    const before = seen.get(key);
    seen.set(key, { flow, table });
    const own = cite(table.artefact, flow.line);
    stales.push({
      flow,
      at: [own, ...backing.at.slice(0, 2)],
      ...keptAlive(before, { flow, table }),
      asked: askedInVain(view, original),
    });
  }
  return stales;
}

function backends(
  view: View,
  { destination: address, dport }: Tuple,
  flows: readonly { readonly flow: Flow }[],
): Backends | undefined {
  const own = backendsOf(view, { protocol: 'udp', address, port: dport ?? 0 });
  if (own !== undefined) return own.addresses.size === 0 ? undefined : own;
  // Where no output joins the Service's address with its endpoints, another flow to it does: it goes to one of them.
  for (const { flow } of flows) {
    const { original, reply } = flow;
    if (original.destination !== address || original.dport !== dport || reply.source === address)
      continue;
    const [listed, rival] = endpointsWith(view, reply.source);
    if (listed !== undefined && rival === undefined) return listed;
  }
  return isOnlyDnsService({ address, dport }, flows) ? dnsBackends(view) : undefined;
}

/** Whether whatever is translated on its way to port 53 asks this one address: then it is the DNS Service's. */
function isOnlyDnsService(
  { address, dport }: { readonly address: string; readonly dport: number | null },
  flows: readonly { readonly flow: Flow }[],
): boolean {
  return (
    dport === 53 &&
    flows.every(({ flow: { original, reply } }) => {
      const isTranslated = reply.source !== original.destination;
      return original.dport !== 53 || isTranslated === (original.destination === address);
    })
  );
}

/** What goes to the Service's own address has met no rule: in IPVS mode that is how it should be. */
function isLive({ own }: View, { original, reply }: Flow, { addresses }: Backends): boolean {
  const isPlain = reply.source === original.destination;
  return addresses.has(reply.source) || (isPlain && ofKind(own, 'ipvsadm').length > 0);
}

function askedInVain({ following }: View, { source, sport }: Tuple): readonly Citation[] {
  const own = following.unsettled.filter(
    ({ client, protocol }) => protocol === 'dns' && client.host === source && client.port === sport,
  );
  const silent = own.filter((one) =>
    sightedAt(one).every(({ responses }) => responses.length === 0),
  );
  if (silent.length < 2 || silent.length < own.length) return [];
  return silent
    .flatMap((one) => sightedAt(one).flatMap(({ requests }) => requests.slice(0, 1)))
    .slice(0, 2)
    .map(citation);
}

function keyOf({ original, reply, zone }: Flow): string {
  const { source, destination, sport, dport } = original;
  return `${source} ${sport} ${destination} ${dport} ${reply.source} ${zone}`;
}

function nameOf(address: string, port: number | null): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port ?? '?'}`;
}
