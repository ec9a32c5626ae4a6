import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';

/** One peer of a WireGuard interface. */
export interface WireguardPeer {
  readonly line: number;
  readonly interface: string | null;
  readonly endpoint: string | null;
  /** Null where the line was not pasted; empty for `(none)`. */
  readonly allowed: readonly string[] | null;
  readonly allowedLine: number;
  /** Seconds since the last handshake; null where none is shown, and wg shows none that never was. */
  readonly handshakeAge: number | null;
  readonly handshakeLine: number;
  /** Whether anything came in and went out; null where the line is not there. */
  readonly transfer: { readonly received: boolean; readonly sent: boolean } | null;
  readonly transferLine: number;
  /** Seconds between keepalives; null where none are sent. */
  readonly keepalive: number | null;
}

interface Wireguard {
  readonly interfaces: readonly string[];
  readonly peers: readonly WireguardPeer[];
}

/** `wg show`: wireguard-tools src/show.c (pretty_print). Its keys are read over and kept nowhere. */
export const wireguard = defineArtefact({
  kind: 'wireguard',
  title: 'wg show',
  ask: 'sudo wg show',
  hint: /(?:^|[\s;&|])wg(?:\s+show)?(?:\s+[\w.-]{1,15})?\s*$|\bwg-quick\b/,
  first: ASCII,
  recognise,
  continues: (line) => FIELD.test(line),
  begins: (line) => INTERFACE.test(line),
  parse,
  size: ({ peers }) => ({ count: peers.length, unit: 'entries' }),
  facts: {},
});

const INTERFACE = /^interface: ([\w.=+-]{1,15})$/;
const KEY = '[A-Za-z\\d+/]{20,43}={0,2}(?:\\.{2,3}|…)?|\\(hidden\\)|\\S{0,60}[x*…<]\\S{0,60}';
const PEER = new RegExp(`^peer: (?:${KEY})$`);
const FIELD = new RegExp(
  `^\\s{1,8}(?:(?:public|private|preshared) key: (?:${KEY})|listening port: \\d{1,5}|fwmark: 0x[\\da-f]+|endpoint: \\S{3,60}|allowed ips: \\S.*|latest handshake: \\S.*|transfer: [\\d.]+ [KMGT]?i?B received, [\\d.]+ [KMGT]?i?B sent|persistent keepalive: every .*)$`,
);

function recognise(line: string): Strength {
  if (INTERFACE.test(line) || PEER.test(line)) return 'strong';
  return FIELD.test(line) ? 'strong' : 'none';
}

function parse(lines: readonly string[]): Parsed<Wireguard> | undefined {
  const interfaces: string[] = [];
  const peers: WireguardPeer[] = [];
  const unread: number[] = [];
  for (const [index, text] of lines.entries()) {
    const line = index + 1;
    const name = INTERFACE.exec(text)?.[1];
    if (name !== undefined) interfaces.push(name);
    else if (PEER.test(text)) peers.push(blank(line, interfaces.at(-1) ?? null));
    else if (FIELD.test(text)) {
      const last = peers.pop();
      if (last !== undefined) peers.push({ ...last, ...fieldIn(text.trim(), line) });
    } else if (text.trim() !== '') unread.push(line);
  }
  return interfaces.length + peers.length === 0
    ? undefined
    : { content: { interfaces, peers }, unread };
}

function blank(line: number, device: string | null): WireguardPeer {
  return {
    line,
    interface: device,
    endpoint: null,
    allowed: null,
    allowedLine: line,
    handshakeAge: null,
    handshakeLine: line,
    transfer: null,
    transferLine: line,
    keepalive: null,
  };
}

function fieldIn(text: string, line: number): Partial<WireguardPeer> {
  const at = text.indexOf(': ');
  const value = text.slice(at + 2);
  switch (text.slice(0, at)) {
    case 'endpoint':
      return { endpoint: value };
    case 'allowed ips':
      return { allowed: value === '(none)' ? [] : value.split(', '), allowedLine: line };
    case 'latest handshake':
      return { handshakeAge: secondsIn(value), handshakeLine: line };
    case 'transfer': {
      const [received, sent] = value.split(', ').map((part) => !part.startsWith('0 '));
      return {
        transfer: { received: received === true, sent: sent === true },
        transferLine: line,
      };
    }
    case 'persistent keepalive':
      return { keepalive: secondsIn(value) };
    default:
      return {};
  }
}

const SECONDS: Readonly<Record<string, number>> = {
  year: 31_536_000,
  day: 86_400,
  hour: 3600,
  minute: 60,
  second: 1,
};

/** `1 minute, 12 seconds ago`, `every 25 seconds`, `Now`; a clock that was set back gives no age. */
function secondsIn(words: string): number | null {
  if (words === 'Now') return 0;
  const parts = [...words.matchAll(/(\d{1,6}) (year|day|hour|minute|second)s?\b/g)];
  return parts.length === 0
    ? null
    : parts.reduce((sum, [, count, unit = '']) => sum + Number(count) * (SECONDS[unit] ?? 0), 0);
}
