import {
  isIfconfigPart,
  NEW_HEADER,
  NEW_INET,
  OLD_HEADER,
  OLD_INET,
  parseIfconfig,
} from './address/ifconfig.ts';
import { isIpconfig, isIpconfigPart, parseIpconfig } from './address/ipconfig.ts';
import {
  type Addresses,
  BRIEF_ADDRESS,
  INET,
  LIFETIME,
  ONE_LINE,
  parseIpAddress,
} from './address/read.ts';
import {
  defineArtefact,
  found,
  type Local,
  missing,
  type Parsed,
  type Strength,
} from './define.ts';
import { isJsonField, jsonStrength } from './ip-json.ts';
import { HEADER, isPart } from './links.ts';

/** `ip addr` with `-d`, `-s`, `-o`, `-br` or `-j` `ifconfig`, old and new, and `ipconfig` of Windows; the devices are read as `ip link` shows them. */
export const address = defineArtefact({
  kind: 'address',
  title: 'ip addr',
  ask: 'ip addr',
  hint: /\bip(?:\s+-(?:n|netns|f|family)\s+[^\s-]\S*|\s+-\S+){0,6}\s+a(?:d{1,2}r?|ddress|ddre?s?)?(?:\s|$|[|;&>])|(?:^|[\s/;&|>])(?:ifconfig|ipconfig(?:\.exe)?)(?:\s|$)/,
  recognise,
  continues: (line) => {
    const text = line.trim();
    return isPart(text) || isIfconfigPart(text) || isIpconfigPart(text) || isJsonField(line);
  },
  // A second listing, of another host, starts again with the loopback.
  begins: (line) => /^\s*1: lo: |^\s*1: lo\s+inet /.test(line),
  parse: (lines): Parsed<Addresses> | undefined => {
    if (lines.some((line) => isIpconfig(line.trim()))) return parseIpconfig(lines);
    const isIfconfig = lines.some((line) => isHeader(line.trim()));
    return isIfconfig ? parseIfconfig(lines) : parseIpAddress(lines);
  },
  size: ({ links }) => ({ count: links.length, unit: 'interfaces' }),
  place: ({ links }) => {
    const [only] = links;
    return only === undefined || links.length > 1 ? {} : { interface: only.name };
  },
  facts: {
    own: { type: 'list', is: 'addresses of the devices shown', of: own },
  },
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (isIpconfig(text)) return 'strong';
  if (INET.test(text)) return / scope \S/.test(text) || NEW_INET.test(text) ? 'strong' : 'weak';
  if (isHeader(text) || NEW_INET.test(text) || OLD_INET.test(text)) return 'strong';
  if (LIFETIME.test(text) || ONE_LINE.test(text)) return 'strong';
  if (HEADER.test(text)) return /\smode [A-Z]+(?:\s|\\|$)/.test(text) ? 'none' : 'weak';
  if (/^link\/(?:ether|loopback|none|ipip|sit|gre|tunnel6|void|ppp)(?:\s|$)/.test(text))
    return 'weak';
  const brief = BRIEF_ADDRESS.exec(text);
  if (brief !== null) return /[./:]\S*\/\d/.test(brief[3] ?? '') ? 'strong' : 'weak';
  return /^(?:RX|TX) packets[: ]\d+/.test(text) ? 'weak' : jsonStrength(text, 'address');
}

function isHeader(text: string): boolean {
  return NEW_HEADER.test(text) || OLD_HEADER.test(text);
}

function own({ links }: Addresses): Local<readonly string[]> {
  const all = links.flatMap(({ addresses }) => addresses);
  return all.length === 0
    ? missing('no address is shown')
    : found(
        all.map(({ address: text }) => text),
        all.map(({ line }) => line),
      );
}
