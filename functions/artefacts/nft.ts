import { ASCII, defineArtefact, found, missing, type Strength } from './define.ts';
import { beginsNftJson } from './nft/json.ts';
import { BASE, CHAIN, parseNft, SET, TABLE, WARNING } from './nft/read.ts';

/**
 * `nft list ruleset` with `-a`, `-n`, `-s` or none, and `list table`, `list chain` (nftables 0.9 to 1.1). Rules that
 * iptables-nft made are among them; those of iptables-legacy are not.
 */
export const nft = defineArtefact({
  kind: 'nft',
  title: 'nft list ruleset',
  ask: 'sudo nft list ruleset',
  hint: /\bnft\s(?:\S+\s){0,6}?list\b/,
  first: ASCII,
  recognise,
  continues: (line) => INSIDE.test(line.trim()) || JSON_PART.test(line),
  parse: parseNft,
  size: ({ readings }) => ({
    count: readings.reduce((sum, { rules }) => sum + rules.length, 0),
    unit: 'rules',
  }),
  facts: {
    serviceWithoutEndpoints: {
      type: 'label',
      is: 'a Service on port 53 that kube-proxy in nftables mode rejects for want of endpoints',
      of: ({ verdicts }) => {
        const refused = verdicts.find(
          ({ address, port, verdict, comment }) =>
            address !== null && port === 53 && verdict === 'reject-chain' && comment !== null,
        );
        return refused?.comment == null
          ? missing('no such entry is shown')
          : found(serviceIn(refused.comment), [refused.line]);
      },
    },
  },
});

const RULE =
  /^(?:(?:ip|ip6) (?:saddr|daddr|protocol|nexthdr|frag-off)|(?:tcp|udp|th|sctp) (?:sport|dport|flags|option)|(?:iif|oif|iifname|oifname) |meta \w|ct (?:state|mark|status) |counter(?: packets \d|\b)|(?:jump|goto) \S|(?:accept|drop|return|reject|queue|masquerade|notrack)\b|fib |icmp(?:v6)? |limit rate |log |xt (?:match|target) |dnat |snat |ether |vlan |socket |mark |quota |numgen |exthdr )/;
const INSIDE =
  /^(?:\}|elements = \{.*|type [\w .:]+|typeof .{1,200}|flags [\w,]+|timeout \w+|size \d+|gc-interval \w+|auto-merge|policy (?:memory|performance)|comment ".*"|[\w.:/"*@<> -]+(?:, [\w.:/"*@<> -]+)*(?:,| \}))$/;

/** Of `nft -j … | jq`: one field or bracket a line. */
const JSON_PART = /^\s*(?:"[\w-]{1,40}": .{1,400}|"[^"]{1,200}",?|-?\d{1,20},?|[{}[\]]{1,2},?)$/;

/** `kube-system/kube-dns` of `kube-system/kube-dns:dns` (pkg/proxy/types.go, ServicePortName). */
function serviceIn(comment: string): string {
  return comment.split(':')[0] ?? comment;
}

function recognise(line: string): Strength {
  if (beginsNftJson(line)) return 'strong';
  const text = line.trim();
  if (text.startsWith('table ')) return TABLE.test(text) ? 'strong' : 'none';
  if (text.startsWith('chain ')) return CHAIN.test(text) ? 'strong' : 'none';
  if (text.startsWith('type ')) return BASE.test(text) ? 'strong' : 'none';
  if (text.startsWith('#')) return WARNING.test(text) ? 'strong' : 'none';
  if (SET.test(text)) return 'weak';
  return RULE.test(text) ? 'weak' : 'none';
}
