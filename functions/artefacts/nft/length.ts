/** What a rule wants of a packet's length, as iptables' `length` counts it: with the IP header. */
interface Length {
  readonly field: 'length';
  /** `1001:65535`. */
  readonly value: string;
  /** How many words say so. */
  readonly length: number;
}

/** `meta length > 1000`, `ip length 1000-65535` (nft(8), meta and IPv4 header expressions); undefined for anything else. */
export function lengthAt(words: readonly string[], at: number): Length | undefined {
  const [family = '', field, operator = '', bound = ''] = words.slice(at, at + 4);
  if (field !== 'length' || (family !== 'meta' && family !== 'ip')) return undefined;
  const [, low, high] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(operator) ?? [];
  if (low !== undefined) return { field, value: `${low}:${high ?? low}`, length: 3 };
  const range = /^\d{1,5}$/.test(bound) ? RANGES.get(operator) : undefined;
  return range === undefined ? undefined : { field, value: range(Number(bound)), length: 4 };
}

const LONGEST = 65535;

const RANGES: ReadonlyMap<string, (bound: number) => string> = new Map([
  ['>', (bound) => `${bound + 1}:${LONGEST}`],
  ['>=', (bound) => `${bound}:${LONGEST}`],
  ['<', (bound) => `0:${bound - 1}`],
  ['<=', (bound) => `0:${bound}`],
]);
