/** An element of a map of kube-proxy: what becomes of packets to a port of an address; without an address, of a node's own. */
export interface MapVerdict {
  readonly line: number;
  /** Null where the head of the map is cut off. */
  readonly map: string | null;
  readonly address: string | null;
  readonly protocol: string;
  readonly port: number;
  /** `drop`, or the chain that it goes to: `reject-chain`, `service-ULMVA6XW-shop/cart/tcp/http`. */
  readonly verdict: string;
  /** `shop/cart:http`. */
  readonly comment: string | null;
}

/**
 * `10.96.0.10 . udp . 53 comment "kube-system/kube-dns:dns" : goto reject-chain`, `tcp . 30080 : drop`
 * (pkg/proxy/nftables/proxier.go, no-endpoint-services, no-endpoint-nodeports, service-ips, service-nodeports).
 */
const ELEMENT =
  /(?:^|\{ |,\s?)(?:([\da-fA-F.:]{2,45}) \. )?(tcp|udp|sctp|6|17|132) \. (\d{1,5})(?: comment "([^"]{0,300})")? : (?:goto ([^\s,]{1,256})|(drop))(?=,|\s|$)/g;

const PROTOCOLS: ReadonlyMap<string, string> = new Map([
  ['6', 'tcp'],
  ['17', 'udp'],
  ['132', 'sctp'],
]);

/** The elements that stand on one line; nft breaks the line after each. */
export function mapVerdicts(text: string, line: number, map: string | null): readonly MapVerdict[] {
  if (!text.includes(' : ')) return [];
  return [...text.matchAll(ELEMENT)].map(
    ([, address = null, protocol = '', port, comment = null, chain, drop = '']) => ({
      line,
      map,
      address,
      protocol: PROTOCOLS.get(protocol) ?? protocol,
      port: Number(port),
      verdict: chain ?? drop,
      comment,
    }),
  );
}
