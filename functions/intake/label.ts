import { deviceRole } from '../primitives/device.ts';

/** What a short line above an output says of it: `kube-w3 服务器 cbr0 抓包到的数据包:`, `### srv-b / cni0`, `on node1:`. */
export interface Label {
  readonly host: string | null;
  readonly interface: string | null;
  readonly pod: boolean;
  readonly order: 'before' | 'after' | null;
}

const LONGEST_LABEL = 120;

/** Words about captures and hosts, never themselves a host's name. */
const STOP = new Set(
  `a after all an and are as at auf before below by capture captured captures capturing card command container conntrack
  cat content contents counters data desde dev device dump dumps en estadisticas file first for from get goes here host
  im in inside interface interfaces interfaz interface: iface ip is it its kernel link list log look mitschnitt name nach nic no node nodes of
  on or output outputs packet packets paquetes pcap pod pods port print ran read result results route router routes run
  running same schnittstelle second see seen show shows side stat statistics stats sudo sur sysctl table taken tcp tcpdump
  tcpdum text that the then this to traffic trace udp uname vom von vor was we what when where while with within y et sobre
  resolv.conf resolv etc dmesg netstat iptables nft ssh dns vxlan overlay`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Words that are a host's name only when nothing better stands in the line. */
const ROLES = new Set(
  'agent client server master worker control-plane gateway machine vm box source target local remote'.split(
    ' ',
  ),
);

const PREPOSITION =
  /(?:^|[\s(（])(?:on|from|at|inside|in|pod|node|host|auf|von|en|sur|de|desde|server|machine)\s*$|[在从于]\s*$/i;
const CAPTURE_WORD = /tcpdump|tcpdum\b|captur|抓包|\bdump\b|mitschnitt|packets?\b/i;
const POD_WORD = /\bpod\b|\bcontainer\b|\binside\b|容器|\bin pod\b/i;
const BEFORE = /\bbefore\b|升级前|修改前|之前|变更前|\bvorher\b|\bantes\b/i;
const AFTER = /\bafter\b|升级后|修改后|之后|变更后|\bnachher\b|\bdespués\b/i;
const POD_NAME = /-[0-9a-z]{6,10}-[0-9a-z]{5}$/;

/**
 * Reads a label line; undefined when the line is prose or names neither a host nor an interface.
 * `known` are names that prompts or outputs of the same paste use for hosts.
 */
export function parseLabel(line: string, known: ReadonlySet<string>): Label | undefined {
  const text = strip(line);
  if (text === '' || text.length > LONGEST_LABEL || isProse(text)) return undefined;
  const marked = /^\s*(?:#|\*\*|[-*•] |\d+[.)、])/.test(line) || /[::]\s*\**$/.test(line.trimEnd());
  const words = wordsOf(text);
  const device = words.find((word) => deviceRole(word.text) !== undefined && word.text !== 'any');
  const capturing = CAPTURE_WORD.test(text);
  if (
    !marked &&
    !capturing &&
    !(device !== undefined && words.length <= 6) &&
    !isLoneHost(words, known)
  )
    return undefined;
  const host = bestHost(text, words, known);
  if (host === null && device === undefined) return undefined;
  return {
    host,
    interface: device?.text ?? null,
    pod: POD_WORD.test(text) || (host !== null && POD_NAME.test(host)),
    order: BEFORE.test(text) ? 'before' : AFTER.test(text) ? 'after' : null,
  };
}

function strip(line: string): string {
  return line
    .trim()
    .replace(/^(?:#{1,6}|>|[-*•]|\/\/)\s*/, '')
    .replace(/^\(?\d{1,2}[.)、]\s*/, '')
    .replace(/[*_`]{1,3}/g, (mark) => (mark === '_' ? mark : ''))
    .trim();
}

/** Sentences are prose however short they are; so is anything with several clauses. */
function isProse(text: string): boolean {
  if (/[。;;!?!?]|[^.]\.\s+[A-Z]|…/.test(text)) return true;
  const clauses = text.split(/[,,]/).length;
  if (clauses > 2) return true;
  const cjk = text.replace(/[^\u4e00-\u9fff]/g, '').length;
  return (clauses === 2 && cjk > 8) || cjk > 40 || text.split(/\s+/).length > 14;
}

interface Word {
  readonly text: string;
  readonly at: number;
  /** Touches a CJK character: `node节点`; the name may be part of a phrase. */
  readonly glued: boolean;
}

function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  for (const match of text.matchAll(/[A-Za-z0-9][\w.@-]*/g)) {
    const token = match[0].replace(/[.@-]+$/, '');
    const end = match.index + match[0].length;
    const touches = (c: string | undefined) => c !== undefined && /[\u4e00-\u9fff]/.test(c);
    words.push({
      text: token,
      at: match.index,
      glued: touches(text[match.index - 1]) || touches(text[end]),
    });
  }
  return words;
}

function isLoneHost(words: readonly Word[], known: ReadonlySet<string>): boolean {
  return words.length === 1 && known.has(words[0]?.text ?? '');
}

function bestHost(text: string, words: readonly Word[], known: ReadonlySet<string>): string | null {
  let best: string | null = null;
  let bestScore = 0;
  for (const word of words) {
    const score = hostScore(text, word, known);
    if (score > bestScore) {
      best = word.text;
      bestScore = score;
    }
  }
  return best;
}

function hostScore(text: string, word: Word, known: ReadonlySet<string>): number {
  const name = word.text;
  const lower = name.toLowerCase();
  if (deviceRole(name) !== undefined || STOP.has(lower) || /^\d+(?:\.\d+)?$/.test(name)) return 0;
  if (/^\d+(?:packets|ms|s|us)$/.test(lower) || name.length > 64) return 0;
  let score = 3;
  if (known.has(name)) score += 8;
  if (/\d/.test(name) || name.includes('-')) score += 3;
  if (PREPOSITION.test(text.slice(0, word.at))) score += 2;
  if (ROLES.has(lower)) score -= 1;
  if (/^[A-Z][a-z]+$/.test(name)) score -= 2;
  if (word.glued) score -= 2;
  return score;
}
