import { parseAddress } from '../primitives/address.ts';
import { defineArtefact, type Parsed, type Strength } from './define.ts';

interface OwnAddress {
  readonly addresses: readonly { readonly line: number; readonly address: string }[];
}

/** `hostname -i` and `hostname -I` (Debian's hostname.c, BusyBox): bare addresses; only the command tells what they are. */
export const ownAddress = defineArtefact({
  kind: 'own-address',
  title: 'hostname -i',
  ask: 'hostname -i',
  hint: /\bhostname\s+(?:-[iI]|--ip-address|--all-ip-addresses)\b/,
  first: '0123456789abcdefABCDEF:',
  recognise,
  parse,
  size: ({ addresses }) => ({ count: addresses.length, unit: 'entries' }),
  facts: {},
});

function recognise(line: string): Strength {
  return addressesIn(line).length > 0 ? 'weak' : 'none';
}

function addressesIn(line: string): readonly string[] {
  if (line.length > 400) return [];
  const words = line.trim().split(/\s+/);
  return words.every((word) => parseAddress(word) !== undefined) ? words : [];
}

function parse(lines: readonly string[]): Parsed<OwnAddress> | undefined {
  const addresses: { line: number; address: string }[] = [];
  const unread: number[] = [];
  for (const [index, text] of lines.entries()) {
    const shown = addressesIn(text);
    if (shown.length === 0 && text.trim() !== '') unread.push(index + 1);
    addresses.push(...shown.map((address) => ({ line: index + 1, address })));
  }
  return addresses.length === 0 ? undefined : { content: { addresses }, unread };
}
