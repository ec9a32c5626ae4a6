import { defineArtefact, found, missing, type Strength } from './define.ts';

/** Which distribution, and which version of it. */
export interface OsRelease {
  /** `alpine`, `debian`, `rhel` …: ID in the file. */
  readonly id: string | null;
  readonly version: string | null;
  readonly line: number;
}

const PAIR = /^([A-Z][A-Z_]{1,40})=("[^"]*"|'[^']*'|\S*)$/;
const OWN: ReadonlySet<string> = new Set(
  (
    'PRETTY_NAME VERSION_ID VERSION_CODENAME ID_LIKE HOME_URL SUPPORT_URL BUG_REPORT_URL PRIVACY_POLICY_URL ANSI_COLOR CPE_NAME ' +
    'PLATFORM_ID UBUNTU_CODENAME BUILD_ID VARIANT_ID DEFAULT_HOSTNAME DOCUMENTATION_URL REDHAT_BUGZILLA_PRODUCT ' +
    'REDHAT_BUGZILLA_PRODUCT_VERSION REDHAT_SUPPORT_PRODUCT REDHAT_SUPPORT_PRODUCT_VERSION SUPPORT_END'
  ).split(' '),
);
const SHARED: ReadonlySet<string> = new Set([
  'ID',
  'NAME',
  'VERSION',
  'VARIANT',
  'LOGO',
  'VENDOR_NAME',
]);
/** /etc/alpine-release holds nothing but the version. */
const ALPINE = /^(3\.\d{1,2}\.\d{1,2})$/;

/** `/etc/os-release`, os-release(5), and `/etc/alpine-release`. */
export const osRelease = defineArtefact({
  kind: 'os-release',
  title: '/etc/os-release',
  ask: 'cat /etc/os-release',
  hint: /\b(?:os|alpine)-release\b/,
  first: 'ABCDEHILNPRSUV3',
  recognise,
  parse,
  size: () => ({ count: 1, unit: 'settings' }),
  facts: {
    id: {
      type: 'label',
      is: 'the distribution: alpine, debian, ubuntu, rhel …',
      of: ({ id, line }) => (id === null ? missing('no ID is shown') : found(id, [line])),
    },
    version: {
      type: 'label',
      is: "the distribution's version",
      of: ({ version, line }) =>
        version === null ? missing('no VERSION_ID is shown') : found(version, [line]),
    },
  },
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (ALPINE.test(text)) return 'weak';
  const key = PAIR.exec(text)?.[1] ?? '';
  if (OWN.has(key)) return 'strong';
  return SHARED.has(key) ? 'weak' : 'none';
}

function parse(lines: readonly string[]) {
  const pairs = new Map<string, { readonly value: string; readonly line: number }>();
  const unread: number[] = [];
  for (const [index, line] of lines.entries()) {
    const text = line.trim();
    const alpine = ALPINE.exec(text)?.[1];
    const [, key, value = ''] = PAIR.exec(text) ?? [];
    if (alpine !== undefined) {
      if (!pairs.has('ID')) pairs.set('ID', { value: 'alpine', line: index + 1 });
      pairs.set('VERSION_ID', { value: alpine, line: index + 1 });
    } else if (key !== undefined && (OWN.has(key) || SHARED.has(key)))
      pairs.set(key, { value: value.replace(/^["']|["']$/g, ''), line: index + 1 });
    else if (text !== '') unread.push(index + 1);
  }
  const id = pairs.get('ID');
  const name = pairs.get('PRETTY_NAME') ?? pairs.get('NAME');
  const version = pairs.get('VERSION_ID');
  const line = id?.line ?? version?.line ?? name?.line;
  if (line === undefined) return undefined;
  // Without ID the first word of the name tells: `Alpine Linux v3.18`.
  const content: OsRelease = {
    id: (id?.value ?? name?.value.split(' ', 1)[0])?.toLowerCase() ?? null,
    version: version?.value ?? null,
    line,
  };
  return { content, unread };
}
