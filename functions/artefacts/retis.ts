import { defineArtefact, found, missing, type Strength } from './define.ts';
import { dropFacts, type KernelDrop, type KernelDrops } from './kernel-drop.ts';

const EVENT =
  /^(?:[+↳] )?\d{6,20} (?:\(\d{1,4}\) )?\[[^\]]{1,40}\] \d{1,10} \[(?:tp|k|kr|u|ur)\] (?<probe>\S+)(?<rest>.*)$/;
const DROP = /\bdrop \((?:reason )?(?<reason>[A-Z\d_a-z/]+)\)/;
const STACK = /^(?<name>[\w.]{1,80})\+0x[\da-f]+(?:\/0x[\da-f]+)?$/;
const PACKET =
  /(?:^|\s)(?<source>[\da-f.:[\]]{2,48}) > (?<destination>[\da-f.:[\]]{2,48}) (?:ttl|tos|label) /;
const DEVICE = /(?:^|\s)if \d+ \((?<device>[^)]{1,20})\)/;
const RULE =
  /^table (?<table>\S+)(?: \(\d+\))? chain (?<chain>\S+)(?: \(\d+\))?(?: handle (?<handle>\d+))? (?<verdict>\S+)/;
const FURNITURE =
  /^(?:(?:\d\d:\d\d:\d\d )?(?:\[\w+\] )?\d+ probe\(s\) loaded|ct_state \S+ |ct \S+ |ns (?:0x[\da-f]+\/)?\d+|(?:\d\d:\d\d:\d\d )?\[(?:INFO|WARN|DEBUG)\] )/;
/** Functions that free or trace the packet and say nothing of why. */
const FREEING =
  /^(?:bpf_|kfree_skb|sk_skb_reason_drop|__kfree_skb|__traceiter|__bpf_trace|skb_release|consume_skb)/;

/** `retis collect` and `retis print` (retis/src/events, docs/index.md): packets traced through the kernel, with drop reasons. */
export const retis = defineArtefact({
  kind: 'retis',
  title: 'retis',
  ask: "sudo timeout 60 retis -p dropmon collect -f 'host {traffic.target|DST}'",
  hint: /(?:^|[\s;&|/])retis\s+\S/,
  recognise,
  continues: (line) => STACK.test(line.trim()) || FURNITURE.test(line.trim()),
  parse,
  size: ({ events }) => ({ count: events, unit: 'packets' }),
  facts: {
    ...dropFacts,
    rule: {
      type: 'label',
      is: 'nftables rule that gave the verdict: table, chain and handle',
      of: ({ drops }) => {
        const drop = drops.findLast(({ rule }) => rule !== null);
        return drop?.rule == null || drop.ruleLine === null
          ? missing('no rule is shown')
          : found(drop.rule, [drop.ruleLine]);
      },
    },
  },
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.length > 600) return 'none';
  if (EVENT.test(text)) return 'strong';
  if (RULE.test(text) || PACKET.test(text)) return 'weak';
  return /^(?:if \d+ \(\S+\)|ct_state \S+ |\d+ probe\(s\) loaded)/.test(text) ? 'weak' : 'none';
}

interface Draft {
  line: number;
  reason: string | null;
  where: string | null;
  source: string | null;
  destination: string | null;
  interface: string | null;
}

function parse(lines: readonly string[]) {
  const drops: KernelDrop[] = [];
  const unread: number[] = [];
  let events = 0;
  let open: Draft | undefined;
  let rule: { readonly text: string; readonly line: number } | undefined;
  const close = () => {
    if (open?.reason != null)
      drops.push({
        ...open,
        reason: open.reason,
        rule: rule?.text ?? null,
        ruleLine: rule?.line ?? null,
      });
    open = undefined;
  };
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const event = EVENT.exec(text)?.groups;
    if (event !== undefined) {
      close();
      // A verdict belongs to the packet that goes on under its sign; an event without one begins another packet.
      if (!/^[+↳]/.test(text)) rule = undefined;
      events += 1;
      const reason = DROP.exec(event.rest ?? '')?.groups?.reason ?? null;
      open = {
        line: index + 1,
        reason,
        where: null,
        source: null,
        destination: null,
        interface: null,
      };
      continue;
    }
    const verdict = verdictIn(text);
    if (verdict !== undefined) {
      if (verdict !== null) rule = { text: verdict, line: index + 1 };
    } else if (!readDetail(text, open) && !FURNITURE.test(text)) unread.push(index + 1);
  }
  close();
  return events === 0 ? undefined : { content: { drops, events } satisfies KernelDrops, unread };
}

/** The rule that drops; null for a rule that does something else, undefined for a line that is none. */
function verdictIn(text: string): string | null | undefined {
  const said = RULE.exec(text)?.groups;
  if (said === undefined) return undefined;
  const handle = said.handle === undefined ? '' : ` handle ${said.handle}`;
  return said.verdict === 'drop' ? `table ${said.table} chain ${said.chain}${handle}` : null;
}

function readDetail(text: string, open: Draft | undefined): boolean {
  const name = STACK.exec(text)?.groups?.name;
  if (name !== undefined) {
    if (open !== undefined && open.where === null && !FREEING.test(name)) open.where = name;
    return true;
  }
  const packet = PACKET.exec(text)?.groups;
  const device = DEVICE.exec(text)?.groups?.device;
  if (open !== undefined && packet !== undefined) {
    open.source ??= packet.source ?? null;
    open.destination ??= packet.destination ?? null;
  }
  if (open !== undefined && device !== undefined) open.interface ??= device;
  return packet !== undefined || device !== undefined;
}
