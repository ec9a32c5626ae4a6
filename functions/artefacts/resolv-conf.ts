import { parseAddress, scopeOf } from '../primitives/address.ts';
import { wordsOf } from '../primitives/words.ts';
import { defineArtefact, found, type Local, missing, type Strength } from './define.ts';
import { COMMENT, isAddress, parseResolvConf, type ResolvConf } from './resolv-conf/read.ts';

/** Both libcs ask at most this many servers: MAXNS in glibc's resolv.h and in musl's lookup.h. */
const ASKED = 3;
const NDOTS_CAP = 15;
/** Option words of resolv.conf(5), glibc 2.41. */
const OPTIONS: ReadonlySet<string> = new Set(
  (
    'ndots timeout attempts rotate debug inet6 edns0 single-request single-request-reopen trust-ad use-vc no-reload no-aaaa ' +
    'no-check-names no-tld-query ip6-bytestring ip6-dotint no-ip6-dotint strict-error'
  ).split(' '),
);
const ENGLISH: ReadonlySet<string> = new Set(['rotate', 'debug', 'timeout', 'attempts']);
const COMMANDS: ReadonlySet<string> = new Set(
  (
    'cat ip conntrack tcpdump sysctl uname dmesg ss netstat nstat dig nslookup host iptables iptables-save nft kubectl ' +
    'docker crictl nsenter getent ping traceroute ssh curl ethtool bridge sudo timeout grep date for watch echo'
  ).split(' '),
);
const DOMAIN = /^(?:[\w-]+\.)*[\w-]+\.?$|^\.$/;

/**
 * `/etc/resolv.conf`, resolv.conf(5), as glibc reads it (resolv/res_init.c): the last search or domain wins, options add up,
 * what follows an address is ignored, what follows a domain is one more domain. Indentation is not judged, though both
 * libcs pass over indented lines: pastes gain and lose it.
 */
export const resolvConf = defineArtefact({
  kind: 'resolv-conf',
  title: '/etc/resolv.conf',
  ask: 'cat /etc/resolv.conf',
  hint: /\bresolv\.conf\b/,
  first: 'nosd#;',
  recognise,
  continues: (line) => isRemark(line) || /^\s*(?:search|domain|options|sortlist)\b/.test(line),
  parse: parseResolvConf,
  size: ({ nameservers, search, options }) => ({
    count: nameservers.length + (search === null ? 0 : 1) + options.size,
    unit: 'settings',
  }),
  place: (content) => {
    const own = clusterSearch(content);
    return own.known && own.value ? { pod: true } : {};
  },
  facts: {
    nameserverCount: { type: 'count', is: 'nameserver lines', of: nameserverCount },
    distinctNameservers: { type: 'count', is: 'different nameservers', of: distinctNameservers },
    nameservers: { type: 'list', is: 'nameservers in order', of: nameservers },
    searchCount: { type: 'count', is: 'domains in the search list', of: searchCount },
    queriesPerLookup: {
      type: 'count',
      is: 'questions one lookup of an outside name may send: A and AAAA for every suffix and the name',
      of: queriesPerLookup,
    },
    search: { type: 'list', is: 'the search list in order', of: search },
    ndots: {
      type: 'count',
      is: 'dots a name needs to be tried as it is first; 1 unless set',
      of: ndots,
    },
    timeout: {
      type: 'count',
      is: 'seconds to wait for a server; 5 unless set',
      of: number('timeout', 5),
    },
    attempts: {
      type: 'count',
      is: 'rounds over the servers; 2 unless set',
      of: number('attempts', 2),
    },
    clusterSearch: {
      type: 'flag',
      is: 'the search list is that of a Kubernetes pod',
      of: clusterSearch,
    },
    mixedScopes: {
      type: 'flag',
      is: 'private and public nameservers are both among the three asked',
      of: mixedScopes,
    },
    options: { type: 'list', is: 'option words that are set', of: options },
  },
});

function recognise(line: string): Strength {
  const [keyword = '', first = '', ...rest] = wordsOf(line);
  switch (keyword) {
    case 'nameserver':
      if (!isAddress(first)) return 'none';
      return rest.length === 0 || COMMENT.test(rest[0] ?? '') ? 'strong' : 'weak';
    case 'options':
      return optionsStrength([first, ...rest]);
    case 'search':
      return searchStrength([first, ...rest]);
    case 'domain':
      return rest.length === 0 && first.includes('.') && DOMAIN.test(first) ? 'weak' : 'none';
    case 'sortlist':
      return parseAddress(first.split('/', 1)[0] ?? '') === undefined ? 'none' : 'weak';
    default:
      // Two semicolons begin the remarks of dig, which no resolver file holds.
      return COMMENT.test(line) && !/^\s*;(?:;| <<>>)/.test(line) ? 'weak' : 'none';
  }
}

// Behind a root prompt `# cat …` is a command, and `# node-b` may be a label: neither is as wordy as a remark, nor a sentence.
function isRemark(line: string): boolean {
  const [mark = '', first = '', ...rest] = wordsOf(line);
  if (!COMMENT.test(mark)) return false;
  const isSentence = rest.length === 2 && /[a-z]\.$/.test(line);
  return first === '' || ((isSentence || rest.length >= 3) && !COMMANDS.has(first));
}

function optionsStrength(words: readonly string[]): Strength {
  const known = words.filter((word) => OPTIONS.has(word.split(':', 1)[0] ?? ''));
  if (known.some((word) => /^(?:ndots|timeout|attempts):\d+$/.test(word))) return 'strong';
  if (known.length === 0 || known.length < words.length) return 'none';
  return known.every((word) => ENGLISH.has(word)) ? 'weak' : 'strong';
}

function searchStrength(domains: readonly string[]): Strength {
  if (
    !domains.every((domain) => DOMAIN.test(domain)) ||
    !domains.some((domain) => domain.includes('.'))
  )
    return 'none';
  return domains.length > 1 && domains.some(isClusterDomain) ? 'strong' : 'weak';
}

function isClusterDomain(domain: string): boolean {
  const name = domain.toLowerCase();
  return /(?:^|\.)svc\.cluster\.local\.?$/.test(name) || name.includes('.svc.');
}

/** Lines of every server, and of the search list: what shows that the file was pasted and not one line of it. */
function basis({ nameservers: servers, search: list }: ResolvConf): readonly number[] {
  return servers.length > 0 ? servers.map(({ line }) => line) : list === null ? [] : [list.line];
}

function nameserverCount({ nameservers: servers }: ResolvConf): Local<number> {
  if (servers.length === 0) return missing('no nameserver line was pasted');
  return found(
    servers.length,
    servers.map(({ line }) => line),
  );
}

function distinctNameservers({ nameservers: servers }: ResolvConf): Local<number> {
  if (servers.length === 0) return missing('no nameserver line was pasted');
  if (servers.some(({ address }) => parseAddress(address) === undefined)) {
    return missing('a nameserver is masked');
  }
  return found(
    new Set(servers.map(({ address }) => address)).size,
    servers.map(({ line }) => line),
  );
}

function nameservers({ nameservers: servers }: ResolvConf): Local<readonly string[]> {
  if (servers.length === 0) return missing('no nameserver line was pasted');
  return found(
    servers.map(({ address }) => address),
    servers.map(({ line }) => line),
  );
}

function searchCount(content: ResolvConf): Local<number> {
  const list = search(content);
  return list.known ? found(list.value.length, list.lines) : list;
}

function search(content: ResolvConf): Local<readonly string[]> {
  if (content.search !== null) return found(content.search.domains, [content.search.line]);
  return content.nameservers.length > 0
    ? found([], basis(content))
    : missing('neither a search nor a nameserver line was pasted');
}

function ndots(content: ResolvConf): Local<number> {
  const read = number('ndots', 1)(content);
  return read.known ? found(Math.min(read.value, NDOTS_CAP), read.lines) : read;
}

function queriesPerLookup(content: ResolvConf): Local<number> {
  const suffixes = searchCount(content);
  return suffixes.known ? found(2 * (suffixes.value + 1), suffixes.lines) : suffixes;
}

function number(name: string, byDefault: number) {
  return (content: ResolvConf): Local<number> => {
    const option = content.options.get(name);
    if (option !== undefined) {
      // glibc takes a missing number for 0, musl passes over the word.
      return option.value === null
        ? missing(`${name} has no number`)
        : found(option.value, [option.line]);
    }
    const lines = basis(content);
    if (lines.length === 0) return missing('neither a search nor a nameserver line was pasted');
    const others = optionLines(content);
    return found(byDefault, others.length > 0 ? others : lines);
  };
}

function clusterSearch(content: ResolvConf): Local<boolean> {
  const list = search(content);
  return list.known ? found(list.value.some(isClusterDomain), list.lines) : list;
}

function mixedScopes({ nameservers: servers }: ResolvConf): Local<boolean> {
  const asked = servers.slice(0, ASKED);
  if (asked.length === 0) return missing('no nameserver line was pasted');
  const scopes = asked.map(({ address }) => {
    const parsed = parseAddress(address);
    return parsed === undefined ? null : scopeOf(parsed) === 'public';
  });
  const mixed = scopes.includes(true) && scopes.includes(false);
  if (!mixed && asked.length > 1 && scopes.includes(null)) return missing('a nameserver is masked');
  return found(
    mixed,
    asked.map(({ line }) => line),
  );
}

function options(content: ResolvConf): Local<readonly string[]> {
  if (content.options.size > 0) return found([...content.options.keys()], optionLines(content));
  const lines = basis(content);
  return lines.length > 0
    ? found([], lines)
    : missing('neither a search nor a nameserver line was pasted');
}

function optionLines(content: ResolvConf): number[] {
  const lines = new Set([...content.options.values()].map(({ line }) => line));
  return [...lines].sort((a, b) => a - b);
}
