import { defineArtefact, type Parsed, type Strength } from './define.ts';

/** A search through the rules of a node, for the addresses of a name, or for a program that listens on a queue, that found nothing. */
interface EmptySearch {
  readonly line: number;
  readonly tool: 'iptables' | 'ipvsadm' | 'getent' | 'queues';
  /** What was searched for: an IPv4 address, of getent a name, of the list of queues nothing. */
  readonly wanted: string;
}

/**
 * A command line alone: getent(1) prints nothing where libc finds no address; or root lists all NAT rules (iptables-save(8)) or
 * all virtual servers (ipvsadm(8)), grep(1) looks for one address;
 * or the file of NFQUEUE's queues, in which each that a program listens on has a line (net/netfilter/nfnetlink_queue.c). The next prompt stands right below. What shells and tools say when they fail would stand between, so a
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

/** `user@host:~$ getent hosts db.example`, with nothing before or behind that would swallow what it says. */
const GETENT =
  /[#$%>]\s+getent\s+a?hosts(?:v[46])?\s+((?=[^\s]{0,252}[A-Za-z])[\w-]{1,63}(?:\.[\w-]{1,63}){0,20}\.?)\s*$/;

const QUEUES = /[#$%>]\s+(?:sudo )?cat \/proc\/net\/netfilter\/nfnetlink_queue\s*$/;

/** Reads the command line with its prompt; null where its silence would tell nothing. */
export function searchIn(text: string): Omit<EmptySearch, 'line'> | null {
  if (text.length > 400) return null;
  const name = text.includes('getent') ? GETENT.exec(text.trim())?.[1] : undefined;
  if (name !== undefined) return { tool: 'getent', wanted: name.toLowerCase().replace(/\.$/, '') };
  if (QUEUES.test(text.trim())) return { tool: 'queues', wanted: '' };
  if (!text.includes('grep')) return null;
  const [, , listing, address] = COMMAND.exec(text.trim()) ?? [];
  if (listing === undefined || address === undefined) return null;
  const tool = listing.startsWith('ipvsadm') ? 'ipvsadm' : 'iptables';
  return { tool, wanted: address.replaceAll('\\', '') };
}

function parse(lines: readonly string[]): Parsed<EmptySearch> | undefined {
  const search = searchIn(lines.at(-1) ?? '');
  return search === null ? undefined : { content: { line: lines.length, ...search }, unread: [] };
}
