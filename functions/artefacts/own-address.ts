import { parseAddress } from '../primitives/address.ts';
import { defineArtefact, type Parsed, type Strength } from './define.ts';

interface OwnAddress {
  readonly addresses: readonly { readonly line: number; readonly address: string }[];
}

/** Services that tell whoever asks by which address it came, and those of clouds that tell a machine its own. */
const ECHO = String.raw`(?:ifconfig\.(?:co|me|io|in)|icanhazip\.com|ipinfo\.io/ip|ipify\.org|checkip\.\w|ip\.sb|ipecho\.net|ident\.me|myip\.|ipip\.net|cip\.cc|ip\.me\b|whatismyip|wtfismyip\.com/text|ifcfg\.me|api\.ip\.|meta-data/(?:local-ipv4|public-ipv4|eipv4|private-ipv4)\b)`;

/**
 * `hostname -i` and `hostname -I` (Debian's hostname.c, BusyBox), and services on the internet that tell a client its
 * address: bare addresses; only the command tells what they are.
 */
export const ownAddress = defineArtefact({
  kind: 'own-address',
  title: 'hostname -i',
  ask: 'hostname -i',
  hint: new RegExp(
    String.raw`\bhostname\s+(?:-[iI]|--ip-address|--all-ip-addresses)\b|\b(?:curl|wget)\s(?:.{0,200}[\s/.@"'])?${ECHO}|\bdig\s(?:.{0,200}\s)?(?:myip\.opendns\.com|o-o\.myaddr\.l\.google\.com|whoami\.akamai\.net)\b`,
  ),
  recognise,
  continues: (line) => CIP.test(line.trim()),
  parse,
  size: ({ addresses }) => ({ count: addresses.length, unit: 'entries' }),
  facts: {},
});

/** `IP\t: 198.51.100.7` of cip.cc, `当前 IP：198.51.100.7  来自于：中国 …` of myip.ipip.net. */
const TOLD = /^(?:当前 ?)?IP\s*[:：]\s*([\da-fA-F.:]{3,45})(?:\s+来自于\s*[:：].{0,200})?$/;
/** What cip.cc says besides. */
const CIP = /^(?:地址|运营商|数据[二三]|URL)\s*[:：]/;

function recognise(line: string): Strength {
  return addressesIn(line).length > 0 ? 'weak' : 'none';
}

function addressesIn(line: string): readonly string[] {
  if (line.length > 400) return [];
  const text = line.trim();
  const [, told] = TOLD.exec(text) ?? [];
  // TXT records stand in quotes; zsh marks a line without an end by `%`.
  const words =
    told === undefined
      ? text
          .replace(/^"(.*)"$/, '$1')
          .replace(/%$/, '')
          .split(/\s+/)
      : [told];
  return words.every((word) => parseAddress(word) !== undefined) ? words : [];
}

function parse(lines: readonly string[]): Parsed<OwnAddress> | undefined {
  const addresses: { line: number; address: string }[] = [];
  const unread: number[] = [];
  for (const [index, text] of lines.entries()) {
    const shown = addressesIn(text);
    const isKnown = shown.length > 0 || text.trim() === '' || CIP.test(text.trim());
    if (!isKnown) unread.push(index + 1);
    addresses.push(...shown.map((address) => ({ line: index + 1, address })));
  }
  return addresses.length === 0 ? undefined : { content: { addresses }, unread };
}
