import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';

/** What one line says happened to a device. */
type LinkEvent =
  | 'carrier-lost'
  | 'carrier-gained'
  | 'lease-lost'
  | 'address-got'
  | 'route-refused'
  | 'no-lease'
  | 'other';

export interface LinkMessage {
  readonly line: number;
  readonly device: string;
  readonly event: LinkEvent;
  /** The message without time, host and program. */
  readonly text: string;
}

interface LinkLog {
  readonly messages: readonly LinkMessage[];
  readonly host: string | null;
}

/**
 * The journal of systemd-networkd (src/network/networkd-link.c, networkd-dhcp4.c, networkd-route.c) and of NetworkManager
 * (src/core/devices/nm-device.c, dhcp/nm-dhcp-client.c).
 */
export const linkLog = defineArtefact({
  kind: 'link-log',
  title: 'journalctl -u systemd-networkd, -u NetworkManager',
  ask: 'journalctl -u systemd-networkd -u NetworkManager --since -1h --no-pager',
  hint: /\bjournalctl\s[^|;&]{0,160}(?:systemd-networkd|NetworkManager)\b/,
  first: ASCII,
  recognise,
  continues: (line) => OF_SYSTEMD.test(line.trim()) || /^-- .{3,120} --$/.test(line.trim()),
  parse,
  size: ({ messages }) => ({ count: messages.length, unit: 'messages' }),
  place: ({ host }) => (host === null ? {} : { host }),
  facts: {},
});

const STAMP = String.raw`^(?:[A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d{1,6})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:[+-]\d\d:?\d\d|Z)) (\S{1,255}) `;
const NETWORKD = new RegExp(
  String.raw`${STAMP}systemd-networkd\[\d{1,8}\]: (?:([a-z][\w.@:-]{0,20}): )?(\S.{0,400})$`,
);
const MANAGER = new RegExp(
  String.raw`${STAMP}NetworkManager\[\d{1,8}\]: <(?:info|warn|error|debug|trace)> {1,2}\[[\d.]{8,20}\] (\S.{0,400})$`,
);
const OF_SYSTEMD = new RegExp(
  String.raw`${STAMP}systemd\[1\]: .{0,80}(?:[Nn]etwork|systemd-networkd|NetworkManager).{0,160}$`,
);

const EVENTS: readonly (readonly [RegExp, LinkEvent])[] = [
  [/^Lost carrier$/, 'carrier-lost'],
  [/^Gained carrier$/, 'carrier-gained'],
  [/^DHCP lease lost$|^DHCPv4 lease lost$/, 'lease-lost'],
  [/^DHCPv4 address \S+/, 'address-got'],
  [/^(?:Could not|Failed to) set (?:\S{1,40} )?(?:route|default gateway)/, 'route-refused'],
  [/^carrier: link connected|^link connected/, 'carrier-gained'],
  [/^state change: \S+ -> unavailable \(reason 'carrier-changed'/, 'carrier-lost'],
  [/^state change: ip-config -> failed \(reason 'ip-config-unavailable'/, 'no-lease'],
  [/^request timed out$/, 'no-lease'],
  [
    /^state changed \S+ -> bound\b|^state changed new lease\b|^Activation: successful, device activated/,
    'address-got',
  ],
];

function recognise(line: string): Strength {
  const text = line.trim();
  if (NETWORKD.test(text) || MANAGER.test(text)) return 'strong';
  return OF_SYSTEMD.test(text) ? 'weak' : 'none';
}

function parse(lines: readonly string[]): Parsed<LinkLog> | undefined {
  const messages: LinkMessage[] = [];
  const hosts = new Set<string>();
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const message = messageIn(text, index + 1);
    if (message === undefined) {
      if (!OF_SYSTEMD.test(text) && !/^-- .{3,120} --$/.test(text)) unread.push(index + 1);
      continue;
    }
    hosts.add(message.host);
    messages.push(message.message);
  }
  const [only = null] = hosts;
  return messages.length === 0
    ? undefined
    : { content: { messages, host: hosts.size === 1 ? only : null }, unread };
}

function messageIn(
  text: string,
  line: number,
): { readonly host: string; readonly message: LinkMessage } | undefined {
  const [, node, link = '', said = ''] = NETWORKD.exec(text) ?? [];
  if (node !== undefined) return { host: node, message: { line, device: link, ...eventIn(said) } };
  const [, host, told = ''] = MANAGER.exec(text) ?? [];
  if (host === undefined) return undefined;
  const [, device = '', rest = told] =
    /^(?:device|dhcp[46]) \((\S{1,20})\): (?:\S+ \d+: )?(.+)$/.exec(told) ?? [];
  return { host, message: { line, device, ...eventIn(rest) } };
}

function eventIn(text: string): Pick<LinkMessage, 'event' | 'text'> {
  const [, event = 'other'] = EVENTS.find(([shape]) => shape.test(text)) ?? [];
  return { event, text };
}
