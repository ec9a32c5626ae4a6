import { parseAddress, parsePrefix } from '../primitives/address.ts';
import { ASCII, defineArtefact, found, missing, type Parsed, type Strength } from './define.ts';

/** An address that a jail keeps out, as far as the output goes. */
export interface Ban {
  readonly line: number;
  /** Null where only the command names it. */
  readonly jail: string | null;
  /** `198.51.100.7`, or a network: `203.0.113.0/24`. */
  readonly address: string;
}

interface Bans {
  readonly bans: readonly Ban[];
  /** Lines of jails and messages that were understood. */
  readonly understood: number;
}

/**
 * `fail2ban-client status JAIL`, `status --all`, `banned`, `get JAIL banip --with-time` (fail2ban client/beautifier.py,
 * server/banmanager.py, 0.8 to 1.1) and its log (server/actions.py): what a log unbans is banned no more.
 */
export const fail2ban = defineArtefact({
  kind: 'fail2ban',
  title: 'fail2ban-client status',
  ask: 'sudo fail2ban-client status sshd',
  hint: /\bfail2ban(?:-client\s|\.log\b)/,
  first: ASCII,
  recognise,
  continues: (line) => STATUS_LINE.test(line.trim()) || LOG.test(line),
  parse,
  size: ({ understood }) => ({ count: understood, unit: 'lines' }),
  facts: {
    banned: {
      type: 'list',
      is: 'addresses that it bans',
      of: ({ bans }) =>
        bans.length === 0
          ? missing('it shows no banned address')
          : found(
              bans.map(({ address }) => address),
              bans.map(({ line }) => line),
            ),
    },
  },
});

/** Left to right: the tree's own strokes, lost or not, then the label. */
const STATUS_LINE =
  /^[|`\s-]*(?:filter|action|Actions?|Filter|Currently (?:failed|banned)|Total (?:failed|banned)|File list|Journal matches|(?:Banned )?IP list|Number of jail|Jail list|Status for the jails|Jail):?(?:\s|$)|^Status$/;
const HEAD = /^Status for the jail: (\S{1,80})$/;
/** Of `status --all` (1.1). */
const JAIL = /^[|`\s-]*Jail: (\S{1,80})$/;
const LIST = /^[|`\s-]*(?:Banned )?IP list:\s*(.*)$/;
/** `[{'sshd': ['198.51.100.7']}, {'recidive': []}]`, of `fail2ban-client banned`. */
const ALL = /^\[(?:\{'[^']{1,80}': \[[^\]]{0,20000}\]\}(?:, )?){1,100}\]$/;
const EACH = /\{'([^']{1,80})': \[([^\]]{0,20000})\]\}/g;
/** `198.51.100.7 \t2026-11-20 10:00:00 + 600 = 2026-11-20 10:10:00`. */
const TIMED =
  /^([\da-fA-F.:/]{3,49})\s+\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+ -?\d{1,12} = \d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
/** `2026-11-20 10:00:00,123 fail2ban.actions        [712]: NOTICE  [sshd] Ban 198.51.100.7`. */
const LOG = /\bfail2ban\.\w{1,30}\s*\[\d{1,10}\]: (?:[A-Z]{4,8})\s+\S/;
const EVENT =
  /\bfail2ban\.actions\s*\[\d{1,10}\]: [A-Z]{4,8}\s+\[([^\]]{1,80})\] (?:(Ban|Restore Ban|Unban) ([\da-fA-F.:/]{3,49})|([\da-fA-F.:/]{3,49}) already banned)\s*$/;

function recognise(line: string): Strength {
  const text = line.trim();
  if (HEAD.test(text) || TIMED.test(text) || LOG.test(text)) return 'strong';
  if (LIST.test(text) || ALL.test(text)) return 'strong';
  // Without the strokes of the tree its labels are anybody's words.
  return /^[|`]/.test(text) && STATUS_LINE.test(text) ? 'weak' : 'none';
}

type Told =
  | { readonly is: 'jail'; readonly jail: string }
  | { readonly is: 'bans'; readonly jail: string | null; readonly addresses: readonly string[] }
  | { readonly is: 'unban'; readonly jail: string; readonly address: string }
  | { readonly is: 'furniture' };

/** What one line says; a list in the tree is that of the jail above it. */
function toldIn(text: string, above: string | null): readonly Told[] {
  const jail: string | undefined = HEAD.exec(text)?.[1] ?? JAIL.exec(text)?.[1];
  if (jail !== undefined) return [{ is: 'jail', jail }];
  const alone: string | undefined = LIST.exec(text)?.[1] ?? TIMED.exec(text)?.[1];
  if (alone !== undefined)
    return [{ is: 'bans', jail: above, addresses: alone.split(/[\s,]+/).filter(isAddress) }];
  const [, by, what, address = '', again] = EVENT.exec(text) ?? [];
  if (by !== undefined)
    return what === 'Unban'
      ? [{ is: 'unban', jail: by, address }]
      : [{ is: 'bans', jail: by, addresses: [again ?? address].filter(isAddress) }];
  if (ALL.test(text))
    return [...text.matchAll(EACH)].map(([, name = '', members = '']) => ({
      is: 'bans',
      jail: name,
      addresses: members.split(/[\s,']+/).filter(isAddress),
    }));
  return STATUS_LINE.test(text) || LOG.test(text) ? [{ is: 'furniture' }] : [];
}

function parse(lines: readonly string[]): Parsed<Bans> | undefined {
  const bans = new Map<string, Ban>();
  const unread: number[] = [];
  let understood = 0;
  let above: string | null = null;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const told = toldIn(text, above);
    if (told.length === 0) unread.push(index + 1);
    else understood += 1;
    for (const one of told) {
      if (one.is === 'jail') above = one.jail;
      else if (one.is === 'unban') bans.delete(`${one.jail} ${one.address}`);
      else if (one.is === 'bans')
        for (const address of one.addresses)
          bans.set(`${one.jail} ${address}`, { line: index + 1, jail: one.jail, address });
    }
  }
  return understood === 0
    ? undefined
    : { content: { bans: [...bans.values()], understood }, unread };
}

function isAddress(word: string): boolean {
  return parseAddress(word) !== undefined || parsePrefix(word) !== undefined;
}
