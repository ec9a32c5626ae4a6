import { parseAddress } from '../primitives/address.ts';
import { deviceRole } from '../primitives/device.ts';
import { fleetHost } from './fleet-heading.ts';
import { isTimeWord, momentIn } from './moment.ts';
import { commandInterface, remotePlace } from './prompt.ts';
import { toldCommand } from './told-command.ts';

/** What a short line above an output says of it: `kube-w3 服务器 cbr0 抓包到的数据包:`, `### srv-b / cni0`, `on node1:`. */
export interface Label {
  readonly host: string | null;
  /** Whether the host is told by what is wrong with it alone, `broken node:`, which is no name beside a prompt's. */
  readonly isQuality: boolean;
  readonly interface: string | null;
  readonly pod: boolean;
  readonly order: 'before' | 'after' | null;
  /** The command that it says was run. */
  readonly command: string | null;
}

const LONGEST_LABEL = 120;
/** Of a label that neither a mark nor a word about captures makes one. */
const MOST_WORDS = 6;

/** Words about captures, hosts and reports, never themselves a host's name. */
const STOP = new Set(
  `a actual ack after all an and anderen answer are as at auf authoritative background before below both by capture captured captures
  capturing card cat command commands config configuration conntrack container conteneur contenedor content contents
  context coredns counters data de del der des desde dev device die dig dmesg dns dump dumps edit el en environment error
  errors estadisticas etc example expected file first following for from get goes here host hosts hôte iface im in
  information inside ipv4 ipv6 http https icmp arp smp kann kein keine können interface interfaces interfaz ip iptables is it its kernel knoten la le len les link list logs
  items kind look machine maquina máquina metadata mitschnitt mss mtu name nach nft nic no node nodes nodo nodos non-authoritative note notes nœud of
  on or os other output outputs overlay packet packets paquetes pcap ping pod pods port print question ran read rechner reproduce resolv
  resolv.conf result results route router routes routing run running same schnittstelle second see seen spec seite seq serveur servidor
  show shows side sobre ssh stat state statistics stats steps sudo summary sur sysctl table taken tcp tcpdum tcpdump tshark test tests
  text thanks that the then this to trace traceroute traffic ttl udp uname und update version vom von vor vxlan was we what
  when where while win window with within y et
  yesterday today tomorrow now monday tuesday wednesday thursday friday saturday sunday ayer hoy ahora mañana siempre hace
  esta este esa ese estos estas anoche noche tarde semana dieser diesem diese dieses nacht woche cette ce matin nuit semaine
   gestern heute jetzt morgen seit anfang
   info nat filter neighbours neighbors rules log syslog journal dashboard alert alerts ticket rfc zone region bytes line my our
   network hostnetwork balancer different kube-system kube-public cross-node intra-node inter-node same-node pod-to-pod pod-to-service
   node-to-node pod-to-node north-south east-west namespace namespaces system vpn cluster centos debian ubuntu rhel fedora alpine suse rocky almalinux k8s kubernetes
   reading readings attempt attempts try tries sample samples round rounds step steps problem issue hier maintenant demain toujours`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Words that are a host's name only when nothing better stands in the line. */
const ROLES = new Set(
  'agent client server master worker control-plane gateway vm box source target local remote'.split(
    ' ',
  ),
);

/** What is said of hosts that are held against each other. */
const QUALITIES = new Set(
  'affected bad broken failed failing fast faulty fine good healthy new ok okay old other problematic sick slow unaffected unhealthy working'.split(
    ' ',
  ),
);

const NOUN =
  'pod|node|host|server|machine|vm|container|knoten|rechner|nodo|servidor|nœud|serveur|hôte';
const CJK_NOUN = '服务器|机器|节点|主机|宿主机|物理机|虚拟机|容器';
const BEFORE_NAME = new RegExp(
  String.raw`(?:^|[\s(（])(?:(?:on|from|at|inside|in|is|im|auf|von|vom|en|sur|de|desde|dans|(?:${NOUN})[:：=/]?)\s*(?:(?<=\s)(?:the|el|la|le|der|dem|den)\s+)?(?<=[\s:：=/])[(（]?)$|(?:[在从于]|${CJK_NOUN})\s*[:：(（]?\s*$`,
  'i',
);
const BEFORE_LETTER = new RegExp(String.raw`(?:^|[\s(（])(?:${NOUN})\s+$|(?:${CJK_NOUN})\s*$`, 'i');
const AFTER_NAME = new RegExp(
  String.raw`^\s*(?:${CJK_NOUN}|[上端侧内]|(?:side|node|server|host|machine)(?![\w-]))`,
  'i',
);
/** Words of sentences: beside them, only a preposition makes a word a host. */
const SENTENCE =
  /(?:^|\s)(?:i|we|you|he|she|they|it|what|why|how|when|got|tried|can|could|does|did|do|is|are|was|were|has|have|had|not|no|but|so|then|because|que|ich|wir|nicht|aber|je|nous|ne|pas|mais|pero)(?![\w-])/i;
const CAPTURE_WORD = /tcpdump|tcpdum\b|captur|抓包|\bdump\b|mitschnitt|packets?\b/i;
const POD_WORD = /\bpod\b|\bcontainer\b|\binside\b|容器|\bin pod\b/i;
const POD_NAME = /-[0-9a-z]{6,10}-[0-9a-z]{5}$/;

/**
 * Reads a label line; undefined when the line is prose or names neither a host nor an interface.
 * `known` are names that prompts or outputs of the same paste use for hosts.
 */
export function parseLabel(line: string, known: ReadonlySet<string>): Label | undefined {
  const fleet = fleetHost(line);
  if (fleet !== undefined)
    return {
      host: fleet,
      isQuality: false,
      interface: null,
      pod: POD_NAME.test(fleet),
      order: null,
      command: null,
    };
  const heading = headingOf(line);
  if (heading === undefined) return undefined;
  const { command } = heading;
  const moment = momentIn(heading.text);
  const text = moment?.rest ?? heading.text;
  const words = wordsOf(text);
  const device = words.find(isDevice);
  const host = bestHost(text, words, { known, heading });
  const isPlace =
    (host !== null || device !== undefined) &&
    isHeading({ ...heading, text }, words, { host, known });
  if (!isPlace && (moment === undefined || !isMomentAlone(heading, text))) return undefined;
  const remote = remotePlace(command ?? '');
  return {
    host: remote?.host ?? host,
    isQuality: remote === undefined && host !== null && QUALITIES.has(host.toLowerCase()),
    interface: device?.text ?? commandInterface(command ?? ''),
    pod: remote?.pod ?? (POD_WORD.test(text) || (host !== null && POD_NAME.test(host))),
    order: moment?.order ?? null,
    command,
  };
}

/** A line that may be a label, taken apart. */
interface Heading {
  /** Without marks and the command. */
  readonly text: string;
  readonly command: string | null;
  /** Framed, a bullet or a heading of Markdown, or with a colon at its end. */
  readonly marked: boolean;
  readonly capturing: boolean;
}

function headingOf(line: string): Heading | undefined {
  if (isNoLabel(line)) return undefined;
  const isSummary = / ping6? statistics /.test(line);
  const told = isSummary ? undefined : toldCommand(line);
  const said = told?.rest ?? line;
  const frame = isSummary ? null : FRAME.exec(said.trim());
  const text = strip(frame?.[1] ?? frame?.[2] ?? said);
  if (text === '' || text.length > LONGEST_LABEL || isProse(text)) return undefined;
  const marked =
    frame !== null ||
    /^\s*(?:#{1,6}\s|\*\*|[-*•] |\d+[.)、])/.test(said) ||
    /[::]\s*[*_]*$/.test(said.trimEnd());
  return { text, command: told?.command ?? null, marked, capturing: CAPTURE_WORD.test(line) };
}

/** Whether a heading tells when its output was taken and nothing else: `after the reboot:`, `### Before`. */
function isMomentAlone({ text: whole, marked, capturing }: Heading, rest: string): boolean {
  if (SENTENCE.test(rest) || !wordsOf(rest).every(({ text }) => isSpoken(text))) return false;
  if (/[\u4e00-\u9fff]/.test(rest.replace(OF_OUTPUTS, ''))) return false;
  return marked || capturing || (/^\p{L}/u.test(whole) && wordsOf(whole).length <= 3);
}

const OF_OUTPUTS =
  /[的在了是]|输出|结果|情况|状态|抓包|抓取|数据|计数器?|统计|读数|如下|执行|命令|查看|第.次/g;

/** A mark, a word about captures, a card in few words, a command beside a host, or a host alone. */
function isHeading(
  { text, command, marked, capturing }: Heading,
  words: readonly Word[],
  { host, known }: { readonly host: string | null; readonly known: ReadonlySet<string> },
): boolean {
  if (marked || capturing) return true;
  if (words.length > MOST_WORDS) return false;
  if (command !== null && isHostLike(host, known) && !SENTENCE.test(text)) return true;
  return words.some(isDevice) || isLoneHost(text, words, known);
}

/** Too long, a field of JSON (`"dev": "eth0",`), a lone socket (`10.0.3.7:*`) or prefix, a row of address and name, a tag of HTML: none names the place of what stands below it. */
function isNoLabel(line: string): boolean {
  if (line.length > 2 * LONGEST_LABEL || /^\s*"[\w-]{1,40}" ?:/.test(line)) return true;
  if (HTML_TAG.test(line)) return true;
  if (/^\s*[\da-f.:]{3,43}\/\d{1,3}\s*$/.test(line)) return true;
  if (/^\s*[\da-f.:]{3,43}(?: {2,}|\t)\s*[\w.-]{1,253}\s*$/.test(line)) return true;
  return /^\s*[\w.%[\]:-]{1,60}:(?:\*|\d{1,5})\s*$/.test(line) && /\d\.\d|::|\*/.test(line);
}

/** What curl prints of a page, whose last line stands above the next prompt. */
const HTML_TAG =
  /^\s*<(?:\/[a-z]\w{0,12}|!doctype\b[^>]*|(?:html|head|body|hr|ul|ol|li|pre|p|div|center)\b[^>]*)>\s*$/i;

/** A line that is framed as a whole: `=== gw1 ===`, `[gw1]`, `` `gw1` ``. */
const FRAME =
  /^(?:[=~#*_–—-]{2,} ?([^=~#–—]{1,80}?) ?[=~#*_–—-]{2,}|[[<`*_]([^\]>`*_]{1,80})[\]>`*_])$/;

/** Whether a line is a whole sentence or announces what follows: no remark that may stand inside an output. */
export function isStatement(line: string): boolean {
  const text = line.trimEnd();
  if (/[::。!?]$/.test(text)) return true;
  return /[.!?]$/.test(text) && text.trim().split(' ', 5).length === 5;
}

function isDevice({ text }: Word): boolean {
  return deviceRole(text) !== undefined && text !== 'any';
}

function strip(line: string): string {
  return line
    .trim()
    .replace(/^(?:#{1,6}|>|[-*•]|\/\/)\s*/, '')
    .replace(/^\(?\d{1,2}(?:\.(?!\d)|[)、])\s*/, '')
    .replace(/[*`]{1,3}/g, '')
    .replace(/^_(.*)_$/, '$1')
    .trim();
}

/** Sentences are prose however short they are; so is anything with several clauses. */
function isProse(text: string): boolean {
  if (/[。;;!?!?]|[^.]\.\s+[A-Z]|…/.test(text) || (text.endsWith('.') && /\s.*\s/.test(text)))
    return true;
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
  const touches = (c: string | undefined) => c !== undefined && /[\u4e00-\u9fff]/.test(c);
  for (const match of text.matchAll(/[\p{Script=Latin}\d][\p{Script=Latin}\w.@-]*/gu)) {
    const end = match.index + match[0].length;
    words.push({
      text: match[0].replace(/[.@-]+$/, ''),
      at: match.index,
      glued: touches(text[match.index - 1]) || touches(text[end]),
    });
  }
  return words;
}

/** A host's name and nothing else, or with a preposition: `node-b`, `on node-b`. */
function isLoneHost(text: string, words: readonly Word[], known: ReadonlySet<string>): boolean {
  const last = words.at(-1);
  const open = words.filter(({ text: word }) => !isSpoken(word));
  if (last === undefined || words.length > MOST_WORDS || (words.length > 3 && open.length > 1))
    return false;
  if (words.length === 1 && known.has(last.text)) return true;
  return (
    BEFORE_NAME.test(text.slice(0, last.at)) && (known.has(last.text) || isNameLike(last.text))
  );
}

function bestHost(
  text: string,
  words: readonly Word[],
  { known, heading }: { readonly known: ReadonlySet<string>; readonly heading: Heading },
): string | null {
  const isSentence = SENTENCE.test(text);
  const open = words.filter(({ text: word }) => !isSpoken(word));
  const isPointed =
    words.length === 1 || /[::]$/.test(text) || heading.capturing || words.some(isDevice);
  let best: string | null = null;
  let bestScore = 0;
  for (const word of words) {
    const isAlone =
      isPointed && !isSentence && words.length <= 3 && open.length === 1 && open[0] === word;
    const score = hostScore(text, word, { isAlone, isSentence, isKnown: known.has(word.text) });
    if (score > bestScore) {
      best = word.text;
      bestScore = score;
    }
  }
  return best;
}

interface Standing {
  /** No other word of the line could be a host. */
  readonly isAlone: boolean;
  readonly isSentence: boolean;
  /** A prompt or an output of the same paste calls a host so. */
  readonly isKnown: boolean;
}

function hostScore(text: string, word: Word, standing: Standing): number {
  const { text: name, at } = word;
  const before = text.slice(0, at);
  if (name.length === 1) return /[a-z]/i.test(name) && BEFORE_LETTER.test(before) ? 3 : 0;
  if (isSpoken(name)) return isPaired(text, word) ? 1 : 0;
  const after = text.slice(at + name.length);
  if (isNoName(name, before, after)) return 0;
  if (standing.isKnown) return 11;
  const isBeside = BEFORE_NAME.test(before) || AFTER_NAME.test(after);
  if (standing.isSentence && !isBeside) return 0;
  const likely = likelihood(word);
  if (likely > 0) return isBeside ? likely + 3 : likely;
  const plain = /^[A-Z][a-z]+$/.test(name) ? 0 : 2;
  return isBeside ? 1 + plain : standing.isAlone ? plain : 0;
}

// Letters that no host name has, or a page of the manual, as the remarks in resolv.conf name them.
function isNoName(name: string, before: string, after: string): boolean {
  if (OF_OTHERS.test(before) || TICKET.test(name)) return true;
  return /[^\w.@-]/.test(name) || name.length > 64 || /^(?:\.\w+)?\(\d\)/.test(after);
}

/** What stands behind such a word is called so, and is no host. */
const OF_OTHERS =
  /(?:^|[\s(（])(?:namespace|ns|region|zone|az|cluster|version|release|kernel|image|ticket|issue|bug|deployment|daemonset|statefulset|service|svc)[ =:/]\s*$/i;
const TICKET = /^(?:CVE|INC|JIRA|TICKET|BUG|ISSUE|CASE|TASK|PR|RFC|CHG|PRB)-\d/;

function likelihood({ text: name, glued }: Word): number {
  if (isNameLike(name)) return glued ? 4 : 6;
  return ROLES.has(name.toLowerCase()) ? 2 : 0;
}

/** Devices, numbers, versions, units and the words of every such line. */
function isSpoken(name: string): boolean {
  if (deviceRole(name) !== undefined || STOP.has(name.toLowerCase())) return true;
  if (SENTENCE.test(name) || isTimeWord(name)) return true;
  if (parseAddress(name) !== undefined) return false;
  return /^systemd|^v?\d+(?:\.\d|$)|^\d+(?:packets|ms|s|us|th|st|nd|rd)$/i.test(name);
}

/** `node节点` beside `master节点`: the role is the name. */
function isPaired(text: string, { text: name, at }: Word): boolean {
  return name.toLowerCase() === 'node' && text.slice(at + name.length).startsWith('节点');
}

function isHostLike(name: string | null, known: ReadonlySet<string>): boolean {
  if (name === null) return false;
  return known.has(name) || isNameLike(name) || ROLES.has(name.toLowerCase());
}

function isNameLike(name: string): boolean {
  return /[\d-]|\w\.\w/.test(name) && !isSpoken(name);
}
