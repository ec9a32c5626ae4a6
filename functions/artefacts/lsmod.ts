import { ASCII, defineArtefact, type Parsed, type Strength } from './define.ts';

interface KernelModule {
  readonly line: number;
  readonly name: string;
}

interface KernelModules {
  readonly modules: readonly KernelModule[];
}

/** `lsmod` (kmod, BusyBox) and /proc/modules. What is built into the kernel stands in neither. */
export const lsmod = defineArtefact({
  kind: 'lsmod',
  title: 'lsmod',
  ask: 'cat /proc/modules',
  hint: /\blsmod\b|\/proc\/modules\b/,
  first: ASCII,
  recognise,
  parse,
  size: ({ modules }) => ({ count: modules.length, unit: 'modules' }),
  facts: {},
});

const HEAD = /^Module\s+Size\s+Used by(?:\s+.*)?$/;
/** `br_netfilter           32768  0`, `bridge  307200  1 br_netfilter`. */
const ROW = /^([a-z0-9][\w-]{0,63})\s+(\d{3,10})\s+(-?\d{1,6})(?:\s+[\w,[\]()-]{1,2000})?$/;
/** `br_netfilter 32768 0 - Live 0x0000000000000000 (O)`. */
const PROC =
  /^([a-z0-9][\w-]{0,63}) (\d{3,10}) (\d{1,6}|-) \S{1,2000} (?:Live|Loading|Unloading) 0x[\da-f]{8,16}(?: \([A-Z]+\))?$/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (HEAD.test(text) || PROC.test(text)) return 'strong';
  return ROW.test(text) ? 'weak' : 'none';
}

function parse(lines: readonly string[]): Parsed<KernelModules> | undefined {
  const modules: KernelModule[] = [];
  const unread: number[] = [];
  let heads = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const name = PROC.exec(text)?.[1] ?? ROW.exec(text)?.[1];
    if (HEAD.test(text)) heads += 1;
    else if (name === undefined) unread.push(index + 1);
    else modules.push({ line: index + 1, name });
  }
  return modules.length + heads === 0 ? undefined : { content: { modules }, unread };
}
