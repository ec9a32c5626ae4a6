import {
  ASCII,
  defineArtefact,
  type FactOf,
  found,
  type Local,
  missing,
  type Strength,
} from './define.ts';

/** A kernel parameter's value as printed, blanks between several numbers kept, and its line. */
export interface Setting {
  readonly value: string;
  readonly line: number;
}

/** Settings by dotted key; of a key that stands twice the last one. */
export type Sysctl = ReadonlyMap<string, Setting>;

/**
 * `sysctl` (procps and BusyBox), /etc/sysctl.conf (sysctl.conf(5)) and `grep . /proc/sys/…`: kernel parameters.
 * Keys are `net.ipv4.ip_forward`; a dot inside a name is written `/` there and the other way round in paths.
 */
export const sysctl = defineArtefact({
  kind: 'sysctl',
  title: 'sysctl',
  ask: 'sysctl net.netfilter.nf_conntrack_count net.netfilter.nf_conntrack_max net.netfilter.nf_conntrack_buckets',
  hint: /\bsysctl(?:\s|$|\.conf\b|\.d\/)|\/proc\/sys\//,
  first: ASCII,
  recognise,
  continues: (line) => COMMENT.test(line.trim()),
  parse,
  size: (content) => ({ count: content.size, unit: 'settings' }),
  place: (content) => {
    const host = content.get('kernel.hostname')?.value;
    return host === undefined || host === '' || host === '(none)' ? {} : { host };
  },
  facts: {
    conntrackCount: count(
      ['net.netfilter.nf_conntrack_count', 'net.ipv4.netfilter.ip_conntrack_count'],
      'entries in the connection tracking table',
    ),
    conntrackMax: count(
      [
        'net.netfilter.nf_conntrack_max',
        'net.nf_conntrack_max',
        'net.ipv4.netfilter.ip_conntrack_max',
      ],
      'entries that the connection tracking table may hold',
    ),
    conntrackBuckets: count(
      ['net.netfilter.nf_conntrack_buckets', 'net.ipv4.netfilter.ip_conntrack_buckets'],
      'hash buckets of the connection tracking table',
    ),
    ipForward: {
      type: 'count',
      is: 'whether the host forwards IPv4: 0 or 1; unknown where an interface of its own does otherwise',
      of: ipForward,
    },
    conntrackTcpBeLiberal: count(
      ['net.netfilter.nf_conntrack_tcp_be_liberal'],
      'whether TCP segments out of window are no longer INVALID: 0 or 1',
    ),
    bridgeNfCallIptables: count(
      ['net.bridge.bridge-nf-call-iptables'],
      'whether bridged packets pass iptables: 0 or 1',
    ),
    bridgeNfAbsent: {
      type: 'flag',
      is: 'the kernel has no settings of bridge netfilter: br_netfilter is not loaded',
      of: (content) => {
        const setting = content.get(ABSENT_BRIDGE);
        return setting === undefined
          ? missing('that net.bridge is absent is not shown')
          : found(true, [setting.line]);
      },
    },
  },
});

// `net` alone is a word of every configuration file; only its real families make a line prove itself.
const NET =
  'core|ipv4|ipv6|netfilter|bridge|unix|mptcp|sctp|mpls|vsock|smc|x25|tipc|token-ring|appletalk|rds|iw_cm';
const STRONG_KEY = new RegExp(
  `^(?:net[./](?:(?:${NET})[./]|nf_conntrack_max$)|(?:kernel|vm)[./][a-z])`,
);
// `user.name`, `fs.defaultFS` and `dev.host` also stand in the files of git, Hadoop and web applications.
const WEAK_KEY = /^(?:fs|dev|user|abi|debug|sunrpc|crypto)[./][a-z]/;
const KEY = /^[a-z]+[./][\w./:@*,+-]+$/;
const PROC = /^\/proc\/sys\/([\w./:@*,+-]+)(:| = |=)/;
const ERROR =
  /^(?:sysctl: (?:error: |cannot |permission denied|reading key|setting key|short write|unable to)|error: (?:"|'|permission denied on key|reading key|setting key|unknown error))/;
const COMMENT = /^[#;]/;
// net/bridge/br_netfilter_hooks.c registers net.bridge with all its settings when the module is loaded: any of them tells.
const NO_BRIDGE =
  /^(?:\w{2,8}: (?:cannot (?:access|open|stat) )?['"‘]?\/proc\/sys\/net\/bridge\b[^:]{0,60}: No such file or directory$|(?:sysctl: )?error: ['"]net[./]bridge[./][\w-]{1,40}['"] is an unknown key$)/;
/** `cat /proc/sys/net/ipv4/ip_local_port_range`: no other setting is a pair of ports. */
const PORT_RANGE = /^\d{4,5}[\t ]+\d{5}$/;
/** No setting has this key: what is kept under it is the line that says that there are none. */
const ABSENT_BRIDGE = 'net.bridge';

interface Pair {
  readonly key: string;
  readonly value: string;
}

function recognise(line: string): Strength {
  const text = line.trim();
  if (NO_BRIDGE.test(text)) return 'strong';
  if (/^sysctl: /.test(text) && ERROR.test(text)) return 'strong';
  if (/^error: "[a-z]+\.[^"]+" is an unknown key$/.test(text)) return 'strong';
  if (PORT_RANGE.test(text)) return 'weak';
  const pair = pairIn(text);
  if (pair === undefined) return 'none';
  if (text.startsWith('/proc/sys/') || STRONG_KEY.test(pair.key)) return 'strong';
  return 'weak';
}

function parse(lines: readonly string[]) {
  const content = new Map<string, Setting>();
  const unread: number[] = [];
  let refusals = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '' || COMMENT.test(text)) continue;
    const pair = pairIn(text);
    if (pair !== undefined) content.set(pair.key, { value: pair.value, line: index + 1 });
    else if (NO_BRIDGE.test(text)) content.set(ABSENT_BRIDGE, { value: '', line: index + 1 });
    else if (PORT_RANGE.test(text))
      content.set('net.ipv4.ip_local_port_range', { value: text, line: index + 1 });
    else if (ERROR.test(text)) refusals += 1;
    else unread.push(index + 1);
  }
  return content.size + refusals === 0 ? undefined : { content, unread };
}

function pairIn(text: string): Pair | undefined {
  const [whole, path] = PROC.exec(text) ?? [];
  if (whole !== undefined && path !== undefined) {
    return { key: dotted(path), value: valueIn(text.slice(whole.length)) };
  }
  const equals = text.indexOf('=');
  if (equals < 0) return undefined;
  // sysctl.d(5): a leading `-` means that a failure to set the key does no harm.
  const key = text.slice(text.startsWith('-') ? 1 : 0, equals).trim();
  if (!KEY.test(key) || !(STRONG_KEY.test(key) || WEAK_KEY.test(key))) return undefined;
  return { key: dotted(key), value: valueIn(text.slice(equals + 1)) };
}

/** sysctl.d(5): where the first separator is a slash, slashes separate and dots belong to names. */
function dotted(key: string): string {
  const slash = key.indexOf('/');
  const dot = key.indexOf('.');
  if (slash < 0 || (dot >= 0 && dot < slash)) return key;
  return key.replace(/[./]/g, (separator) => (separator === '/' ? '.' : '/'));
}

function valueIn(text: string): string {
  const value = text.trim();
  const remark = value.indexOf(' #');
  return remark < 0 ? value : value.slice(0, remark).trimEnd();
}

const OWN_FORWARDING = /^net\.ipv4\.conf\.(?!all\.|default\.|lo\.)[^ ]+\.forwarding$/;

/** `conf.IF.forwarding` decides for what comes in by IF (Documentation/networking/ip-sysctl.rst); ip_forward sets them all once. */
function ipForward(content: Sysctl): Local<number> {
  const whole = numberUnder(content, ['net.ipv4.ip_forward']);
  const differs = [...content].some(
    ([key, { value }]) => OWN_FORWARDING.test(key) && value === '0',
  );
  return whole.known && whole.value !== 0 && differs
    ? missing('an interface does not forward')
    : whole;
}

function count(keys: readonly string[], is: string): FactOf<Sysctl> {
  return { type: 'count', is, of: (content) => numberUnder(content, keys) };
}

function numberUnder(content: Sysctl, keys: readonly string[]): Local<number> {
  for (const key of keys) {
    const setting = content.get(key);
    if (setting === undefined) continue;
    return /^\d{1,15}$/.test(setting.value)
      ? found(Number(setting.value), [setting.line])
      : missing(`${key} is not a number here`);
  }
  return missing(`${keys[0]} is not shown`);
}
