import { defineArtefact, found, missing, type Strength } from './define.ts';

/** Which C library programs of a host or image use, and its version. */
export interface Libc {
  readonly name: 'glibc' | 'musl';
  readonly version: string | null;
  /** The vendor's build behind the version: `157.el7` of glibc-2.17-157.el7; null where none is printed. */
  readonly release: string | null;
  readonly line: number;
}

const NAMED: readonly (readonly [RegExp, Libc['name']])[] = [
  [/^ldd \([^()]{1,60}\) (\d{1,2}\.\d{1,3}(?:\.\d{1,3})?)$/, 'glibc'],
  [/^GNU C Library \([^()]{1,60}\) \w+ release version (\d{1,2}\.\d{1,3})/, 'glibc'],
  [/^(?:glibc|GNU libc) (\d{1,2}\.\d{1,3})$/, 'glibc'],
  [/^glibc-(\d{1,2}\.\d{1,3})-([\w.+~]{1,40})$/, 'glibc'],
  [/^ii\s+libc6(?::\w+)?\s+(\d{1,2}\.\d{1,3})-\S+/, 'glibc'],
  [/^musl-(\d{1,2}\.\d{1,2}\.\d{1,2})(?:_git\d{8})?(?:-r\d{1,4})?(?:\s.*)?$/, 'musl'],
  [/^musl libc \([\w-]{1,30}\)()$/, 'musl'],
  [/^(?:\/usr)?\/lib\/ld-musl-\w{1,20}\.so\.1()$/, 'musl'],
];
const VERSION = /^Version (\d{1,2}\.\d{1,2}\.\d{1,2})(?:-git\S{0,60}|_git\d{8})?$/;
/** What the tools say beside the version. */
const BESIDE =
  /^(?:Dynamic Program Loader|Usage: \S*ld-musl\S* |Usage: \S+ \[options\] \[--\] pathname|Copyright \(C\) \d{4} Free Software|This is free software; see|There is NO\b|warranty; not even|Written by Roland McGrath|PARTICULAR PURPOSE\.|Compiled by |libc ABIs:|For bug reporting|<https:\/\/)/;

/**
 * `ldd --version` of glibc, musl's loader (`ld-musl-x86_64.so.1`, ldso/dynlink.c), `apk info musl`, `rpm -q glibc`,
 * `dpkg -l libc6`, `getconf GNU_LIBC_VERSION`.
 */
export const libc = defineArtefact({
  kind: 'libc',
  title: 'ldd --version',
  ask: 'ldd --version 2>&1 | head -3; /lib/ld-musl-*.so.1 2>&1 | head -2; cat /etc/os-release',
  hint: /\bldd\b.*--version|\bld-musl|\bapk\s+(?:info|list)\b.*|\bGNU_LIBC_VERSION\b|\bldd\s*$/,
  first: '/lGgimVDUCTwWPF<',
  recognise,
  continues: (line) => BESIDE.test(line.trim()),
  parse,
  size: () => ({ count: 1, unit: 'settings' }),
  facts: {
    name: { type: 'label', is: 'glibc or musl', of: ({ name, line }) => found(name, [line]) },
    version: {
      type: 'label',
      is: 'its version',
      of: ({ version, line }) =>
        version === null ? missing('no version is shown') : found(version, [line]),
    },
  },
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (NAMED.some(([shape]) => shape.test(text))) return 'strong';
  return VERSION.test(text) || BESIDE.test(text) ? 'weak' : 'none';
}

function parse(lines: readonly string[]) {
  let read: Libc | undefined;
  const unread: number[] = [];
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    const told = text === '' ? undefined : toldBy(text, index + 1);
    if (told !== undefined) read ??= told;
    else if (VERSION.test(text) && read?.name === 'musl')
      read = { ...read, version: read.version ?? VERSION.exec(text)?.[1] ?? null, line: index + 1 };
    else if (text !== '' && !BESIDE.test(text)) unread.push(index + 1);
  }
  return read === undefined ? undefined : { content: read, unread };
}

function toldBy(text: string, line: number): Libc | undefined {
  for (const [shape, name] of NAMED) {
    const [, version, release = null] = shape.exec(text) ?? [];
    if (version !== undefined)
      return { name, version: version === '' ? null : version, release, line };
  }
  return undefined;
}
