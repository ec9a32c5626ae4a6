import type { EgressRule, Named, NetworkPolicy, Peer, PolicyPort, Selector } from '../cluster.ts';
import type { Field } from './read.ts';

interface Draft {
  readonly line: number;
  readonly ports: PolicyPort[];
  readonly peers: Peer[];
  isAnyPort: boolean;
  isAnyPeer: boolean;
}

/**
 * describeNetworkPolicySpec: old versions show the egress rules of a policy that leaves them alone, so the types decide.
 * Without them the description is cut, and nothing is said of what it isolates.
 */
export function policyIn(fields: readonly Field[], named: Named): NetworkPolicy {
  const types = fields.find(({ key }) => key === 'Policy Types');
  const isolates = types?.value.split(/[,\s]+/).includes('Egress') === true;
  const from = fields.findIndex(({ key }) => key === 'Allowing egress traffic');
  const pods = fields.find(({ key }) => key === 'PodSelector');
  return {
    ...named,
    sort: 'policy',
    pods: selectorIn(pods?.value ?? ''),
    egress: isolates ? rulesIn(from < 0 ? [] : fields.slice(from + 1)) : null,
    egressLine: isolates ? (fields[from]?.line ?? types.line) : null,
  };
}

function rulesIn(fields: readonly Field[]): readonly EgressRule[] {
  const drafts: Draft[] = [];
  let isOpen = false;
  for (const { key, value, line } of fields) {
    if (key === 'Policy Types' || key === 'Allowing ingress traffic') break;
    if (/^-{5,}$/.test(value)) isOpen = false;
    else if (key !== '' && !isOpen) {
      drafts.push({ line, ports: [], peers: [], isAnyPort: false, isAnyPeer: false });
      isOpen = true;
    }
    const draft = drafts.at(-1);
    if (draft !== undefined && key !== '') take(draft, key, value);
  }
  return drafts.map(({ line, ports, peers, isAnyPort, isAnyPeer }) => ({
    line,
    ports: isAnyPort || ports.length === 0 ? null : ports,
    peers: isAnyPeer || peers.length === 0 ? null : peers,
  }));
}

function take(draft: Draft, key: string, value: string): void {
  const last = draft.peers.length - 1;
  const amend = (part: Partial<Peer>) => {
    const peer = draft.peers[last];
    if (peer !== undefined) draft.peers[last] = { ...peer, ...part };
  };
  if (key === 'To Port') {
    if (value.startsWith('<any>')) draft.isAnyPort = true;
    else draft.ports.push(portIn(value));
  } else if (key === 'To') {
    if (value.startsWith('<any>')) draft.isAnyPeer = true;
    else draft.peers.push({ pods: null, namespaces: null, cidr: null, except: [] });
  } else if (key === 'NamespaceSelector') amend({ namespaces: selectorIn(value) });
  else if (key === 'PodSelector') amend({ pods: selectorIn(value) });
  else if (key === 'CIDR') amend({ cidr: value });
  else if (key === 'Except') amend({ except: value.split(/[,\s]+/).filter((one) => one !== '') });
}

/** `53/UDP`, `dns/UDP`, `32000-32768/TCP`. */
function portIn(text: string): PolicyPort {
  const [, from = text, to, protocol = 'TCP'] = /^([\w-]+?)(?:-(\d+))?\/([A-Z]+)/.exec(text) ?? [];
  return {
    protocol,
    port: /^\d+$/.test(from) ? Number(from) : from,
    endPort: to === undefined ? null : Number(to),
  };
}

/** `app=web,tier=front`; `<none>` selects all; anything with `in`, `!` or `exists` is an expression. */
function selectorIn(text: string): Selector {
  const pairs = new Map<string, string>();
  if (text === '' || text.startsWith('<none>')) return { pairs, more: false };
  const words = text.split(',').map((word) => word.trim());
  let more = false;
  for (const word of words) {
    const [, name, value] = /^([\w./-]+)=([\w.-]*)$/.exec(word) ?? [];
    if (name === undefined || value === undefined) more = true;
    else pairs.set(name, value);
  }
  return { pairs, more };
}
