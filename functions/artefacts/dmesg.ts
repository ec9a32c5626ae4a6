import { ASCII, defineArtefact, found, missing, type Strength } from './define.ts';

/** One kernel message: its time as printed (null when none stands), and its text without time, level and host. */
interface KernelMessage {
  readonly line: number;
  readonly timeText: string | null;
  readonly text: string;
}

/**
 * `dmesg` in every time style (util-linux, sys-utils/dmesg.c), and kernel lines of syslog and `journalctl -k`.
 * A ring buffer forgets: what is not there may have been there.
 */
export const dmesg = defineArtefact({
  kind: 'dmesg',
  title: 'dmesg',
  ask: "sudo dmesg -T | egrep -i 'conntrack|neighbo|martian|checksum|SYN flood|oom|link is' | tail -50",
  hint: /\bdmesg\b|\btalosctl\s[^|;&]{0,80}dmesg\b|\bjournalctl\s[^|;&]{0,80}(?:-k\b|--dmesg\b)|\/var\/log\/(?:kern|messages|syslog|dmesg)/,
  first: ASCII,
  recognise,
  continues: (line) => REST.test(line.trim()),
  parse,
  size: ({ messages }) => ({ count: messages.length, unit: 'messages' }),
  place: ({ host }) => (host === null ? {} : { host }),
  facts: {
    conntrackTableFull: {
      type: 'count',
      is: 'messages that the connection tracking table was full (rate limited: there were more refusals)',
      of: ({ messages }) => {
        const full = messages.filter(({ text }) => saysTableFull(text));
        const proof = full.length > 0 ? full : [messages.at(0), messages.at(-1)];
        const lines = new Set(
          proof.flatMap((message) => (message === undefined ? [] : [message.line])),
        );
        return found(full.length, [...lines]);
      },
    },
    synFloodedPort: {
      type: 'count',
      is: 'the port of which the kernel last said that more SYNs came than its queue holds (said once for each listening socket)',
      of: ({ messages }) => {
        const last = messages.findLast(({ text }) => SYN_FLOOD.test(text));
        const [, port] = SYN_FLOOD.exec(last?.text ?? '') ?? [];
        return last === undefined || port === undefined
          ? missing('no such message is shown')
          : found(Number(port), [last.line]);
      },
    },
    neighbourOverflow: {
      type: 'count',
      is: 'messages that the neighbour table overflowed (rate limited)',
      of: ({ messages }) => {
        const full = messages.filter(({ text }) => OVERFLOW.test(text));
        const proof = full.length > 0 ? full : messages.slice(0, 1);
        return found(
          full.length,
          proof.map(({ line }) => line),
        );
      },
    },
  },
});

/** A packet that the kernel threw away because its source cannot come in there. */
export interface Martian {
  readonly destination: string;
  readonly source: string;
  readonly device: string;
}

/** ip_handle_martian_source of net/ipv4/route.c: `martian source DESTINATION from SOURCE, on dev INTERFACE`. */
const MARTIAN = /\bmartian source ([\d.]{7,15}) from ([\d.]{7,15}), on dev (\S{1,15})/;

/** The packet that such a message tells of; undefined where it is another message. */
export function martianIn(text: string): Martian | undefined {
  const [, destination, source = '', device = ''] = MARTIAN.exec(text) ?? [];
  return destination === undefined ? undefined : { destination, source, device };
}

const MICROS = '\\d{1,8}\\.\\d{6}';
const IN_BRACKETS = [
  `\\s*${MICROS}(?: ?<\\s*${MICROS}>)?`,
  `\\s*\\+${MICROS}`,
  '[A-Z][a-z]{2}\\s?\\d{1,2} \\d\\d:\\d\\d',
  `[^\\[\\]]{3,20}\\d\\d:\\d\\d:\\d\\d \\d{4}(?: ?<\\s*${MICROS}>)?`,
].join('|');
const LEVEL = '(?:<\\d{1,3}>|[a-z0-7]{3,8}\\s{0,6}:[a-z]{3,6}\\s{0,4}:\\s{0,2})?';
// Apache writes `[Mon Jan  3 14:21:47 2022] [error] …`, where the kernel writes no level in brackets.
const NOT_APACHE = '(?!\\s\\[(?:\\w+:)?(?:emerg|alert|crit|error|warn|notice|info|debug)\\])';
const BRACKETED = new RegExp(`^${LEVEL}\\[(${IN_BRACKETS})\\]${NOT_APACHE}`);
const ISO = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d,\d{6}[+-]\d\d:?\d\d)\s/;
const SYSLOG =
  /^([A-Z][a-z]{2}\s{1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,6})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[+-]\d\d:?\d\d|Z)) (\S{1,255}) kernel:\s?/;
/** `talosctl dmesg` (talos pkg/machinery/… kmsg): node, facility, level, time. */
const TALOS =
  /^(?:(\S{1,255}): +)?(?:kern|user|daemon|syslog): +(?:emerg|alert|crit|err|warning|notice|info|debug): \[(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z)\]: /;
const UNTIMED = /^(?:(\S{1,255}) )?kernel:\s?/;
const INNER = new RegExp(`^\\[\\s*${MICROS}\\]\\s?`);
const CALLER = /^\[\s{0,12}[TC]\d{1,12}\]\s/;
const SUBSYSTEM =
  /^(?:nf_conntrack|ip_conntrack|net_ratelimit|__ratelimit|neighbour|ipv4|IPv4|IPv6|TCP|UDP): /;
const SUPPRESSED = /^(?:net_ratelimit|__ratelimit): \d{1,10} callbacks suppressed$/;
const TELLING =
  /^(?:neighbour: \w{1,20}: neighbor table overflow|ipv4: Neighbour table overflow|IPv4: martian source |(?:TCP: )?request_sock_TCP: Possible SYN flooding|UDP: bad checksum\. From )/;
/** net/core/neighbour.c: `neighbour: arp_cache: neighbor table overflow!`; before 3.18 `ipv4: Neighbour table overflow.` */
const OVERFLOW = /(?:arp_cache|ndisc_cache): neighbor table overflow|Neighbour table overflow/;
/** net/ipv4/tcp_input.c (tcp_syn_flood_action): `on port 8080. Sending cookies.`; since 6.2 with the address: `on port 0.0.0.0:8080.` */
const SYN_FLOOD = /Possible SYN flooding on port (?:\S{1,45}:)?(\d{1,5})\./;
// What is left of `nf_conntrack: table full, dropping packet` when it was broken after the comma.
const REST = /^dropping packet\.?$/;

interface Line {
  readonly timeText: string | null;
  readonly host: string | null;
  readonly text: string;
}

function recognise(line: string): Strength {
  const text = line.trim();
  if ([BRACKETED, ISO, SYSLOG, TALOS].some((stamp) => stamp.test(text))) return 'strong';
  if (saysTableFull(text) && isBare(text)) return 'strong';
  const untimed = UNTIMED.exec(text);
  if (untimed !== null) {
    const rest = text.slice(untimed[0].length);
    if (INNER.test(rest) || SUBSYSTEM.test(rest)) return 'strong';
    return untimed[1] === undefined ? 'none' : 'weak';
  }
  if (TELLING.test(text)) return 'strong';
  return isBare(text) ? 'weak' : 'none';
}

function parse(lines: readonly string[]) {
  const messages: KernelMessage[] = [];
  const unread: number[] = [];
  const hosts = { timed: new Set<string>(), untimed: new Set<string>() };
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const last = messages.at(-1);
    if (last?.text.endsWith('table full,') && REST.test(text)) {
      messages[messages.length - 1] = { ...last, text: `${last.text} ${text}` };
      continue;
    }
    const read = lineOf(text);
    if (read === undefined) {
      unread.push(index + 1);
      continue;
    }
    if (read.host !== null) hosts[read.timeText === null ? 'untimed' : 'timed'].add(read.host);
    messages.push({ line: index + 1, timeText: read.timeText, text: read.text });
  }
  // The host of a line that lost its time may have lost its own beginning too; a timed line is the better witness.
  const named = [...(hosts.timed.size > 0 ? hosts.timed : hosts.untimed)];
  const host = named.length === 1 ? (named[0] ?? null) : null;
  return messages.length === 0 ? undefined : { content: { messages, host }, unread };
}

function lineOf(text: string): Line | undefined {
  const stamp = BRACKETED.exec(text) ?? ISO.exec(text);
  if (stamp !== null) {
    const rest = text.slice(stamp[0].length).trimStart().replace(CALLER, '');
    return { timeText: (stamp[1] ?? '').trim(), host: null, text: rest };
  }
  const talos = TALOS.exec(text);
  if (talos !== null)
    return {
      timeText: talos[2] ?? null,
      host: talos[1] ?? null,
      text: text.slice(talos[0].length),
    };
  const syslog = SYSLOG.exec(text);
  if (syslog !== null) {
    const rest = text.slice(syslog[0].length).replace(INNER, '');
    return { timeText: syslog[1] ?? null, host: syslog[2] ?? null, text: rest };
  }
  const untimed = UNTIMED.exec(text);
  if (untimed !== null) {
    const rest = text.slice(untimed[0].length).replace(INNER, '');
    return { timeText: null, host: untimed[1] ?? null, text: rest };
  }
  return isBare(text) ? { timeText: null, host: null, text } : undefined;
}

/** A message that people quote without its time, and that nothing else prints. */
function isBare(text: string): boolean {
  return /^(?:nf|ip)_conntrack: /.test(text) || TELLING.test(text) || SUPPRESSED.test(text);
}

/** nf_conntrack_core.c: `nf_conntrack: table full, dropping packet`, since 6.x with `in netns N` before the comma. */
function saysTableFull(text: string): boolean {
  const at = text.indexOf('_conntrack: table full');
  const prefix = text.slice(Math.max(0, at - 2), Math.max(0, at));
  return (prefix === 'nf' || prefix === 'ip') && text.includes('dropping packet', at);
}
