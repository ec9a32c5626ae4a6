import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';

/** What one line of a zone holds. */
interface ZoneField {
  readonly line: number;
  /** `ports`: `8080/tcp 9000-9010/udp`, one by one. */
  readonly words: readonly string[];
}

/** A zone, as far as it was listed. */
export interface FirewalldZone {
  readonly line: number;
  readonly name: string;
  /** `default`, `active` behind the name. */
  readonly marks: readonly string[];
  /** `target`, `interfaces`, `sources`, `services`, `ports`, `protocols`, `forward-ports`, `rich rules` …; a rich rule is one word. */
  readonly fields: ReadonlyMap<string, ZoneField>;
}

interface Zones {
  readonly zones: readonly FirewalldZone[];
}

/** `firewall-cmd --list-all`, `--list-all-zones`, `--info-zone` (firewalld src/firewall/command.py: print_zone_policy_info; 0.4 to 2.3). */
export const firewalld = defineArtefact({
  kind: 'firewalld',
  title: 'firewall-cmd --list-all',
  ask: 'sudo firewall-cmd --list-all-zones',
  hint: /\bfirewall-cmd\s(?:\S+\s+){0,6}--(?:list-all|info-zone)/,
  first: ASCII,
  recognise,
  continues: (line) => isInside(line.trim()),
  begins: (line) => HEAD.test(line),
  parse,
  size: ({ zones }) => ({ count: zones.length, unit: 'rules' }),
  facts: {},
});

/** `public (default, active)`; without a mark any word looks like it. */
const HEAD = /^([\w-]{1,40}) \(((?:default|active)(?:, (?:default|active))?)\)$/;
const BARE_HEAD = /^([\w-]{1,40})$/;
const FIELD =
  /^(ingress-priority|egress-priority|priority|target|icmp-block-inversion|interfaces|sources|ingress-zones|egress-zones|services|ports|protocols|forward|masquerade|forward-ports|source-ports|icmp-blocks|rich rules|summary|description):(?: (.{0,2000}))?$/;
const RICH = /^rule (?:priority="-?\d{1,6}" )?(?:family="ipv[46]" )?\S.{0,500}$/;
const FORWARD = /^port=\S{1,40}:proto=\w{2,10}(?::\S{0,80})*$/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (
    HEAD.test(text) ||
    /^(?:icmp-block-inversion: (?:yes|no)|icmp-blocks:|rich rules:)/.test(text)
  )
    return 'strong';
  if (/^target: (?:default|ACCEPT|DROP|%%REJECT%%)$/.test(text)) return 'strong';
  return FIELD.test(text) || RICH.test(text) || FORWARD.test(text) ? 'weak' : 'none';
}

function isInside(text: string): boolean {
  return FIELD.test(text) || RICH.test(text) || FORWARD.test(text) || BARE_HEAD.test(text);
}

type Draft = Omit<FirewalldZone, 'fields'> & { readonly fields: Map<string, ZoneField> };

function parse(lines: readonly string[]): Parsed<Zones> | undefined {
  const zones: Draft[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const line = index + 1;
    if (text === '') continue;
    const [, name, marks] = HEAD.exec(text) ?? BARE_HEAD.exec(text) ?? [];
    if (name !== undefined)
      zones.push({ line, name, marks: marks?.split(', ') ?? [], fields: new Map() });
    else if (FIELD.test(text)) {
      if (zones.length === 0) zones.push({ line, name: '', marks: [], fields: new Map() });
      takeField(zones.at(-1), text, line);
    } else if (!takeMember(zones.at(-1), text)) unread.push(line);
  }
  return zones.some(({ fields: { size } }) => size > 0)
    ? { content: { zones }, unread }
    : undefined;
}

function takeField(zone: Draft | undefined, text: string, line: number): void {
  const [, key = '', value = ''] = FIELD.exec(text) ?? [];
  const words = value.trim() === '' ? [] : value.trim().split(/\s+/);
  zone?.fields.set(key, { line, words });
}

/** Rich rules and forwarded ports stand below their label, one to a line. */
function takeMember(zone: Draft | undefined, text: string): boolean {
  const key = RICH.test(text) ? 'rich rules' : 'forward-ports';
  const above = zone?.fields.get(key);
  if (above === undefined || !(RICH.test(text) || FORWARD.test(text))) return false;
  zone?.fields.set(key, { ...above, words: [...above.words, text] });
  return true;
}
