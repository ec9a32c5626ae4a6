import type { Strength } from '../define.ts';
import { type Failure, failureOf } from './failure.ts';
import { type Prefixed, withoutPrefix } from './prefix.ts';

/** A query that plugin/log wrote down when its answer went out. */
export interface Query {
  readonly is: 'query';
  readonly client: string;
  readonly type: string;
  /** In lower case, with the dot at its end. */
  readonly name: string;
  readonly rcode: string;
  /** `qr`, `aa`, `rd`, `ra`, `tc` …: as the answer has them. */
  readonly flags: readonly string[];
  readonly seconds: number;
}

/** A query that failed, as plugin/errors says. */
export interface Failed {
  readonly is: 'failed';
  /** The number of the rcode: 2 is SERVFAIL, 5 REFUSED. */
  readonly rcode: number;
  readonly name: string;
  readonly type: string;
  readonly failure: Failure;
}

/** `N errors like '…' occurred in last 30s`: plugin/errors with `consolidate`. */
export interface Consolidated {
  readonly is: 'consolidated';
  readonly count: number;
  readonly failure: Failure;
}

/** plugin/loop has seen its own probe more than twice and halts the server. */
export interface LoopFound {
  readonly is: 'loop';
  readonly zone: string;
  /** Where the probe came from; null in versions that do not say. */
  readonly from: string | null;
}

/** Anything else that CoreDNS or node-cache says. */
interface Notice {
  readonly is: 'notice';
  readonly level: string;
  /** `kubernetes`, `reload`; null for the server itself. */
  readonly plugin: string | null;
  readonly text: string;
}

export type Said = Query | Failed | Consolidated | LoopFound | Notice;

const LEVEL = /^\[?(INFO|ERROR|WARNING|FATAL|DEBUG|PANIC)\] /;
const PLUGIN = /^plugin\/([\w-]{1,40}): ?/;
/** plugin/log, CommonLogFormat; before 1.2.3 a date stood where the id does, or before it. */
const QUERY =
  /^(?:\[([\da-fA-F:.%\w]{2,60})\]|([\d.]{7,15})):\d{1,5} - (?:\[[^\]]{8,40}\] )?(?:\d{1,5} )?"(\S{1,20}) [A-Z\d]{1,12} (\S{1,1100}) (?:udp|tcp|tls|https3?|quic|grpc)[\w-]{0,8} \d{1,6} (?:true|false) \d{1,6}" (\S{1,20}) ([a-z,-]{0,40}) ?\d{1,6} (\d{1,8}(?:\.\d{1,12})?(?:e-\d\d)?)(ns|us|µs|ms|s)(?: "?\d{1,2}"?)?$/;
const FAILED = /^(\d{1,4}) (\S{1,1100}) ([A-Z][A-Z\d]{0,15}|TYPE\d{1,5}): (.{1,600})$/;
const CONSOLIDATED = /^(\d{1,9}) errors like '(.{1,400})' occurred in last \S{1,20}$/;
const LOOP =
  /^Loop \((\S{2,80}) -> \S{1,80}\) detected for zone "([^"]{1,255})"|^Forwarding loop detected in "([^"]{1,255})" zone|^Seen "HINFO IN \S{1,255}" more than twice, loop detected/;
const BANNER = /^CoreDNS-\d{1,3}\.\d{1,3}/;
const RELEASE = /^\w{3,10}\/\w{3,10}, go\d[\w.]{1,20},(?: \S{4,60})?$/;
const LISTENS = /^(?:[a-z]{3,6}:\/\/)?\S{0,255}\.:\d{1,5}(?: on \S{2,60})?$/;
/** What the server says without naming a plugin: coremain, caddy, cmd/node-cache. */
const OWN =
  /^(?:SIG(?:TERM|INT|USR1|HUP|QUIT|TRAP): |Reloading$|Reloading complete$|Shutting down|Recovered from panic in server|Starting node-cache image: |Using Corefile |Using Pidfile |Using config file:|Updated Corefile with |Added interface - |Added back nodelocaldns rule|Failed to add non-existent interface |Error checking\/adding iptables rule|Error checking dummy device |Failed (?:deleting|checking) iptables rule|Hit error during teardown|Tearing down|Exiting iptables\/interface check|Untrapped signal|Skipping kube-dns configmap sync|Sending reload signal to PID|Failed to read node-cache coreFile|Unable to lookup IP address of Upstream service|waiting for coredns pidfile|Listening on |Did not find TCP upstream block)/;
/** client-go's own logger, which CoreDNS before 1.7 left as it was, and Go's automaxprocs. */
const FOREIGN =
  /^(?:[IWEF]\d{4} \d\d:\d\d:\d\d\.\d{6} +\d{1,7} [\w-]{1,60}\.go:\d{1,5}\] |maxprocs: |Found \d{1,4} pods, using pod\/|Defaulted container )/;

/** What a line says, with what stood before it; undefined for lines of anything else. */
export function lineOf(line: string): (Prefixed & { readonly said: Said }) | undefined {
  if (!mayBeOurs(line)) return undefined;
  const prefixed = withoutPrefix(line);
  const said = saidIn(prefixed.text);
  return said === undefined ? undefined : { ...prefixed, said };
}

/** Judges one line: only queries and plugins' words are CoreDNS's alone. */
export function strengthOf(line: string): Strength {
  const said = lineOf(line)?.said;
  if (said === undefined) return 'none';
  if (said.is !== 'notice' || said.plugin !== null) return 'strong';
  if (BANNER.test(said.text)) return 'strong';
  return /node-cache|nodelocaldns|kube-dns|Recovered from panic/.test(said.text)
    ? 'strong'
    : 'weak';
}

/** Lines of other loggers inside the log of a container. */
export function isForeign(line: string): boolean {
  return FOREIGN.test(withoutPrefix(line).text);
}

/** A cheap look before the dear ones: every line of CoreDNS has one of these in it. */
function mayBeOurs(line: string): boolean {
  return /plugin\/|" [A-Z]|CoreDNS-|\] [A-Z\d]|, go\d|\.:\d/.test(line);
}

function saidIn(text: string): Said | undefined {
  const level = LEVEL.exec(text);
  const rest = level === null ? text : text.slice(level[0].length);
  const query = QUERY.exec(rest);
  if (query !== null) return queryOf(query);
  const named = PLUGIN.exec(rest);
  const words = named === null ? rest : rest.slice(named[0].length);
  return saidBy(named?.[1] ?? null, level?.[1] ?? '', words);
}

function saidBy(plugin: string | null, level: string, words: string): Said | undefined {
  const loop = plugin === 'loop' || (plugin === null && level !== '') ? LOOP.exec(words) : null;
  if (loop !== null) return loopOf(loop);
  // plugin/errors; before 1.2 the line had no plugin's name.
  const mayFail = plugin === 'errors' || (plugin === null && level === 'ERROR');
  const failed = mayFail ? failedIn(words) : undefined;
  if (failed !== undefined && (plugin !== null || isDnsFailure(failed))) return failed;
  const isOurs = plugin !== null || isUnlevelled(words) || (level !== '' && OWN.test(words));
  return isOurs ? { is: 'notice', level, plugin, text: words } : undefined;
}

/** Without the plugin's name, only what no web server logs of its requests. */
function isDnsFailure(failed: Failed | Consolidated): boolean {
  return failed.is === 'failed' && failed.failure.upstream !== null;
}

function isUnlevelled(text: string): boolean {
  return BANNER.test(text) || RELEASE.test(text) || LISTENS.test(text);
}

const UNITS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1 };

function queryOf([, v6, v4, type, name, rcode, flags, amount, unit]: RegExpExecArray): Query {
  return {
    is: 'query',
    client: v6 ?? v4 ?? '',
    type: type ?? '',
    name: canonical(name ?? ''),
    rcode: rcode ?? '',
    flags: (flags ?? '').split(',').filter((flag) => flag !== '' && flag !== '-'),
    seconds: Number(amount) * (UNITS[unit ?? 's'] ?? 1),
  };
}

function failedIn(text: string): Failed | Consolidated | undefined {
  const [, count, pattern] = CONSOLIDATED.exec(text) ?? [];
  if (count !== undefined)
    return { is: 'consolidated', count: Number(count), failure: failureOf(pattern ?? '') };
  const [, rcode, name, type, why] = FAILED.exec(text) ?? [];
  if (name === undefined) return undefined;
  return {
    is: 'failed',
    rcode: Number(rcode),
    name: canonical(name),
    type: type ?? '',
    failure: failureOf(why ?? ''),
  };
}

function loopOf([, from, zone, older]: RegExpExecArray): LoopFound {
  const host = /^\[?(.{2,60}?)\]?:\d{1,5}$/.exec(from ?? '')?.[1] ?? null;
  return { is: 'loop', zone: zone ?? older ?? '.', from: host };
}

function canonical(name: string): string {
  const lower = name.toLowerCase();
  return lower.endsWith('.') ? lower : `${lower}.`;
}
