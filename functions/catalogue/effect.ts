/** What a command does to the machine: only reads, changes something, or is of a tool that the table does not know. */
export type Effect = 'reads' | 'changes' | 'unknown';

/**
 * The effect of a shell command, by its tools and their subcommands; of several, the gravest. It guards pages against a
 * command that changes something and does not say so; it is no sandbox.
 */
export function effectOf(command: string): Effect {
  const bare = command.replace(/'[^']*'|"[^"]*"|\{[^{}]*\}/g, 'WORD');
  if (/(?<![0-9=<-])>{1,2}(?!\s*(?:\/dev\/null|&))\s*\S/.test(bare.replace(/\d>/g, '>')))
    return 'changes';
  const effects = bare
    .split(/;\s*(?:do|done|then|fi)?\b|&&|\|\|?|\s&(?:\s|$)/)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^(?:for|while) /.test(part))
    .map(partEffect);
  return (
    effects.find((one) => one === 'changes') ?? effects.find((one) => one === 'unknown') ?? 'reads'
  );
}

/** What only leads in another command. */
const LEADS =
  /^(?:sudo(?: -\S+)*|time|timeout(?: -\S+)* \S+|watch(?: -\S+(?: \d+)?)*|nsenter(?: -\S+(?: \d+)?)*|ip netns exec \S+|[A-Z_]+=\S*|(?:kubectl|docker|crictl)(?: -\S+(?: [\w-]+)?)* exec(?:.*? --| (?:-\S+ )*\S+)|kubectl(?: -\S+(?: [\w-]+)?)* (?:debug|run)\b.*? --) (?=\S)/;

function partEffect(part: string): Effect {
  let rest = part;
  for (let lead = LEADS.exec(rest); lead !== null; lead = LEADS.exec(rest))
    rest = rest.slice(lead[0].length);
  const [tool = '', ...words] = rest.split(/\s+/);
  const reads = TOOLS.get(tool.replace(/^.*\//, ''));
  if (reads === undefined) return 'unknown';
  return reads.test(words.join(' ')) ? 'reads' : 'changes';
}

/** For each tool, the arguments with which it only reads. */
const TOOLS: ReadonlyMap<string, RegExp> = new Map([
  ...words(
    `cat grep egrep zgrep head tail ls wc sort uniq cut tr sleep uname dig kdig nslookup host getent ping ping6
     traceroute traceroute6 tracepath mtr netstat nstat tcpdump tshark iptables-save ip6tables-save iptables-legacy-save iptables-nft-save lsmod modinfo lspci
     echo test true awk column jq nproc lscpu free uptime ps pgrep top vmstat mpstat sar ldd strings readlink stat
     nc pwru retis openssl seq printf whois id ld-musl-*.so.1`,
    /^/,
  ),
  ...words(
    'sudoedit vi vim nano cp mv rm mkdir tee modprobe rmmod reboot shutdown apt apt-get yum dnf apk kill pkill',
    /(?!)/,
  ),
  ['date', /^(?!.*(?:^|\s)(?:-s|--set))/],
  ['dmesg', /^(?!.*(?:^|\s)(?:-\w*[cCnDE]\w*|--(?:clear|read-clear|console-\S+))(?:\s|$))/],
  ['find', /^(?!.*\s-(?:delete|exec|ok|fprint))/],
  ['hostname', /^(?:-\S+)?$/],
  ['ss', /^(?!.*(?:^|\s)(?:-\w*K|--kill))/],
  // Without a command it opens a session; what is typed there is the person's own.
  ['ssh', /^(?:-(?:[46AaCfGgKkMNnqsTtVvXxYy]+|[BbcDEeFIiJLlmOoPpQRSWw] ?\S+) )*\S+$/],
  ['sed', /^(?!.*(?:^|\s)(?:-i|--in-place))/],
  ['arping', /^(?!.*(?:^|\s)-[UA](?:\s|$))/],
  ['chronyc', /^(?:-\S+ )*(?:tracking|sources|sourcestats|activity)\b/],
  ['timedatectl', /^(?!set)/],
  ['networkctl', /^(?:list|status|lldp)?(?:\s|$)/],
  ['nmcli', /^(?:-\S+ )*(?:device|general|connection)?(?: (?:status|show)(?: \S+)*)?$/],
  ['iperf3', /^-c /],
  ['ip', /^(?:-\S+ )*(?!.*\b(?:add|del|delete|replace|change|append|flush|set)\b)/],
  ['bridge', /^(?:-\S+ )*(?!.*\b(?:add|del|delete|replace|append|set)\b)/],
  ['tc', /^(?:-\S+ )*(?!.*\b(?:add|del|delete|replace|change)\b)/],
  ['sysctl', /^(?!.*(?:-w|--write|-p|--system|=))/],
  [
    'ethtool',
    /^(?!.*(?:^|\s)(?:-[AKGLCXNUsEfpr]|--set-\S+|--offload|--change|--features\s\S+\s\S+\s(?:on|off))(?:\s|$))/,
  ],
  ['conntrack', /^(?!.*(?:^|\s)(?:-[DFUI]|--delete|--flush|--update|--create)(?:\s|$))/],
  ['iptables', /^(?!.*(?:^|\s)-[ADIRFPXNZE](?:\s|$))/],
  ['ip6tables', /^(?!.*(?:^|\s)-[ADIRFPXNZE](?:\s|$))/],
  ['nft', /^(?:-\S+ )*(?:list|monitor)\b/],
  ['ipset', /^(?:list|-L|save|test)\b/],
  ['wg', /^(?:show\b|$)/],
  ['ipvsadm', /^-(?:L|l|S)/],
  ['curl', /^(?!.*(?:-X ?(?:POST|PUT|DELETE|PATCH)|-d\b|--data|-T\b))/],
  ['wget', /^(?=.*(?:-O ?(?:-|\/dev\/null)|-qO-|--spider))/],
  ['systemctl', /^(?:-\S+ )*(?:status|show|is-active|is-enabled|cat|list-\S+)\b/],
  ['journalctl', /^(?!.*--(?:rotate|vacuum))/],
  [
    'resolvectl',
    /^(?:--?\S+ )*(?:status|query|statistics|dns|domain|show-\S+)?(?:\s|$)(?!.*reset)/,
  ],
  [
    'firewall-cmd',
    /^(?=.*--(?:get|list|state|query|info))(?!.*--(?:add|remove|set|reload|permanent --))/,
  ],
  ['ufw', /^status\b/],
  ['fail2ban-client', /^(?:status|ping|version)\b|^get\b/],
  ['sshd', /^-[tT]/],
  [
    'kubectl',
    /^(?:-\S+(?: [\w-]+)? )*(?:get|describe|logs|top|explain|version|cluster-info|api-resources|auth can-i|config view|rollout (?:status|history))\b/,
  ],
  ['docker', /^(?:inspect|ps|logs|info|version|network (?:ls|inspect))\b/],
  ['crictl', /^(?:inspectp?|ps|pods|logs|info)\b/],
  ['calicoctl', /^(?:get|node status|ipam show)\b/],
  ['birdc', /^show\b/],
  ['cilium-health', /^status\b/],
  ['hubble', /^(?:observe|status|list)\b/],
  ['cilium', /^(?:status|monitor|bpf \S+ (?:list|get)|endpoint list|service list|config view)\b/],
  ['aws', /^(?:-\S+(?: \S+)? )*[\w-]+ (?:describe|get|list)-/],
  ['gcloud', /^(?:.* )?(?:describe|list)\b/],
  ['az', /^(?:.* )?(?:show|list)\b/],
]);

function words(names: string, reads: RegExp): readonly (readonly [string, RegExp])[] {
  return names.split(/\s+/).map((name) => [name, reads]);
}
