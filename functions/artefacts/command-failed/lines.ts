import { type DatedCertificate, datedCertificateIn } from '../dated-certificate.ts';

/** Why a command gave no output. */
export type Reason =
  /** The program is not there. */
  | 'not-installed'
  /** It wants root or a capability. */
  | 'not-permitted'
  /** The cluster's API server refuses this user. */
  | 'forbidden'
  /** Device, file, pod or namespace of that name are not there. */
  | 'absent'
  /** The kernel has no such module or does not offer this. */
  | 'unsupported'
  /** The server that was asked did not answer: API server, container runtime. */
  | 'unreachable'
  /** It ran and had nothing to show. */
  | 'nothing'
  /** Wrong option or name of a type. */
  | 'misused';

/** One message in which a command says that it did not do what it was asked to. */
export interface Failure {
  readonly line: number;
  readonly reason: Reason;
  /** The program, without path; null where the message does not name it. */
  readonly tool: string | null;
  /** The server's certificate, where it is refused for its dates. */
  readonly certificate?: DatedCertificate;
}

type Form = readonly [shape: RegExp, reason: Reason, tool?: string];

const PATH = String.raw`(?:/[\w./-]*/)?`;
const TOOL = String.raw`(?<tool>[A-Za-z][\w.+-]{0,40})`;
const SHELL = String.raw`(?:-?(?:ba|da|z|k|a|mk|c)?sh|/bin/\w{0,3}sh|busybox|sudo|doas|time|nohup|xargs|watch)`;
// The shell's message in the languages of its catalogue (bash po/).
const NOT_FOUND =
  '(?:command not found|not found|未找到命令|未找到指令|找不到命令|Befehl nicht gefunden|Kommando nicht gefunden|commande introuvable|orden no encontrada|no se encontró la orden|comando não encontrado|comando non trovato|команда не найдена|コマンドが見つかりません|명령어를 찾을 수 없음)';
const NO_FILE =
  '(?:No such file or directory|没有那个文件或目录|沒有此一檔案或目錄|Datei oder Verzeichnis nicht gefunden|Aucun fichier ou dossier de ce type|No existe el fichero o el directorio|Нет такого файла или каталога)';
const DENIED =
  '(?:Permission denied|Operation not permitted|权限不够|不允许的操作|拒绝访问|Keine Berechtigung|Die Operation ist nicht erlaubt|Permission non accordée|Opération non permise|Permiso denegado|Operación no permitida|Отказано в доступе)';

/** The messages of shells and of sudo. */
const SHELLS: readonly Form[] = [
  [
    new RegExp(
      String.raw`^${SHELL}: (?:line )?(?:\d{1,5}: )?${PATH}${TOOL}[:：] ?${NOT_FOUND}\.{0,3}$`,
    ),
    'not-installed',
  ],
  [
    new RegExp(String.raw`^${SHELL}: (?:line )?(?:\d{1,5}: )?/[\w./-]*/${TOOL}: ${NO_FILE}$`),
    'not-installed',
  ],
  [
    new RegExp(String.raw`^${SHELL}: (?:line )?(?:\d{1,5}: )?/[\w./-]*/${TOOL}: ${DENIED}$`),
    'not-permitted',
  ],
  [new RegExp(`^zsh: command not found: ${PATH}${TOOL}$`), 'not-installed'],
  [new RegExp(`^(?:fish: )?Unknown command:? '?${PATH}${TOOL}'?$`), 'not-installed'],
  [
    new RegExp(`^Command '${PATH}${TOOL}' not found(?:, (?:but|did you mean).*)?$`),
    'not-installed',
  ],
  [
    new RegExp(
      `^(?:timeout|nsenter|env|nohup|stdbuf|strace|setsid|chroot): (?:failed to (?:run command|execute) )?['"‘]?${PATH}${TOOL}['"’]?: ${NO_FILE}$`,
    ),
    'not-installed',
  ],
  [new RegExp(`^exec of "${PATH}${TOOL}" failed: ${NO_FILE}$`), 'not-installed'],
  [
    /^sudo: (?:a password is required|a terminal is required|no tty present|sorry, you must have a tty)/,
    'not-permitted',
    'sudo',
  ],
  [/^\S{1,64} is not in the sudoers file/, 'not-permitted', 'sudo'],
  [/^Sorry, user \S{1,64} (?:is not allowed to execute|may not run sudo)/, 'not-permitted', 'sudo'],
];

/** What container runtimes and kubectl say (opencontainers/runc libcontainer, kubectl pkg/cmd). */
const CLUSTERS: readonly Form[] = [
  [
    new RegExp(
      String.raw`\bexec: \\?"${PATH}${TOOL}\\?": (?:executable file not found|stat [^:]{1,80}: no such file)`,
    ),
    'not-installed',
  ],
  [
    /^(?:error: )?(?:Internal error occurred: )?.{0,120}OCI runtime exec failed: .{0,200}permission denied/,
    'not-permitted',
  ],
  [/^(?:error: )?(?:Internal error occurred: )?.{0,120}OCI runtime exec failed: /, 'unsupported'],
  [
    /^The connection to the server \S{1,255} was refused - did you specify the right host or port\?$/,
    'unreachable',
    'kubectl',
  ],
  [/^Unable to connect to the server: /, 'unreachable', 'kubectl'],
  [
    /^[EWI]\d{4} \d\d:\d\d:\d\d\.\d{6} .{0,80}couldn't get current server API group list: /,
    'unreachable',
    'kubectl',
  ],
  [/^Error from server: error dialing backend: /, 'unreachable', 'kubectl'],
  [/^Error from server \(Timeout\): /, 'unreachable', 'kubectl'],
  [/^Error from server \(Forbidden\): /i, 'forbidden', 'kubectl'],
  [/^error: You must be logged in to the server/, 'forbidden', 'kubectl'],
  [/^Error from server \(NotFound\): /, 'absent', 'kubectl'],
  [/^error: (?:unable to upgrade connection: )?container not found\b/, 'absent', 'kubectl'],
  [/^Error from server \(BadRequest\): /, 'misused', 'kubectl'],
  [/^error: the server doesn't have a resource type /, 'misused', 'kubectl'],
  [/^No resources found(?: in \S{1,64} namespace)?\.?$/, 'nothing', 'kubectl'],
  [/^Cannot connect to the Docker daemon at /, 'unreachable', 'docker'],
  [
    /permission denied while trying to connect to the Docker daemon socket/,
    'not-permitted',
    'docker',
  ],
  [/^Error(?: response from daemon)?: No such (?:container|object): /, 'absent', 'docker'],
];

/** What the tools themselves print; each from its own source. */
const TOOLS: readonly Form[] = [
  [
    /^conntrack v[\d.]+ \(conntrack-tools\): Operation failed: sorry, you must be root/,
    'not-permitted',
    'conntrack',
  ],
  [/^conntrack v[\d.]+ \(conntrack-tools\): Operation failed: /, 'unsupported', 'conntrack'],
  [
    /^conntrack v[\d.]+ \(conntrack-tools\): (?:Bad parameter|unknown option|unknown argument|Illegal option|you must specify)/,
    'misused',
    'conntrack',
  ],
  [
    /^(?<tool>ip6?tables(?:-\w+)*) v[\d.]+(?: \(\w+\))?: .{0,120}(?:Permission denied|you must be root)/,
    'not-permitted',
  ],
  [
    /^(?<tool>ip6?tables(?:-\w+)*) v[\d.]+(?: \(\w+\))?: can't initialize ip6?tables table `\w+': /,
    'unsupported',
  ],
  [/^Fatal: can't open lock file \/\S{1,80}xtables\.lock: /, 'not-permitted', 'iptables'],
  [
    /^Failed to list table names in \/proc\/net\/ip6?_tables_names: /,
    'not-permitted',
    'iptables-save',
  ],
  [/^(?:Error: )?Operation not permitted \(you must be root\)$/, 'not-permitted', 'nft'],
  [
    /^netlink: Error: cache initialization failed: Operation not permitted$/,
    'not-permitted',
    'nft',
  ],
  [
    /^Can't initialize ipvs: (?:Permission denied|Operation not permitted)/,
    'not-permitted',
    'ipvsadm',
  ],
  [/^Can't initialize ipvs: /, 'unsupported', 'ipvsadm'],
  [
    /^tcpdump: \S{1,64}: You don't have permission to (?:capture|perform this capture) on that device$/,
    'not-permitted',
    'tcpdump',
  ],
  [
    /^tcpdump: (?:\S{1,64}: )?(?:No such device exists|SIOCGIFHWADDR: No such device|BIOCSETIF: )/,
    'absent',
    'tcpdump',
  ],
  [
    /^tcpdump: (?:Couldn't change ownership|couldn't find any? ?suitable device|no suitable device found)/,
    'not-permitted',
    'tcpdump',
  ],
  [/^dmesg: read kernel buffer failed: /, 'not-permitted', 'dmesg'],
  [
    /^(?:Cannot open netlink socket|request send failed): (?:Permission denied|Operation not permitted)$/,
    'not-permitted',
    'ss',
  ],
  [/^Cannot open netlink\b/, 'not-permitted', 'ss'],
  [/^RTNETLINK answers: Operation not permitted$/, 'not-permitted', 'ip'],
  [/^Cannot open network namespace "?[^"]{1,64}"?: No such file or directory$/, 'absent', 'ip'],
  [/^(?:Cannot find device "[^"]{1,40}"|Device "[^"]{1,40}" does not exist\.?)$/, 'absent', 'ip'],
  [
    /^(?:mount --make-shared \S{1,64} failed|setting the network namespace "[^"]{1,64}" failed): /,
    'not-permitted',
    'ip',
  ],
  [
    /^nsenter: (?:cannot open|reassociate to namespace|neu) .{0,80}: (?:Permission denied|Operation not permitted)$/,
    'not-permitted',
    'nsenter',
  ],
  [/^nsenter: cannot open .{0,80}: No such file or directory$/, 'absent', 'nsenter'],
  [
    /^(?:netlink error|Cannot get (?:device|driver|stats|ring|coalesce)[\w ]{0,40}): Operation not permitted$/,
    'not-permitted',
    'ethtool',
  ],
  [
    /^(?:netlink error|Cannot get (?:device|driver|stats)[\w ]{0,40}): No such device$/,
    'absent',
    'ethtool',
  ],
  [/^no stats available$/, 'unsupported', 'ethtool'],
  [/^modprobe: FATAL: Module \S{1,64} not found/, 'unsupported', 'modprobe'],
  [/^modprobe: (?:ERROR|FATAL): .{0,120}Operation not permitted$/, 'not-permitted', 'modprobe'],
  [
    /^ERROR: bpftrace currently only supports running as the root user/,
    'not-permitted',
    'bpftrace',
  ],
  [
    /^(?:bpf: Failed to load program|libbpf: failed to \w+ .{0,80}|Failed to set temporary (?:MEMLOCK|rlimit)): (?:-?\d+ ?)?\(?[Oo]peration not permitted/,
    'not-permitted',
    'bpf',
  ],
  [
    /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )?[Ff]ailed to (?:set temporary rlimit|remove memlock|load (?:objects|BPF|bpf)).{0,200}operation not permitted/,
    'not-permitted',
    'bpf',
  ],
  [
    /^(?:\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d )?.{0,80}(?:kernel spec: no BTF found|not supported by kernel \(requires >= v[\d.]+\))/,
    'unsupported',
    'bpf',
  ],
  [
    /^No journal files were opened due to insufficient permissions\.$/,
    'not-permitted',
    'journalctl',
  ],
];

/** Last, for every other tool: its name, what it wanted, and errno's words. A remark in brackets behind is ssh's. */
const ERRNO: readonly Form[] = [
  [
    new RegExp(
      `^${PATH}(?<tool>cat|ls|grep|egrep|head|tail|awk|sed|less|find|stat|test): .{1,200}: ${NO_FILE}$`,
    ),
    'absent',
  ],
  [
    new RegExp(
      `^${PATH}(?<tool>cat|ls|grep|egrep|head|tail|awk|sed|less|find|stat|ip|ss|nft|bridge|tc|ethtool|ipset|crictl|bpftool|bpftrace|mtr|mtr-packet|arping|traceroute|tracepath|lsof|netstat|perf|strace|modprobe|lsmod|journalctl): .{0,200}${DENIED}$`,
    ),
    'not-permitted',
  ],
  [
    /^(?:ping|ping6|traceroute|arping): socket: (?:Operation not permitted|Permission denied)/,
    'not-permitted',
    'ping',
  ],
  [/^Error: .{0,120}: Operation not permitted$/, 'not-permitted'],
];

const ALL = [...SHELLS, ...CLUSTERS, ...TOOLS, ...ERRNO];
/** Longer messages exist and are told by their beginning. */
const LONGEST = 1000;
/** Words of which every message has one: what has none is not looked at more closely. */
const TELLING =
  /not found|Cannot|No such|no such|[Pp]ermission|permitted|refused|onnect|[Ff]orbidden|must be|found|failed|[Ff]ail|initialize|available|exist|sudo|logged|upgrade|resource|BadRequest|Timeout|netlink|kernel|Unknown command|currently only|option|parameter|argument|未找|找不|没有|沒有|权限|不允许|拒绝|nicht|introuvable|Aucun|accordée|encontr|existe|denegad|não|trovato|найден|Нет|Отказано|見つかり|찾을/;

/** The failure that a line tells; undefined when it tells none. */
export function failureIn(text: string, line: number): Failure | undefined {
  const cut = text.length > LONGEST ? text.slice(0, LONGEST) : text;
  if (!TELLING.test(cut)) return undefined;
  for (const [shape, reason, tool] of ALL) {
    const match = shape.exec(cut);
    if (match === null) continue;
    const certificate = datedCertificateIn(cut);
    const name = tool ?? match.groups?.tool ?? null;
    return { line, reason, tool: name, ...(certificate === undefined ? {} : { certificate }) };
  }
  return undefined;
}

/** What tools print beneath such a message. */
const BENEATH: readonly RegExp[] = [
  /^\((?:socket|SIOCGIFHWADDR|No such device|BIOCSETIF|Attempt to create packet socket failed)/,
  /^Perhaps ip6?tables or your kernel needs to be upgraded\.$/,
  /^Are you sure that IP Virtual Server is built in the kernel or as module\?$/,
  /^Try `\S{1,40} -h' or '\S{1,40} --help' for more information\.$/,
  /^command terminated with exit code \d{1,3}$/,
  /^(?:sudo )?(?:apt|apt-get|dnf|yum|snap|zypper|pacman|brew|apk) (?:install|add|-S) /,
  /^(?:Ask your administrator to install|Or try:|Try: |See 'snap info |The program '\S{1,40}' is currently not installed)/,
  /^This incident (?:will be|has been) reported/,
  /^Hint: You are currently not seeing messages from other users/,
];

/** Whether a line only goes on with the message above it. */
export function isBeneath(text: string): boolean {
  return BENEATH.some((shape) => shape.test(text));
}
