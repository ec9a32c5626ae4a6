import { readKeywords } from '../../primitives/keywords.ts';
import { parseMac } from '../../primitives/mac.ts';
import { wordsOf } from '../../primitives/words.ts';

const COLON = 58;

/** One forwarding entry: which port of a bridge, or which remote host of a VXLAN device, a MAC is behind. */
export interface FdbEntry {
  readonly line: number;
  readonly mac: string;
  readonly device: string | null;
  /** The remote host of a VXLAN entry. */
  readonly destination: string | null;
  readonly master: string | null;
  readonly vlan: number | null;
  readonly port: number | null;
  readonly vni: number | null;
  /** `self`, `permanent`, `static`, `extern_learn`, `offload`, `sticky`. */
  readonly flags: readonly string[];
  /** The MAC of a port itself: `permanent` on a bridge, `yes` in `brctl showmacs`. */
  readonly local: boolean;
}

const KEYS: ReadonlySet<string> = new Set(
  'dev dst vlan port vni via master link-netnsid used src_vni nhid updated state'.split(' '),
);
const FLAGS: ReadonlySet<string> = new Set(
  'self permanent static stale extern_learn offload [offload] sticky router locked blackhole dynamic local added_by_user added_by_ext_learn'.split(
    ' ',
  ),
);

/** One line of `bridge fdb show`, with `-s` and `-d` too; bridge/fdb.c, print_fdb. */
export function fdbEntry(text: string, line: number): FdbEntry | undefined {
  if (text.charCodeAt(2) !== COLON) return undefined;
  const [first = '', ...rest] = wordsOf(text);
  const mac = first.length === 17 ? parseMac(first) : undefined;
  const words = mac === undefined ? undefined : readKeywords(rest, KEYS, FLAGS);
  if (mac === undefined || words === undefined) return undefined;
  const { pairs } = words;
  if (pairs.size === 0 && words.flags.length === 0) return undefined;
  const flags = words.flags.map((flag) => (flag === '[offload]' ? 'offload' : flag));
  return {
    line,
    mac,
    device: pairs.get('dev') ?? null,
    destination: pairs.get('dst') ?? null,
    master: pairs.get('master') ?? null,
    vlan: numberOf(pairs.get('vlan')),
    port: numberOf(pairs.get('port')),
    vni: numberOf(pairs.get('vni')),
    flags,
    local: flags.includes('permanent') && !pairs.has('dst'),
  };
}

const SHOWMACS = /^\d{1,5}\s+([\da-f:]{17})\s+(yes|no)\s+\d+\.\d{2}$/i;

/** One line of `brctl showmacs`: port number, MAC, whether it is the port's own, age. */
export function showmacsEntry(text: string, line: number): FdbEntry | undefined {
  const [, shown = '', local] = SHOWMACS.exec(text) ?? [];
  const mac = parseMac(shown);
  if (mac === undefined) return undefined;
  return {
    line,
    mac,
    device: null,
    destination: null,
    master: null,
    vlan: null,
    port: null,
    vni: null,
    flags: [],
    local: local?.toLowerCase() === 'yes',
  };
}

/** The heading of `brctl showmacs`. */
export function isShowmacsHead(text: string): boolean {
  return /^port no\s+mac addr\s+is local\?\s+ageing timer$/.test(text);
}

function numberOf(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
