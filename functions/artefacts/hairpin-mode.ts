import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';
import { asPrinted, isJsonField, jsonStrength } from './ip-json.ts';

/** A port of a bridge, and whether the bridge sends a frame out of the port that it came in by. */
interface HairpinPort {
  readonly line: number;
  readonly port: string;
  readonly bridge: string | null;
  readonly on: boolean;
}

interface HairpinPorts {
  readonly ports: readonly HairpinPort[];
}

/**
 * `hairpin_mode` of bridge ports under /sys/class/net with its path beside it (`grep . …`, `echo $f $(cat $f)`), and
 * `bridge -d link` as text or JSON (iproute2 bridge/link.c: print_protinfo).
 */
export const hairpinMode = defineArtefact({
  kind: 'hairpin-mode',
  title: 'hairpin_mode',
  ask: 'grep . /sys/class/net/*/brport/hairpin_mode',
  hint: /hairpin_mode\b|\bbridge\s+(?:-\w+\s+){1,4}link\b/,
  first: ASCII,
  recognise,
  continues: (line) => FLAGS.test(line.trim()) || isJsonField(line),
  parse,
  size: ({ ports }) => ({ count: ports.length, unit: 'interfaces' }),
  facts: {},
});

const PATH =
  /^(?:\/sys\/class\/net|\/sys\/devices\/virtual\/net)\/(\S{1,40})\/(?:brif\/(\S{1,40})|brport)\/hairpin_mode(?::\s*|\s*=?\s+)([01])$/;
/** `7: veth4be1d2f7@if2: <…> mtu 1500 master cni0 state forwarding priority 32 cost 2`. */
const LINK =
  /^\d{1,7}: ([\w.-]{1,40})(?:@\S{1,40})?: (?:<[^>]{0,200}> )?mtu \d{1,6} master (\S{1,40}) state \w+ priority \d+ cost \d+/;
const FLAGS = /^hairpin (on|off) guard (?:on|off)\b/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.includes('hairpin') && !text.includes('"'))
    return PATH.test(text) || FLAGS.test(text) ? 'strong' : 'none';
  if (text.includes(' master ') && LINK.test(text)) return 'strong';
  return jsonStrength(line, 'hairpin-mode');
}

function parse(lines: readonly string[]): Parsed<HairpinPorts> | undefined {
  const ports: HairpinPort[] = [];
  const unread: number[] = [];
  let open: { readonly port: string; readonly bridge: string } | null = null;
  let heads = 0;
  for (const { line, text: raw } of asPrinted(lines)) {
    const text = raw.trim();
    if (text === '') continue;
    const [, device = '', below, digit] = PATH.exec(text) ?? [];
    const [, name, master = ''] = LINK.exec(text) ?? [];
    const flag: string | undefined = FLAGS.exec(text)?.[1];
    if (digit !== undefined) {
      const bridge = below === undefined ? null : device;
      ports.push({ line, port: below ?? device, bridge, on: digit === '1' });
    } else if (name !== undefined) {
      open = { port: name, bridge: master };
      heads += 1;
    } else if (flag !== undefined && open !== null) {
      ports.push({ line, ...open, on: flag === 'on' });
      open = null;
    } else unread.push(line);
  }
  // One line of compact JSON may hold several objects that are none.
  return ports.length + heads === 0
    ? undefined
    : { content: { ports }, unread: [...new Set(unread)] };
}
