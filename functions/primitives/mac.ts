const OCTETS = /^[0-9a-f]{1,2}(?:[:-][0-9a-f]{1,2}){5}$/i;

/** Reads a MAC address, whatever its case; BSD drops leading zeros. Undefined when the text is none. */
export function parseMac(text: string): string | undefined {
  if (text.length < 11 || text.length > 17 || !OCTETS.test(text)) return undefined;
  return text
    .toLowerCase()
    .split(/[:-]/)
    .map((octet) => octet.padStart(2, '0'))
    .join(':');
}
