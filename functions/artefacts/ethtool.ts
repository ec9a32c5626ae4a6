import { ASCII, defineArtefact, type Strength } from './define.ts';

/** One setting of a card as printed: `rx` of the ring's maximum is `Pre-set maximums RX`. */
export interface CardSetting {
  readonly line: number;
  /** The card, where the output names it. */
  readonly card: string | null;
  readonly topic: Topic;
  readonly name: string;
  readonly value: string;
  /** `[fixed]`, `[requested on]`: what stands behind a feature's value. */
  readonly remark: string | null;
}

type Topic =
  | 'features'
  | 'ring'
  | 'channels'
  | 'coalesce'
  | 'pause'
  | 'link'
  | 'driver'
  | 'private-flags'
  | 'time-stamping'
  | 'module'
  | 'none';

/** The titles of ethtool.c, and of its netlink part (netlink/features.c, rings.c, channels.c, settings.c, tsinfo.c). */
const TITLES: readonly (readonly [Topic, RegExp])[] = [
  ['features', /^(?:Features|Offload parameters) for (\S+):$/],
  ['ring', /^Ring parameters for (\S+):$/],
  ['channels', /^Channel parameters for (\S+):$/],
  ['coalesce', /^Coalesce parameters for (\S+):$/],
  ['pause', /^Pause parameters for (\S+):$/],
  ['link', /^Settings for (\S+):$/],
  ['private-flags', /^Private flags for (\S+):$/],
  ['time-stamping', /^Time stamping parameters for (\S+):$/],
];
const PART = /^(?:Pre-set maximums|Current hardware settings):$/;
const FEATURE =
  /^([a-z][a-z\d_-]{3,50}): (on|off)(?: (\[(?:fixed|requested on|requested off|not requested)[\w ,]*\]))?$/;
const OWN_FEATURE =
  /^(?:(?:rx|tx)-|(?:tcp|udp|generic|large)-\w+-\w+|scatter-gather$|ntuple-filters$|receive-hashing$|highdma$|hw-tc-offload$|(?:esp|macsec)-\w|loopback$|l2-fwd-offload$)/;
const SETTING = /^([A-Z][A-Za-z\d /-]{1,40}|[a-z][a-z-]{2,30}):\s*(\S.{0,80})?$/;
/** Settings that ethtool alone prints under these names; below its title they need no proof. */
const OWN_SETTING =
  /^(?:Speed: \S|Duplex: \S|Link detected: |Auto-negotiation: |Supports auto-negotiation: |Advertised auto-negotiation: |Supported (?:ports|link modes|FEC modes|pause frame use): |Advertised \w|PHYAD: \d|MDI-X: |Wake-on: |Current message level: |(?:RX(?: Mini| Jumbo| Buf Len)?|TX(?: Push)?|Other|Combined|CQE Size|TCP data split):\s+(?:\d+|n\/a|on|off)$)/;
const MORE = /^(?:\d+base\S+|drv |link$|Not reported$|Cannot get |: Operation not \w+$)/;
/** What ethtool could not get while it showed the rest, `Cannot get wake-on-lan settings: Operation not permitted`. */
const NOT_GOT =
  /^Cannot get (?:(?:wake-on-lan settings|link status): |[\w -]{3,60}: Operation not supported$)/;
/** `-c`, beside the line of what adapts itself. Drivers name no counters so (uapi ethtool_coalesce). */
const COALESCE =
  /^(?:(?:rx|tx)-(?:usecs|frames?)(?:-(?:irq|low|high))?|stats-block-usecs|sample-interval|pkt-rate-(?:low|high)|tx-aggr-[a-z-]{4,20}):\s*(?:\d+|n\/a)$/;
/** `-T`: what a card can stamp, one to a line; older tools write the constant behind it. */
const STAMPING =
  /^(?:(?:hardware|software)-[a-z-]{5,20}|off|on|none|all|some|one-step-(?:sync|p2p)|(?:ptpv\d|ntp)-[a-z\d-]{3,20})(?: +\((?:SOF_TIMESTAMPING|HWTSTAMP)_\w{2,40}\)?)?$/;
const OWN_STAMPING =
  /^(?:PTP Hardware Clock: |Hardware (?:Transmit Timestamp|Receive Filter) Modes:|(?:hardware|software)-(?:transmit|receive|raw-clock|system-clock)\b)/;
/** `--show-priv-flags`: whatever the driver calls its own, padded to one width. */
const PRIVATE = /^([A-Za-z][\w-]{1,40}(?: [\w-]{1,20}){0,3}) *: (on|off)$/;
/** `-m` pads every name to 41 characters (sff-common.h, SFF_PRINT). */
const MODULE_COLON = 42;
const MODULE = /^([A-Z][\w ,.()/&+-]{1,60}?) +:(?: (.*))?$/;
const OWN_MODULE =
  /^(?:Identifier|Extended identifier|Transceiver |Vendor |Laser |BR, |Length \(|Module |Optical diagnostics |Receiver signal )/;
const DRIVER =
  /^(?:driver|version|firmware-version|expansion-rom-version|bus-info|supports-[a-z-]+):/;

/** Of those, what no other command prints. */
const OWN_DRIVER =
  /^(?:firmware-version|expansion-rom-version|bus-info|supports-(?:statistics|test|eeprom-access|register-dump|priv-flags)):/;

/**
 * `ethtool` without `-S`: features (`-k`), ring (`-g`), channels (`-l`), coalescing, pause, driver, private flags, time
 * stamps (`-T`), the module that is plugged in (`-m`), and the link itself.
 */
export const ethtool = defineArtefact({
  kind: 'ethtool',
  title: 'ethtool, ethtool -k, -g, -l',
  ask: 'ethtool -k eth0',
  hint: /\bethtool\s+(?:-[kglcaiTm]\b|--(?:show-|driver|module-info|dump-module-eeprom)|[a-z])/,
  first: ASCII,
  recognise,
  continues: (line) => isInside(line.trim()),
  parse,
  size: ({ settings }) => ({ count: settings.length, unit: 'settings' }),
  place: ({ settings }) => {
    const cards = new Set(settings.map(({ card }) => card));
    const [only] = cards;
    return cards.size === 1 && only != null ? { interface: only } : {};
  },
  facts: {},
});

/** What proves nothing alone. */
const WEAK = [PART, DRIVER, OWN_SETTING, NOT_GOT, COALESCE, OWN_STAMPING];
/** What may stand beneath a title. */
const INSIDE = [PART, SETTING, MORE, STAMPING, PRIVATE];

function recognise(line: string): Strength {
  const text = line.trim();
  if (titleIn(text) !== undefined || OWN_DRIVER.test(text)) return 'strong';
  if (OWN_MODULE.test(text) && moduleIn(text) !== undefined) return 'strong';
  const feature = FEATURE.exec(text);
  if (feature !== null && (OWN_FEATURE.test(feature[1] ?? '') || feature[3] !== undefined))
    return 'strong';
  const isWeak =
    feature !== null || WEAK.some((shape) => shape.test(text)) || moduleIn(text) !== undefined;
  return isWeak ? 'weak' : 'none';
}

function titleIn(text: string): { readonly topic: Topic; readonly card: string } | undefined {
  for (const [topic, shape] of TITLES) {
    const card = shape.exec(text)?.[1];
    if (card !== undefined) return { topic, card };
  }
  return undefined;
}

function isInside(text: string): boolean {
  return text.length < 160 && INSIDE.some((shape) => shape.test(text));
}

function parse(lines: readonly string[]) {
  const settings: CardSetting[] = [];
  const unread: number[] = [];
  let title: { readonly topic: Topic; readonly card: string | null } = {
    topic: 'none',
    card: null,
  };
  let part = '';
  let titles = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const line = index + 1;
    const begun = titleIn(text);
    if (begun !== undefined) {
      title = begun;
      part = '';
      titles += 1;
    } else if (PART.test(text)) part = `${text.slice(0, -1)} `;
    else {
      const one = settingIn(text, title.topic);
      if (one !== undefined)
        settings.push({
          line,
          card: title.card,
          topic: one.topic ?? title.topic,
          name: `${part}${one.name}`,
          value: one.value,
          remark: one.remark,
        });
      else if (!MORE.test(text) && !STAMPING.test(text)) unread.push(line);
    }
  }
  return settings.length + titles === 0 ? undefined : { content: { settings }, unread };
}

function settingIn(text: string, under: Topic) {
  const flag = under === 'private-flags' ? PRIVATE.exec(text) : null;
  if (flag !== null)
    return { topic: null, name: flag[1] ?? '', value: flag[2] ?? '', remark: null };
  const [, feature, state = '', remark] = FEATURE.exec(text) ?? [];
  if (feature !== undefined)
    return { topic: 'features' as const, name: feature, value: state, remark: remark ?? null };
  const module = moduleIn(text);
  if (module !== undefined) return { topic: 'module' as const, ...module, remark: null };
  const [, name, value = ''] = SETTING.exec(text) ?? [];
  if (name === undefined) return undefined;
  return { topic: DRIVER.test(text) ? ('driver' as const) : null, name, value, remark: null };
}

function moduleIn(text: string): { readonly name: string; readonly value: string } | undefined {
  if (text.charAt(MODULE_COLON) !== ':' || text.length > 200) return undefined;
  const [, name, value = ''] = MODULE.exec(text) ?? [];
  return name === undefined ? undefined : { name, value };
}
