import { deviceRole } from '../primitives/device.ts';

/** A shell prompt: who and where it says it is (it may lie), and the command typed after it. */
export interface Prompt {
  readonly host: string | null;
  readonly command: string;
  /** A prompt of Windows: `C:\Users\ops>`, `PS C:\>`. */
  readonly windows?: true;
}

const HOST = String.raw`([A-Za-z0-9][\w.-]{0,80})`;

/** A virtual environment, or the time of day. */
const BEFORE = String.raw`^(?:\([\w. -]{1,40}\) ?|\[?\d\d:\d\d(?::\d\d)?\]? )?`;
const DIRECTORY = String.raw`[^\s$#>%]{1,120}`;

/** Prompts that name a host: `user@host:dir$`, `[user@host dir]#`, `user@host dir %`, `host:dir user$`, `user@host>`. */
const NAMED: readonly RegExp[] = [
  new RegExp(
    String.raw`${BEFORE}[\w.-]+@${HOST}:(?:${DIRECTORY})?(?: \([^()]{1,60}\))? {0,2}[$#>%]( .*|$)`,
  ),
  new RegExp(String.raw`${BEFORE}\[[\w.-]+@${HOST}(?:[ :][^\]]{0,120})?\] ?[$#>%]( ?.*|$)`),
  new RegExp(String.raw`${BEFORE}\[${HOST} [~/][^\]]{0,120}\] ?[$#>%]( ?.*|$)`),
  new RegExp(String.raw`${BEFORE}[\w.-]+@${HOST} ${DIRECTORY} {0,2}[$#>%]( .*|$)`),
  new RegExp(String.raw`${BEFORE}[\w.-]+@${HOST} {0,2}[$#>%]( .*|$)`),
  new RegExp(String.raw`^${HOST}:[~/][^\s$#>%]{0,120}(?: [\w.-]{1,40})? ?[$#>%]( .*|$)`),
];

/** Prompts that name none: `/ # `, `~ $ `, `bash-5.1$ `, `➜  dir `, `❯ `, `$ `. */
const BARE: readonly RegExp[] = [
  /^(?:[~/][\w./~-]{0,120}) ?[$#]( .*|$)/,
  /^(?:ba|z|k|da)?sh-[\d.]+[$#]( .*|$)/,
  /^(?:\([\w. -]{1,40}\) )?\$( .*|$)/,
  /^[➜❯]( .*|$)/,
];
const WINDOWS = /^(?:PS )?[A-Z]:\\[^<>|]{0,120}>( ?.*|$)/;

/** Prompts so short that only a command behind them proves them: `host ➜  dir cmd`, `host# cmd`, `user@host:~#cmd`, `host dir # cmd`. */
const SHORT: readonly RegExp[] = [
  new RegExp(String.raw`^(?=[A-Za-z])${HOST} ?[$#➜❯] +(?:[~/][\w./-]{0,80} +)?(\S.*)$`),
  new RegExp(String.raw`^(?=[A-Za-z])${HOST} [~/][\w./-]{0,80} ?[$#] +(\S.*)$`),
  new RegExp(String.raw`^[\w.-]+@${HOST}:[^\s$#>%]{0,120}[$#](\S.*)$`),
];

/** What a hash or an angle bracket may start only when a command follows. */
const DOUBTFUL = /^[#>%] +(\S.*)$/;

const COMMANDS =
  /^(?:sudo |time |date;|timeout \d+ )*(?:conntrack|ip|bridge|cat|tcpdump|tshark|uname|ssh|ping|traceroute|tracepath|mtr|dig|nslookup|host|getent|curl|wget|ss|netstat|nstat|sysctl|dmesg|journalctl|iptables|iptables-save|nft|ipvsadm|kubectl|k3s|crictl|docker|ethtool|arp|arping|route|ifconfig|resolvectl|lsmod|lookup|nc|echo|ls|for|watch|nsenter|grep|egrep|head|tail|ldd|apk|psql|mysql|mariadb|redis-cli|mongosh?|telnet|openssl|ncat|socat|nmap|fping|hping3|ipset|firewall-cmd|ufw|nmcli|networkctl|systemctl|hostnamectl|lsof|tc|ebtables|helm|calicoctl|cilium)(?![\w-])/;

/** Reads a prompt line; undefined when the line is none. */
export function parsePrompt(line: string): Prompt | undefined {
  if (line.length > 600) return undefined;
  const text = line.trimStart();
  const typed = WINDOWS.exec(text)?.[1];
  if (typed !== undefined) return { host: null, command: typed.trim(), windows: true };
  for (const shape of NAMED) {
    const match = shape.exec(text);
    if (match !== null) return promptOf(match[1] ?? null, match[2]);
  }
  for (const shape of BARE) {
    const match = shape.exec(text);
    if (match !== null) return promptOf(null, match[1]);
  }
  for (const shape of SHORT) {
    const [, host, command] = shape.exec(text) ?? [];
    if (host !== undefined && command !== undefined && COMMANDS.test(command))
      return promptOf(host, command);
  }
  const doubtful = DOUBTFUL.exec(text)?.[1];
  return doubtful !== undefined && COMMANDS.test(doubtful) ? promptOf(null, doubtful) : undefined;
}

function promptOf(host: string | null, command = ''): Prompt {
  return { host, command: command.trim() };
}

/** Whether a command on another place stays there: the prompts that follow are of that place. */
export function opensShell(command: string): boolean {
  return /\s(?:\S*\/)?(?:ba|z|da|a|fi)?sh["']?\s*$/.test(command);
}

/** Where a command runs when that is not where it was typed: `kubectl exec POD`, `docker exec C`, `ssh HOST CMD`. */
export function remotePlace(
  command: string,
): { readonly host: string; readonly pod: boolean } | undefined {
  const exec =
    /\b(?:kubectl|k3s kubectl|oc|docker|podman|crictl|nerdctl)\s(?:\S+ ){0,12}?exec\s(.+)/.exec(
      command,
    );
  if (exec !== null) {
    const words = (exec[1] ?? '').split(/\s+/);
    const pod = words.find(
      (word, at) =>
        !word.startsWith('-') && !/^-(?:n|c|-namespace|-container)$/.test(words[at - 1] ?? ''),
    );
    if (pod !== undefined)
      return { host: pod.replace(/^(?:pods?|deploy(?:ment)?|ds|sts)\//, ''), pod: true };
  }
  const ssh = /^(?:sudo )?ssh (?:-\S+ ){0,6}(?:[\w.-]+@)?([A-Za-z][\w.-]*) +['"]?[a-z]/.exec(
    command,
  );
  return ssh === null ? undefined : { host: ssh[1] ?? '', pod: false };
}

/** The interface that a command is about: `tcpdump -i eth0`, `tshark -i eth0`, `ip link show flannel.1`. */
export function commandInterface(command: string): string | null {
  const named = /\b(?:tcpdump|tshark)\b.*?\s-(?:[a-zA-Z]*i)\s?([\w.@:-]+)/.exec(command)?.[1];
  if (named !== undefined) return named === 'any' ? null : named;
  const card = /\bethtool\s+(?:(?:-[a-zA-Z]|--[a-z-]+)\s+)?([a-zA-Z][\w.@:-]*)/.exec(command)?.[1];
  if (card !== undefined) return card;
  const shown = /\bip\b.*\blink\b.*?\b(?:show|dev)\s+(?:dev\s+)?([\w.@-]+)/.exec(command)?.[1];
  return shown !== undefined && deviceRole(shown) !== undefined ? shown : null;
}
