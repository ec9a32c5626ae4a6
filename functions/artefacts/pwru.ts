import { ASCII, defineArtefact, type Strength } from './define.ts';
import { dropFacts, type KernelDrop, type KernelDrops } from './kernel-drop.ts';

const ADDRESS = /^(?:\d{1,2}:\d\d:\d\d\.\d{1,9}\s+)?0x[\da-f]{8,16}\s+\d{1,4}\s/;
const TUPLE =
  /(?<source>\[?[\da-f.:]{2,45}\]?:\d{1,5})->(?<destination>\[?[\da-f.:]{2,45}\]?:\d{1,5})(?:\(\w+\))?/;
const DROP =
  /kfree_skb(?:_reason)?\((?:SKB_DROP_REASON_)?(?<reason>[A-Z\d_]+)\)|sk_skb_reason_drop\((?:SKB_DROP_REASON_)?(?<other>[A-Z\d_]+)\)/;
const DEVICE = /\s(?<device>[a-zA-Z][\w.@-]{0,15})(?::\d{1,6})?\s+0x(?:[\da-f]{4})\s/;
const HEAD = /^(?:TIME\s+)?SKB\s+CPU\s+PROCESS\s/;
const FURNITURE =
  /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d .*(?:Attach|Listening|Detach|Per cpu|Received signal|Printed|probes?).*|\d+ \/ \d+ \[-*.*|\d+\.\d+% .*p\/s|\d+ events? .*lost.*)$/;
/** Functions after the drop itself; the one before it is where it happened. */
const FREEING =
  /^(?:kfree_skb|sk_skb_reason_drop|skb_release|skb_free|kfree_skbmem|__kfree_skb|consume_skb)/;

/** `pwru` (cilium/pwru internal/pwru/output.go): each kernel function that a packet passes, one a line. */
export const pwru = defineArtefact({
  kind: 'pwru',
  title: 'pwru',
  ask: "sudo timeout 60 pwru --output-tuple --output-meta 'host {traffic.target|DST} and port {traffic.port|PORT}'",
  hint: /(?:^|[\s;&|/])pwru\s+\S/,
  first: ASCII,
  recognise,
  continues: (line) => FURNITURE.test(line.trim()) || TUPLE.test(line),
  parse,
  size: ({ events }) => ({ count: events, unit: 'lines' }),
  facts: dropFacts,
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.length > 600) return 'none';
  if (HEAD.test(text)) return 'strong';
  if (!ADDRESS.test(text)) return 'none';
  return TUPLE.test(text) || DROP.test(text) ? 'strong' : 'weak';
}

function parse(lines: readonly string[]) {
  const drops: KernelDrop[] = [];
  const unread: number[] = [];
  const before = new Map<string, string>();
  let events = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '' || HEAD.test(text) || FURNITURE.test(text)) continue;
    if (!ADDRESS.test(text)) {
      // Old versions printed the tuple on a line of its own.
      if (!/^\[?[\da-f.:]{2,45}\]?:\d{1,5}->/.test(text)) unread.push(index + 1);
      continue;
    }
    events += 1;
    record(text, index + 1, before, drops);
  }
  return events === 0 ? undefined : { content: { drops, events } satisfies KernelDrops, unread };
}

/** Keeps the function that each packet was in last, and the drop when it comes. */
function record(
  text: string,
  line: number,
  before: Map<string, string>,
  drops: KernelDrop[],
): void {
  const skb = /0x[\da-f]{8,16}/.exec(text)?.[0] ?? '';
  const drop = DROP.exec(text)?.groups;
  const tuple = TUPLE.exec(text)?.groups;
  if (drop !== undefined)
    drops.push({
      line,
      reason: drop.reason ?? drop.other ?? '',
      where: before.get(skb) ?? null,
      source: tuple?.source ?? null,
      destination: tuple?.destination ?? null,
      interface: DEVICE.exec(text)?.groups?.device ?? null,
      rule: null,
      ruleLine: null,
    });
  const called = functionIn(text);
  if (called !== undefined && !FREEING.test(called)) before.set(skb, called);
}

/** The function: behind the tuple since 1.0, the last word before it in older versions. */
function functionIn(text: string): string | undefined {
  const words = text.split(/\s+/);
  return words.findLast((word) => /^[a-z_][\w.]{2,80}$/i.test(word) && /[a-z]/.test(word));
}
