import { parseAddress } from '../primitives/address.ts';

/** A command that a person's line tells, whose output stands below it, and what else the line says. */
export interface ToldCommand {
  readonly command: string;
  /** The line without the command: `Output of on gw1:`. */
  readonly rest: string;
}

const BEFORE = String.raw`(?:(?:sudo|time|watch|timeout \d+|nsenter(?: -\S+){1,4}(?: --)?) )*`;
const IP = String.raw`ip (?:-\S+ ){0,4}(?:[arln]|addr|address|route|rule|link|neigh)`;
/** Words that no sentence uses but for the command, or that only their arguments make one. */
const COMMAND = String.raw`(?:conntrack|dmesg|journalctl|sysctl|ss|nstat|netstat|ip6?tables(?:-save|-nft|-legacy)?|nft|ipvsadm|ethtool|uname|lsmod|${IP}|bridge (?:-\S+ ){0,2}(?:fdb|link|vlan)|(?:cat|head|tail|grep|wc)(?= +[-'/\w]\S*)|tcpdump|tshark|ping6?|mtr|traceroute6?|tracepath6?|arping|arp(?= +-)|route(?= +-n)|host(?= +-)|dig|kdig|nslookup|getent|lookup(?= +\S*\.)|resolvectl|ldd|ifconfig|curl|wget|nc(?= +-)|ssh(?= +-?\S+ +\S)|(?:kubectl|k3s|oc|docker|crictl|nerdctl)(?= +[a-z-]))(?![\w-])`;
/** Files and outputs called by their name alone. */
const THING = String.raw`(?:(?:/etc/)?resolv\.conf|/proc/[\w/.]+|softnet_stat|corefile|coredns)(?![\w-])`;

const QUOTED = new RegExp(
  String.raw`([\`“‘「『])\s*(?:[$#] )?(${BEFORE}${COMMAND}[^\`”’」』]*?|${THING})\s*[\`”’」』]`,
  'i',
);
const PLAIN = new RegExp(
  String.raw`(?:^|[\s:：(（[|,，、/*\u4e00-\u9fff])(?:[$#] )?(${BEFORE}(?:${COMMAND}|${THING}))(?=[\s)）\]:：,，=*-]|$|[\u4e00-\u9fff])`,
);

/** Words that stand behind a command's first one as part of it. */
const ARGUMENTS = new Set(
  `a addr address ahosts ahostsv4 ahostsv6 all and any arp br bridge cat chain configmap cm cluster conntrack deploy describe dev
  dns dst dump endpoints endpointslices ep events exec fdb filter get grep head hosts icmp icmp6 inet inet6 ip ip6 l less link list
  logs lookup ls m main mangle master n nat neigh neighbor neighbour net netpol networkpolicy no node nodes not or p pod pods port
  portrange proto query r raw route rule ruleset s save services sh show src stat statistics status svc table tables tail tcp top
  type udp vlan vxlan wc wide xargs`.split(/\s+/),
);
/** Words of a filter that join two of its parts, so that they end none. */
const JOINING = /^(?:and|or|not|port|host|net|src|dst|proto|dev|table|type)$/;
/** Words that say no more than that an output follows. */
const ABOUT_OUTPUTS =
  /(?<![\p{L}\d])(?:the|output|result|results|of|from|for|and|here is|here's|this is|running|ausgabe|ergebnis|von|der|die|salida|resultado|de|del|la|el|sortie|résultat|du|le)(?![\p{L}\d])|执行|运行|命令|的|输出|结果|返回|如下|下面是|这是|是|显示|为/giu;
const LONGEST = 240;
const PLACE_BEHIND =
  /\s(?:on|at|auf|von|sur|en|sobre|de|desde|from|inside|in|im|dans)\s+(?:the\s+)?(?:(?:node|host|server|pod|machine|vm)\s+)?([A-Za-z0-9][\w.-]{0,62})\s*[)）]?\s*(?:(?:gives|gave|shows|showed|says|said|prints|returns|returned)\s*)?[:：]?\s*$/i;

/** Finds the command in a line of prose: in backquotes, or a word that only a command begins with and the arguments behind it. */
export function toldCommand(line: string): ToldCommand | undefined {
  const quoted = QUOTED.exec(line);
  if (quoted !== null) return without(line, quoted.index, quoted[0].length, quoted[2] ?? '');
  const plain = PLAIN.exec(line);
  if (plain === null) return undefined;
  const [whole, start = ''] = plain;
  const from = plain.index + whole.length - start.length;
  const command =
    start + argumentsIn(beforePlace(line.slice(from), start.length).slice(start.length));
  return without(line, from, command.length, command);
}

/** The command of a line that holds nothing else of meaning: `conntrack -S:`, `Output of `dmesg`:`, `ip route 的输出：`. */
export function loneCommand(line: string): string | null {
  const told = line.length > LONGEST ? undefined : toldCommand(line);
  return told !== undefined && !/[\p{L}\d]/u.test(told.rest.replace(ABOUT_OUTPUTS, ''))
    ? told.command
    : null;
}

function without(line: string, from: number, length: number, command: string): ToldCommand {
  return { command: command.trim(), rest: `${line.slice(0, from)}${line.slice(from + length)}` };
}

/** `conntrack -S on gw1:` ends before `on`; `ip route get 10.0.0.2 from 10.0.0.1` does not. */
function beforePlace(text: string, least: number): string {
  const place = PLACE_BEHIND.exec(text);
  if (place === null || place.index < least) return text;
  if (/\s(?:from)\s/.test(place[0]) && parseAddress(place[1] ?? '') !== undefined) return text;
  return text.slice(0, place.index);
}

/** Whether a line behind a hash is the heading of an output and no remark of a file: `# gw1: ip route`, `## gw1 / cni0 - tcpdump -nn`, `# dmesg on gw1`. */
export function isHeadingOfCommand(line: string): boolean {
  const rest = toldCommand(line)?.rest;
  return rest !== undefined && rest.length < LONGEST && HEADING.test(rest.trim());
}

const HEADING =
  /^#+\s*[`*]*(?:[\w.-]{1,63}[`*]*(?:\s*[\s/,(:（]\s*[\w.@-]{1,32}[)）]?)?\s*(?:[:：|,]|-{1,2}|[–—]+|\s的|\s上)|(?:on|from|at|auf|sur|en|在)\s+[\w.-]{1,63}\s*[:：]?|[(（@]\s*[\w.-]{1,63}\s*[)）]?)\s*[`*]*$/;

/** How much of what stands behind a command's first word is its arguments. */
function argumentsIn(text: string): string {
  let end = 0;
  let quote: string | null = null;
  for (const { 0: token, 1: word = '', index } of text.matchAll(
    / +(from \S+|-[ncoipt] [\w./-]+|\S+)/g,
  )) {
    if (quote === null && !isArgument(word)) break;
    const marks = word.replace(/[^'"]/g, '');
    for (const mark of marks) quote = quote === null ? mark : quote === mark ? null : quote;
    const inner = /^[^\u4e00-\u9fff：，。、（）]*/.exec(token)?.[0] ?? '';
    if (quote !== null || !JOINING.test(word)) end = index + inner.length;
    if (inner.length < token.length) break;
  }
  const given = text.slice(0, end).replace(/(?: [=–—-]{2,}| @ .*)$/, '');
  return given.replace(/[:,]$/, '');
}

function isArgument(word: string): boolean {
  if (word.startsWith('from '))
    return parseAddress(word.slice(5).replace(/[:：]$/, '')) !== undefined;
  if (/^[=~–—]{2,}$|^-{3,}$|^(?:[(（—–:：]|@$)/.test(word)) return false;
  if (
    /^[-'"$|&;>{\\!@+]|^[A-Z][A-Z\d_-]+[:,]?$/.test(word) ||
    /[\d./=_*%|:]/.test(word.replace(/[:.,]$/, ''))
  )
    return true;
  return (
    JOINING.test(word) ||
    ARGUMENTS.has(word.replace(/[:,]$/, '').toLowerCase()) ||
    word.includes('-')
  );
}
