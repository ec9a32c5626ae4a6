import { defineArtefact, type Parsed, type Strength } from './define.ts';

/** A search through the rules of a node that found nothing. */
interface EmptySearch {
  readonly line: number;
  readonly tool: 'iptables' | 'ipvsadm';
  /** The IPv4 address that was searched for. */
  readonly address: string;
}

/**
 * A command line alone: root lists all NAT rules (iptables-save(8)) or all virtual servers (ipvsadm(8)), grep(1) looks for
 * one address, and the next prompt stands right below. What shells and tools say when they fail would stand between, so a
 * line that throws errors away (`2>/dev/null`) tells nothing, nor does one without root's rights.
 */
export const emptySearch = defineArtefact({
  kind: 'empty-search',
  title: '| grep',
  ask: 'sudo iptables-save -t nat | grep SERVICE-IP',
  hint: /(?!)/,
  ofAnyCommand: true,
  recognise,
  parse,
  size: () => ({ count: 1, unit: 'lines' }),
  facts: {},
});

/** A prompt with such a command; that it answers with nothing, only what stands below shows, so alone it proves none. */
function recognise(line: string): Strength {
  return searchIn(line) === null ? 'none' : 'weak';
}

/** Names in place of addresses, as `iptables -L` prints them without `-n`, hold no address to be found. */
const LISTING =
  '(iptables-save(?: -c)?(?: -t ?nat)?(?: -c)?|iptables (?=[^|]* -[vL]*[nS])(?:-[nv]{1,2} )*-t nat (?:-[nvLS]{1,4} ?|KUBE-SERVICES ?){1,5}|ipvsadm (?:-Ln|-ln|-L -n|-l -n))';
/** Options that neither turn the search round nor keep its lines back. */
const SEARCH = String.raw`(?:e|f)?grep(?: -(?:[wFEins]|[ABC] ?\d{1,2}))*`;
const ADDRESS = String.raw`["']?(\d{1,3}(?:\\?\.\d{1,3}){3})(?:\/32|\\b|:\d{1,5})?["']?`;
const COMMAND = new RegExp(
  String.raw`(?:([#])|\bsudo)\s*(?:sudo )?(?:\/\w+\/sbin\/|\/sbin\/)?${LISTING}\s*\|\s*${SEARCH}\s+(?:-e )?(?:-- )?${ADDRESS}\s*$`,
);

/** Reads the command line with its prompt; null where its silence would tell nothing. */
export function searchIn(text: string): Omit<EmptySearch, 'line'> | null {
  if (text.length > 400 || !text.includes('grep')) return null;
  const [, , listing, address] = COMMAND.exec(text.trim()) ?? [];
  if (listing === undefined || address === undefined) return null;
  const tool = listing.startsWith('ipvsadm') ? 'ipvsadm' : 'iptables';
  return { tool, address: address.replaceAll('\\', '') };
}

function parse(lines: readonly string[]): Parsed<EmptySearch> | undefined {
  const search = searchIn(lines.at(-1) ?? '');
  return search === null ? undefined : { content: { line: lines.length, ...search }, unread: [] };
}
