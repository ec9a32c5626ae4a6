import { type ContentOf, cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Citation } from '../primitives/reading.ts';
import { defineJoin, labelsOf, type View } from './define.ts';
import { type Asked, askedIn, isAnswer, isClusterName, isReverseName } from './lookups/asked.ts';
import { inOrder } from './order.ts';

const NONE = 'no Corefile is shown beside a lookup that its server cannot answer';
const failed = labelsOf((view) => unservedIn(view, 'servfail'), NONE);
const refused = labelsOf((view) => unservedIn(view, 'refused'), NONE);

/**
 * Whether a server has nothing in its Corefile that could answer a name. Where the block of the name has no plugin for it, the
 * last one says SERVFAIL (plugin/plugin.go, NextOrFailure); where no block is for it, the server says REFUSED
 * (core/dnsserver/server.go, ServeDNS).
 */
export const unforwarded = defineJoin({
  question: 'unforwarded',
  needs: ['corefile', 'dig'],
  facts: {
    failedName: failed(
      'a name outside the cluster that got SERVFAIL from the server that answers names of the cluster, and for which no plugin of its Corefile is',
      ({ name }) => name,
    ),
    failedServer: failed('that server', ({ server }) => server),
    failedBlock: failed('the block of the Corefile that the name belongs to', ({ block }) => block),
    refusedName: refused(
      'a name outside the cluster that the server refuses that answers names of the cluster, and for which no block of its Corefile is',
      ({ name }) => name,
    ),
    refusedServer: refused('that server', ({ server }) => server),
    refusedZones: refused('the zones that its Corefile has', ({ block }) => block),
  },
});

interface Unserved {
  readonly name: string;
  readonly server: string;
  readonly block: string;
  readonly at: readonly Citation[];
}

type Block = ContentOf<'corefile'>['blocks'][number];

function unservedIn(view: View, outcome: 'servfail' | 'refused'): Unserved | undefined {
  const file = inOrder(ofKind(view.all, 'corefile')).findLast(isOfCluster);
  if (file === undefined) return undefined;
  const lookups = askedIn(view.own);
  for (const asked of lookups) {
    const { name, server, at } = asked;
    if (asked.outcome !== outcome || name === null || server === null) continue;
    if (isClusterName(name) || isReverseName(name) || !name.includes('.')) continue;
    const answered = lookups.find((one) => isAnswered(one, server));
    if (answered === undefined || lookups.some((one) => isMended(one, asked))) continue;
    const found = outcome === 'servfail' ? emptyBlock(file, name) : noBlock(file, name);
    if (found === undefined) continue;
    const lines = [...at.slice(0, 1), ...found.at, ...answered.at.slice(0, 1)];
    return { name, server, block: found.told, at: lines };
  }
  return undefined;
}

/** The whole file of the cluster's own server: a cache on the nodes forwards all. */
function isOfCluster({ artefact, content, truncated }: Evidence<'corefile'>): boolean {
  const names = content.blocks.flatMap(({ plugins }) => plugins.map(({ name }) => name));
  return (
    !truncated &&
    !/\|/.test(artefact.command ?? '') &&
    names.includes('kubernetes') &&
    !names.includes('import') &&
    content.blocks.every(({ keys }) => keys.length > 0)
  );
}

/** The same server knows the cluster: it is the one of that file. */
function isAnswered({ name, server, outcome }: Asked, by: string): boolean {
  return server === by && isClusterName(name) && outcome === 'answered';
}

function isMended(one: Asked, failure: Asked): boolean {
  return (
    one.name === failure.name &&
    one.server === failure.server &&
    isAnswer(one) &&
    one.outcome !== failure.outcome
  );
}

interface Found {
  readonly told: string;
  readonly at: readonly Citation[];
}

/** Plugins that answer no name of other zones by themselves, nor turn one name into another (plugin/*\/README.md). */
const SILENT: ReadonlySet<string> = new Set(
  (
    'errors log health ready prometheus cache loop reload loadbalance debug pprof bind bufsize metadata kubernetes autopath ' +
    'minimal nsid trace dnstap any header local cancel timeouts multisocket chaos root shed'
  ).split(' '),
);

/** The block with the longest zone that the name lies in, if nothing in it is for the name. */
function emptyBlock({ artefact, content }: Evidence<'corefile'>, name: string): Found | undefined {
  const [block] = content.blocks
    .filter((one) => zoneLength(one, name) >= 0)
    .toSorted((a, b) => zoneLength(b, name) - zoneLength(a, name));
  if (block === undefined || !block.plugins.every((plugin) => SILENT.has(plugin.name)))
    return undefined;
  const kubernetes = block.plugins.filter((plugin) => plugin.name === 'kubernetes');
  if (kubernetes.some(({ args }) => args.some((zone) => isIn(name, zone)))) return undefined;
  const lines = [block.line, ...kubernetes.map(({ line }) => line)];
  return { told: block.keys.join(' '), at: lines.map((line) => cite(artefact, line)) };
}

function noBlock({ artefact, content }: Evidence<'corefile'>, name: string): Found | undefined {
  const { blocks } = content;
  if (blocks.some((one) => zoneLength(one, name) >= 0)) return undefined;
  return {
    told: blocks.flatMap(({ keys }) => keys.map(zoneOf)).join(', '),
    at: blocks.slice(0, 3).map(({ line }) => cite(artefact, line)),
  };
}

/** How long the longest zone of the block is that the name lies in; -1 where none is. */
function zoneLength({ keys }: Block, name: string): number {
  return Math.max(-1, ...keys.map(zoneOf).map((zone) => (isIn(name, zone) ? zone.length : -1)));
}

/** `cluster.local` of `dns://cluster.local.:1053`; the root is `.`. */
function zoneOf(key: string): string {
  const bare = key.replace(/^[a-z]{3,6}:\/\//, '').replace(/:\d{1,5}$/, '');
  return bare === '.' || bare === '' ? '.' : bare.replace(/\.$/, '').toLowerCase();
}

function isIn(name: string, zone: string): boolean {
  const bare = zoneOf(zone);
  return bare === '.' || name === bare || name.endsWith(`.${bare}`);
}
