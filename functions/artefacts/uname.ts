import { defineArtefact, found, missing, type Strength } from './define.ts';

/** One kernel: its release (`uname -r`), its version (`uname -v`, from the `#` on) and the host that runs it. */
export interface Kernel {
  /** `Linux`, or the system it is instead: what is said of Linux kernels does not hold for it. */
  readonly system: string;
  readonly release: string;
  readonly version: string | null;
  readonly host: string | null;
  readonly line: number;
}

/**
 * `uname -a` (coreutils and BusyBox), `uname -r` and /proc/version (init/version.c: linux_proc_banner); of BSD and macOS too.
 * Debian's release names an ABI (`4.9.0-13-amd64`); the kernel's own number stands in the version alone.
 */
export const uname = defineArtefact({
  kind: 'uname',
  title: 'uname -a',
  ask: 'uname -a',
  hint: /\buname\s+[-–]|\/proc\/version\b/,
  recognise,
  parse,
  size: ({ others }) => ({ count: 1 + others.length, unit: 'kernels' }),
  place: ({ host }) => (host === null ? {} : { host }),
  facts: {
    release: {
      type: 'label',
      is: 'the kernel release',
      of: ({ system, release, line }) =>
        system === 'Linux' ? found(release, [line]) : missing(`${system} is not Linux`),
    },
    debianVersion: {
      type: 'label',
      is: "the version of Debian's kernel package, which begins with the upstream number",
      of: ({ version, line }) => {
        const debian = DEBIAN.exec(version ?? '')?.[1];
        return debian === undefined ? missing('no Debian version is shown') : found(debian, [line]);
      },
    },
  },
});

const LABEL = /^(?:[^:：#]{1,24}[:：]|内核(?:版本)?|[Kk]ernel(?: [Vv]ersion)?)\s*/;
const KERNEL_LABEL = /内核|kernel|uname/i;
const RELEASE = '\\d{1,2}\\.\\d{1,3}[\\w.+~-]{0,80}';
const FULL = new RegExp(`^Linux (\\S{1,255}) (${RELEASE})(?:\\s|$)`);
const OTHER =
  /^(FreeBSD|OpenBSD|NetBSD|DragonFly|Darwin|SunOS) (\S{1,255}) (\d{1,3}\.[\w.+-]{1,80})(?:\s|$)/;
const BANNER = new RegExp(`^Linux version (${RELEASE}) \\(`);
const SHORT = new RegExp(`^(?:Linux )?(${RELEASE})(?:\\s+#\\d|$)`);
const VERSION = /(?:^|\s)#\d/;
const MACHINE =
  /\s(?:x86_64|amd64|i[3-6]86|aarch64|arm64|armv\d\w{0,4}|ppc64(?:le)?|s390x?|riscv64|mips\w{0,6}|loongarch64)(?:\s|$)/;
const SYSTEM = /\s(?:GNU\/)?Linux$/;
const DEBIAN = /\bDebian (?:\d:)?(\d{1,2}\.\d[\w.+~-]{0,80})/;

interface Read {
  readonly kernel: Omit<Kernel, 'line'>;
  readonly strength: Strength;
}

function recognise(line: string): Strength {
  return read(line.trim())?.strength ?? 'none';
}

function parse(lines: readonly string[]) {
  const kernels: Kernel[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const kernel = read(text)?.kernel;
    if (kernel === undefined) unread.push(index + 1);
    else kernels.push({ ...kernel, line: index + 1 });
  }
  const [first, ...others] = kernels;
  return first === undefined ? undefined : { content: { ...first, others }, unread };
}

function read(text: string): Read | undefined {
  const bare = readBare(text);
  if (bare !== undefined) return bare;
  const label = LABEL.exec(text)?.[0];
  if (label === undefined) return undefined;
  const labelled = readBare(text.slice(label.length).trimStart());
  // A number after any word and a colon is some version; after `kernel:` it is this one.
  return labelled?.strength === 'strong' || KERNEL_LABEL.test(label) ? labelled : undefined;
}

function readBare(text: string): Read | undefined {
  const banner = BANNER.exec(text);
  if (banner !== null) return readAs(banner[1], null, text, 'strong');
  const full = FULL.exec(text);
  if (full !== null) {
    const rest = text.slice(full[0].length);
    const whole = VERSION.test(rest) || MACHINE.test(` ${rest}`);
    return whole || rest === ''
      ? readAs(full[2], full[1] ?? null, text, whole ? 'strong' : 'weak')
      : undefined;
  }
  const other = OTHER.exec(text);
  if (other !== null) {
    const [, system = '', host = '', release = ''] = other;
    return { kernel: { system, release, version: versionIn(text), host }, strength: 'strong' };
  }
  const short = SHORT.exec(text);
  if (short === null) return undefined;
  return VERSION.test(text) ? readAs(short[1], null, text, 'strong') : readAlone(short[1], text);
}

/** A release alone: three numbers or a suffix, and no IPv4 address. */
function readAlone(release: string | undefined, text: string): Read | undefined {
  if (release === undefined || /^\d+(?:\.\d+){3}$/.test(release)) return undefined;
  return /^\d+\.\d+\.\d|^\d+\.\d+-/.test(release) ? readAs(release, null, text, 'weak') : undefined;
}

function readAs(
  release: string | undefined,
  host: string | null,
  text: string,
  strength: Strength,
) {
  return release === undefined
    ? undefined
    : { kernel: { system: 'Linux', release, version: versionIn(text), host }, strength };
}

/** `uname -v` within `uname -a`: from `#1` up to the machine, or to the system's name where no machine is known. */
function versionIn(text: string): string | null {
  const at = text.search(VERSION);
  if (at < 0) return null;
  const tail = text.slice(at).trim();
  const end = tail.search(MACHINE);
  return (end < 0 ? tail.replace(SYSTEM, '') : tail.slice(0, end)).trim();
}
