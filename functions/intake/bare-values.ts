import { countsEntries } from '../artefacts/conntrack-count.ts';

/** The settings whose bare values a command prints, in their order; empty where it prints anything else as well. */
export function keysPrintedBare(command: string): readonly string[] {
  const keys: string[] = [];
  for (const part of command.split(/\s*(?:;|&&)\s*/)) {
    const words = part.replace(/^(?:sudo|command)\s+/, '').split(/\s+/);
    const own = (words[0] === 'cat' ? pathsIn(words.slice(1)) : sysctlKeys(words)) ?? entries(part);
    if (own === undefined) return [];
    keys.push(...own);
  }
  // Alone, the number of entries is an artefact of its own kind.
  return keys.length > MOST_KEYS || entries(command) !== undefined ? [] : keys;
}

/** `conntrack -C` among other commands: what it prints has a setting's name as well. */
function entries(command: string): readonly string[] | undefined {
  return countsEntries(command.replace(/^sudo\s+/, ''))
    ? ['net.netfilter.nf_conntrack_count']
    : undefined;
}

const MOST_KEYS = 64;
const KEY = /^(?:net|kernel|vm|fs)[./][\w./:*-]{1,120}$/;
/** Numbers, several of them as `ip_local_port_range` has, or one word as `tcp_congestion_control`. */
const VALUE = /^-?\d{1,20}(?:[\t ]+-?\d{1,20}){0,3}$/;

/** Whether a line can be the value of a setting and nothing else. */
export function isBareValue(line: string): boolean {
  return VALUE.test(line.trim());
}

/** `/proc/sys/net/netfilter/nf_conntrack_{count,max}`: the settings' names. */
function pathsIn(words: readonly string[]): readonly string[] | undefined {
  const paths = words.filter((word) => !/^(?:2>|2>&1|\/dev\/null)/.test(word)).flatMap(expanded);
  const isAll = paths.length > 0 && paths.every((path) => /^\/proc\/sys\/[\w./-]+$/.test(path));
  return isAll ? paths.map((path) => path.slice('/proc/sys/'.length)) : undefined;
}

function expanded(word: string): readonly string[] {
  const [, before = '', list, after = ''] =
    /^([^{}]{0,200})\{([\w,.-]{1,200})\}([^{}]{0,200})$/.exec(word) ?? [];
  return list === undefined ? [word] : list.split(',').map((one) => `${before}${one}${after}`);
}

/** `sysctl -n KEY …`. */
function sysctlKeys(words: readonly string[]): readonly string[] | undefined {
  const [name = '', ...rest] = words;
  if (!/(?:^|\/)sysctl$/.test(name) || !rest.some((word) => /^-\w*n\w*$|^--values$/.test(word)))
    return undefined;
  const keys = rest.filter((word) => !word.startsWith('-') && !/^(?:2>|\/dev\/null)/.test(word));
  return keys.length > 0 && keys.every((key) => KEY.test(key)) ? keys : undefined;
}
