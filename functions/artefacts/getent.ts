import { parseAddress } from '../primitives/address.ts';
import { elapsedMsOf, isTimeFurniture } from '../primitives/elapsed.ts';
import { defineArtefact, found, missing, type Strength } from './define.ts';

/** One lookup through libc, as programs do it: which addresses came, how long it took, how it ended. */
export interface LibcLookup {
  readonly line: number;
  readonly addresses: readonly string[];
  /** The name that the answer carries: the one that the search list made of the name asked. */
  readonly canonical: string | null;
  /** Wall clock of `time`, in milliseconds. */
  readonly elapsedMs: number | null;
  /** Exit status where it was printed: 2 when the name was not found. */
  readonly exit: number | null;
}

/** getent(1): `hosts`, `ahosts`, `ahostsv4`, `ahostsv6` of glibc (nss/getent.c) and musl-utils, with and without `time`. */
export const getent = defineArtefact({
  kind: 'getent',
  title: 'getent hosts',
  ask: 'for i in $(seq 5); do time getent ahosts {traffic.name|NAME}; done',
  hint: /(?:^|[\s;&|/(])getent\s+(?:-\S+\s+)*a?hosts/,
  first: '0123456789abcdefABCDEF:rusCe[',
  recognise,
  parse,
  size: ({ lookups }) => ({ count: lookups.length, unit: 'lookups' }),
  facts: {
    slowestMs: {
      type: 'count',
      is: 'the longest lookup that `time` measured, in milliseconds',
      of: ({ lookups }) => {
        const timed = lookups.filter(({ elapsedMs }) => elapsedMs !== null);
        const [worst] = timed.toSorted((a, b) => (b.elapsedMs ?? 0) - (a.elapsedMs ?? 0));
        return worst?.elapsedMs == null
          ? missing('no lookup was timed')
          : found(worst.elapsedMs, [worst.line]);
      },
    },
  },
});

const HOSTS = /^([\da-fA-F:.]{2,45})\s+([\w.-]{1,253})(?:\s+[\w.-]{1,253}){0,20}$/;
const SOCKET = /^([\da-fA-F:.]{2,45})\s+(?:STREAM|DGRAM|RAW)\b\s*(\S{0,253})$/;
const EXIT = /^\[?(?:(?:rc|exit|status|exit status|exit code)[=: ]{1,3})?(\d{1,3})\]?$/i;

type Said =
  | {
      readonly is: 'address';
      readonly address: string;
      readonly name: string | null;
      readonly ahosts: boolean;
    }
  | { readonly is: 'elapsed'; readonly ms: number }
  | { readonly is: 'exit'; readonly status: number }
  | { readonly is: 'furniture' };

function recognise(line: string): Strength {
  const said = readLine(line.trim());
  if (said === undefined) return 'none';
  // `hosts` prints what a hosts file also holds, and `time` stands behind any command.
  return said.is === 'address' && said.ahosts ? 'strong' : 'weak';
}

function readLine(text: string): Said | undefined {
  const [, socket, canonical = ''] = SOCKET.exec(text) ?? [];
  if (socket !== undefined && parseAddress(socket) !== undefined)
    return { is: 'address', address: socket, name: canonical || null, ahosts: true };
  const [, address, name] = HOSTS.exec(text) ?? [];
  if (address !== undefined && name !== undefined && parseAddress(address) !== undefined)
    return { is: 'address', address, name, ahosts: false };
  const ms = elapsedMsOf(text);
  if (ms !== undefined) return { is: 'elapsed', ms };
  if (isTimeFurniture(text)) return { is: 'furniture' };
  const status = EXIT.exec(text)?.[1];
  return status === undefined ? undefined : { is: 'exit', status: Number(status) };
}

interface Draft {
  line: number;
  addresses: string[];
  canonical: string | null;
  elapsedMs: number | null;
  exit: number | null;
}

function parse(lines: readonly string[]) {
  const lookups: Draft[] = [];
  const unread: number[] = [];
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    if (text === '') continue;
    const said = readLine(text);
    if (said === undefined) unread.push(index + 1);
    else if (said.is !== 'furniture') take(lookups, said, index + 1);
  }
  return lookups.length === 0
    ? undefined
    : { content: { lookups: lookups as LibcLookup[] }, unread };
}

/** The clock, then the exit status, stand behind the addresses of their lookup. */
function take(lookups: Draft[], said: Exclude<Said, { is: 'furniture' }>, line: number): void {
  const last = lookups.at(-1);
  const isOver =
    last === undefined ||
    (said.is === 'address' && (last.elapsedMs !== null || last.exit !== null)) ||
    (said.is === 'elapsed' && last.elapsedMs !== null) ||
    (said.is === 'exit' && last.exit !== null);
  const draft = isOver
    ? { line, addresses: [], canonical: null, elapsedMs: null, exit: null }
    : last;
  if (isOver) lookups.push(draft);
  if (said.is === 'elapsed') {
    draft.elapsedMs = said.ms;
    draft.line = line;
  } else if (said.is === 'exit') draft.exit = said.status;
  else {
    if (!draft.addresses.includes(said.address)) draft.addresses.push(said.address);
    draft.canonical ??= said.name;
  }
}
