/** What a heading says of when an output was taken: `after the reboot`, `before kube-proxy restart`, `重启后`. */
export interface Moment {
  readonly order: 'before' | 'after' | null;
  /** The text with blanks in place of the words that tell the moment: what happened is no host's name. */
  readonly rest: string;
}

/** Things that happen to a machine or a service, in every form of the word. */
const HAPPENING =
  /^(?:re)?(?:starts?|boots?|boot-?ups?|loads?|deploy(?:s|ment|ments)?|installs?|installation|creat(?:e|es|ion)|connects?|connection|routes?|schedules?|config(?:uration)?|sets?|plac(?:e|es|ement))$|^(?:hot)?(?:fix(?:es)?|patch(?:es)?)$|^(?:restart|reboot|reload|upgrade|downgrade|update|change|rollout|roll-out|rollback|roll-back|outage|incident|downtime|failure|failover|fail-over|fallback|crash|migration|maintenance|drain|cordon|flush|reset|recovery|restore|restoration|switchover|switch-over|cutover|cut-over|removal|deletion|eviction|scale-?(?:up|down|out|in)|scaling|workaround|mitigation|problem|issue|error|event|alert|attack|incident|window|test|peak|spike|burst|storm|load|disconnect|shutdown|startup|bounce|blip|loss|flap|freeze|oom|release|swap|move)s?$|^(?:restart|reboot|reload|upgrad|downgrad|updat|chang|fix|patch|crash|fail|drain|flush|reset|restor|remov|delet|add|appl|appli|mov|disabl|enabl|migrat|deploy|redeploy|install|reinstall|evict|scal|recover|mitigat)ed$|^(?:neustart|ausfall|störung|änderung|aktualisierung|reparatur|redémarrage|panne|coupure|changement|correction|reinicio|caída|cambio|actualización|reinício|atualização|mudança|queda|arreglo|fallo)s?$/iu;

/** Words for times. */
const TIME_WORD =
  /^(?:yesterday|today|tomorrow|tonight|now|later|earlier|ago|morning|afternoon|evening|night|noon|midnight|week|weekend|month|baseline|idle|load|last|normal|again|previously|meanwhile|afterwards?|beforehand|gestern|heute|jetzt|hier|maintenant|demain|ayer|hoy|ahora|vorher|nachher|fixed|min|mins|minutes?|secs?|seconds?|hours?|hrs?|days?|weeks|months?|outage|incident|downtime|restart|reboot|rollback|failover|upgrade|workaround|fix|peak)$/iu;

const BEFORE = /^(?:before|prior|pre|beforehand|vor|vorher|avant|antes)$/iu;
const ORDERED =
  /^(?:before|beforehand|vorher|avant|antes|after|afterwards?|nachher|après|después|depois)$/iu;
/** These are words of places and sentences too, or begin a name: only what happens behind them makes them a time. */
const AMBIGUOUS = /^(?:prior|pre|post|vor|nach|since|until|when|following)$/iu;
const AFTER = /^(?:after|afterwards?|post|since|nach|nachher|après|después|depois)$/iu;
const MEANWHILE = /^(?:during|while|upon|während|pendant|durante)$/iu;
/** These also stand before a place: only what happens makes them a time. */
const LOOSE = /^(?:on|at|under|with|without|from|by|in|mit|ohne|bei|avec|sans|con|sin)$/iu;
const PLACE = /^(?:on|at|from|inside|in|auf|sur|en|dans|von|sobre|em)$/iu;
const ARTICLE =
  /^(?:the|a|an|this|that|our|my|last|first|second|next|each|every|dem|der|den|des|die|das|le|la|les|l|un|une|el|los|las|del|de|du|do|da|to|prior)$/iu;
/** `after the failover TO node-2`: the output need not be of what stands behind it. */
const TOWARDS = /^(?:to|with|for|by|via|into|onto)$/iu;
const LASTS = /^\d{1,6}(?:ms|s|m|min|mins|h|d)?$/iu;
const GERUND = /^\p{L}{3,20}ing$/iu;

/** Programs of nodes and clusters: where a heading tells a time, they are what was changed and not where it was looked at. */
const PROGRAM =
  /^(?:kube-(?:proxy|dns|router|apiserver|scheduler|controller-manager)|kubelet|coredns|node-?local-?dns|calico(?:-node|-typha)?|flannel|flanneld|kube-flannel|canal|cilium(?:-agent|-operator)?|weave(?:-net)?|antrea(?:-agent)?|docker|dockerd|containerd|cri-?o|istio(?:d|-proxy)?|envoy|linkerd|metallb|traefik|haproxy|keepalived|iptables|nftables|firewalld|ufw|fail2ban|networkmanager|systemd-\w+|dnsmasq|unbound|named|bind9?|ipvs|conntrackd?|k3s|rke2|openvpn|wireguard|strongswan|daemon)$/iu;

const CJK_EVENT =
  '重启|启动|重新启动|升级|降级|修改|变更|更改|更新|修复|恢复|调整|切换|迁移|回滚|回退|故障|发布|部署|上线|下线|扩容|缩容|重建|重装|安装|配置|改动|测试|压测|操作|执行|问题|维护|割接|断网|断开|事故|异常|正常|报错|丢包|超时|优化|添加|增加|删除|清空|清除|关闭|停止|开启|打开|补丁|切流|限流|高峰|低峰|空闲|处理|改完|修完|重置|重载|刷新|驱逐';
const CJK_THEN =
  '(?:之|以)?(?<then>前|后)(?!端|面|台|缀|置|续)|的?时候?(?!间|钟|延|序)|期间|过程中|阶段';
const CJK_MOMENT = new RegExp(
  String.raw`(?:(?:出现|发生|没有?|未)?(?:${CJK_EVENT})(?:了|完|之)?\s*(?:(?:内核|系统|规则|参数|服务|网络|集群|节点|机器|服务器)|(?<name>[A-Za-z][\w.-]{0,40}))?\s*(?:${CJK_THEN})|(?<early>之前|以前|改前|修前)|(?<late>之后|以后|随后|改后|修后|过后|再次)|当前|目前|现在|刚才|刚刚|昨天|昨晚|今天|今早|早上|上午|下午|晚上|凌晨)`,
  'gu',
);

interface Token {
  readonly text: string;
  readonly at: number;
  /** Something other than blanks stands before it, and ends a phrase. */
  readonly isApart: boolean;
}

/** Finds what a heading says of when its output was taken. */
export function momentIn(text: string): Moment | undefined {
  const told = new Set<number>();
  const orders = new Set<'before' | 'after' | null>();
  const tokens = tokensOf(text);
  for (let at = 0; at < tokens.length; at += 1) {
    const order = orderAt(tokens, at);
    if (order === undefined) continue;
    orders.add(order);
    for (const index of phraseAt(tokens, at)) told.add(index);
  }
  const marked = [...told].flatMap((index) => tokens[index] ?? []);
  const cjk = [...text.matchAll(CJK_MOMENT)];
  for (const { groups } of cjk) orders.add(orderOfCjk(groups ?? {}));
  if (orders.size === 0) return undefined;
  const programs = tokens.filter(
    ({ text: word }, at) => PROGRAM.test(word) && !PLACE.test(tokens[at - 1]?.text ?? ''),
  );
  let rest = text;
  for (const { text: word, at } of [...marked, ...programs]) rest = blanked(rest, at, word.length);
  for (const match of cjk) rest = withoutCjk(rest, match);
  const known = [...orders].filter((order) => order !== null);
  return { order: known.length === 1 ? (known[0] ?? null) : null, rest };
}

/** Whether a word tells a time or something that happens: no host is called so. */
export function isTimeWord(word: string): boolean {
  return TIME_WORD.test(word);
}

function tokensOf(text: string): readonly Token[] {
  let end = 0;
  return [
    ...text.matchAll(/[\p{Script=Latin}\d][\p{Script=Latin}\w.]*(?:-[\p{Script=Latin}\w.]+)*/gu),
  ].map(({ 0: word, index: at }) => {
    const isApart = /[^\s'’]/.test(text.slice(end, at));
    end = at + word.length;
    return { text: word.replace(/\.+$/, ''), at, isApart };
  });
}

/** The order that a word begins to tell; undefined where it begins no moment. */
function orderAt(tokens: readonly Token[], at: number): Moment['order'] | undefined {
  const word = tokens[at]?.text ?? '';
  const [, side = '', event = ''] = /^(pre|post)-(.+)$/i.exec(word) ?? [];
  if (side !== '') return HAPPENING.test(event) ? orderOf(side) : undefined;
  const next = nextOf(tokens, at);
  const isOfHappening = next !== undefined && (HAPPENING.test(next) || GERUND.test(next));
  const isOfTime = isOfHappening || isTimeWord(tokens[at + 1]?.text ?? '');
  if (AMBIGUOUS.test(word)) return isOfHappening ? orderOf(word) : undefined;
  if (ORDERED.test(word)) return orderOf(word);
  if (LOOSE.test(word)) return isOfTime ? null : undefined;
  return (MEANWHILE.test(word) && next !== undefined) || isTimeWord(word) ? null : undefined;
}

function orderOf(word: string): Moment['order'] {
  return BEFORE.test(word) ? 'before' : AFTER.test(word) ? 'after' : null;
}

function nextOf(tokens: readonly Token[], at: number): string | undefined {
  const rest = tokens.slice(at + 1);
  const next = rest.find(({ text }) => !ARTICLE.test(text));
  const between = rest.slice(0, next === undefined ? 0 : rest.indexOf(next) + 1);
  return between.some(({ isApart }) => isApart) ? undefined : next?.text;
}

/** Which words tell the moment that begins at one: as far as the last that names what happened, and towards what. */
function phraseAt(tokens: readonly Token[], from: number): readonly number[] {
  let end = from + 1;
  while (end < tokens.length && end - from <= LONGEST_PHRASE) {
    const { text = '', isApart = false } = tokens[end] ?? {};
    if (isApart || PLACE.test(text)) break;
    end += 1;
  }
  const words = tokens.slice(from + 1, end).map(({ text }) => text);
  const isDoing = GERUND.test(words.find((word) => !ARTICLE.test(word)) ?? '');
  const last = isDoing
    ? words.length - 1
    : words.findLastIndex((word) => HAPPENING.test(word) || isTimeWord(word) || LASTS.test(word));
  const towards = words.findIndex(
    (word, at) => at > last - (isDoing ? words.length : 0) && TOWARDS.test(word),
  );
  const until = towards > 0 ? words.length - 1 : last;
  const told = [from];
  for (let at = 0; at <= until; at += 1) {
    const word = words[at] ?? '';
    const isTarget = towards > 0 && at > towards;
    // `before node-1 reboot` is most likely told of node-1.
    if (isTarget || !/\d/.test(word) || LASTS.test(word)) told.push(from + 1 + at);
  }
  return told;
}

const LONGEST_PHRASE = 8;

function orderOfCjk({ then, early, late }: Record<string, string>): Moment['order'] {
  if (then === '前' || early !== undefined) return 'before';
  return then === '后' || late !== undefined ? 'after' : null;
}

function withoutCjk(text: string, match: RegExpExecArray): string {
  const name = match.groups?.name ?? '';
  if (!/\d/.test(name)) return blanked(text, match.index, match[0].length);
  const at = match.index + match[0].indexOf(name);
  const before = blanked(text, match.index, at - match.index);
  return blanked(before, at + name.length, match.index + match[0].length - at - name.length);
}

function blanked(text: string, at: number, length: number): string {
  return text.slice(0, at) + ' '.repeat(length) + text.slice(at + length);
}
