import { type ContentOf, cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import { parseAddress, scopeOf } from '../primitives/address.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type JoinedFact, type View } from './define.ts';
import { inOrder } from './order.ts';

type Block = ContentOf<'corefile'>['blocks'][number];

/** Where a DNS server's configuration sends the questions that it does not answer itself. */
export const dnsForward = defineJoin({
  question: 'dns-forward',
  needs: ['corefile'],
  facts: {
    loopbackUpstream: about(
      'a loopback address that a block forwards to, and on which the same block listens',
      ({ upstream, isBound }) => isLoopback(upstream.address) && !isBound,
    ),
    ownUpstream: about(
      'an address that a block forwards to and binds itself',
      ({ isBound }) => isBound,
    ),
    nodeFileIsLoopback: {
      type: 'flag',
      is: 'a resolv.conf that is not of an ordinary pod names loopback addresses only',
      of: nodeFileIsLoopback,
    },
  },
});

/** One address behind `forward`, in a block that serves its port. */
interface Forwarded {
  readonly upstream: Upstream;
  /** A `bind` of the same block names it. */
  readonly isBound: boolean;
  readonly at: readonly Citation[];
}

interface Upstream {
  readonly address: string;
  readonly port: number;
}

function about(is: string, isWanted: (one: Forwarded) => boolean): JoinedFact {
  const of = (view: View): Reading<string> => {
    const files = inOrder(ofKind(view.own, 'corefile'));
    if (files.length === 0) return unknown('not pasted');
    const found = files.flatMap(toItself).find(isWanted);
    return found === undefined
      ? unknown('no block shows it')
      : known(found.upstream.address, found.at);
  };
  return { type: 'label', is, of };
}

/** Upstreams to which the block that names them listens itself: all addresses, or those of its `bind`. */
function toItself({ artefact, content }: Evidence<'corefile'>): readonly Forwarded[] {
  return content.blocks.flatMap((block) => {
    const binds = block.plugins.filter(({ name }) => name === 'bind');
    const bound = new Set(binds.flatMap(({ args }) => args));
    const listens = portsOf(block);
    return block.plugins
      .filter(({ name }) => name === 'forward' || name === 'proxy')
      .flatMap((forward) =>
        forward.args.slice(1).flatMap((text): readonly Forwarded[] => {
          const upstream = upstreamOf(text);
          if (upstream === undefined || !listens.has(upstream.port)) return [];
          const isBound = bound.has(upstream.address);
          if (bound.size > 0 && !isBound) return [];
          const own = binds.find(({ args }) => args.includes(upstream.address));
          const lines = [...(own === undefined ? [] : [own.line]), forward.line];
          return [{ upstream, isBound, at: lines.map((line) => cite(artefact, line)) }];
        }),
      );
  });
}

/** The ports of plain DNS that a block serves; 53 unless its key says otherwise. */
function portsOf({ keys }: Block): ReadonlySet<number> {
  const plain = keys.filter((key) => !/^(?:tls|https|grpc|quic):\/\//.test(key));
  return new Set(plain.map((key) => Number(/:(\d{1,5})$/.exec(key)?.[1] ?? 53)));
}

/** Reads `192.0.2.53`, `dns://192.0.2.53:5353`, `[2001:db8::53]:53`; undefined for a file, a name, another protocol. */
function upstreamOf(text: string): Upstream | undefined {
  const bare = text.replace(/^dns:\/\//, '');
  const [, bracketed, host = bare, port] =
    /^(?:\[([^\]]{2,50})\]|((?:\d{1,3}\.){3}\d{1,3}))(?::(\d{1,5}))?$/.exec(bare) ?? [];
  const address = bracketed ?? host;
  return parseAddress(address) === undefined ? undefined : { address, port: Number(port ?? 53) };
}

function isLoopback(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && scopeOf(address) === 'loopback';
}

/** systemd-resolved's stub file names 127.0.0.53 alone (resolvectl, `resolv.conf mode`). */
function stubOf(all: View['all']): Reading<boolean> {
  for (const { artefact, content } of ofKind(all, 'resolvectl')) {
    const mode = content.settings.find(({ name }) => name === 'resolv.conf mode');
    if (mode !== undefined) return known(mode.values[0] === 'stub', [cite(artefact, mode.line)]);
  }
  return unknown('no resolv.conf of a node was pasted');
}

/** The server's own file is the node's, handed over by kubelet: an ordinary pod's names the cluster's server. */
function nodeFileIsLoopback({ all }: View): Reading<boolean> {
  const files = ofKind(all, 'resolv-conf').filter(
    ({ content }) =>
      content.nameservers.length > 0 &&
      !content.search?.domains.some((one) => /(?:^|\.)svc\./.test(one)),
  );
  const [file] = files.filter(({ content }) =>
    content.nameservers.every(({ address }) => isLoopback(address)),
  );
  const lines = (file ?? files[0])?.content.nameservers.map(({ line }) => line) ?? [];
  const { artefact } = file ?? files[0] ?? {};
  if (artefact === undefined) return stubOf(all);
  return known(
    file !== undefined,
    lines.map((line) => cite(artefact, line)),
  );
}
