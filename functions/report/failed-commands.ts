import type { Failure } from '../artefacts/command-failed/lines.ts';
import { type Artefact, type Evidence, lineIn, ofKind } from '../artefacts/evidence.ts';
import { fillWords } from './fill.ts';
import type { Language, ReportAsk } from './schema.ts';
import { failures as phrases, words } from './words.ts';

/** What a command that did not run leaves unknown, one text a message: for the artefact's warnings. */
export function failureWarnings(one: Evidence, language: Language): readonly string[] {
  return ofKind([one], 'command-failed').flatMap(({ artefact, content }) =>
    content.failures.map((failure) =>
      fillWords(words[language].failedAt, {
        line: lineIn(artefact, failure.line),
        why: whyOf(failure, language),
      }),
    ),
  );
}

/** Whether nothing was shown but that commands failed: neither healthy nor ill. */
export function onlyFailures(evidence: readonly Evidence[]): boolean {
  return (
    evidence.length > 0 && evidence.every(({ artefact }) => artefact.kind === 'command-failed')
  );
}

/** The first failure in words; undefined when every command ran. */
export function firstFailure(
  evidence: readonly Evidence[],
  language: Language,
): string | undefined {
  const failure = ofKind(evidence, 'command-failed')[0]?.content.failures[0];
  return failure === undefined ? undefined : whyOf(failure, language);
}

const MOST_ASKS = 2;

/** What to run instead, where another way is known. */
export function failureAsks(
  evidence: readonly Evidence[],
  language: Language,
): readonly ReportAsk[] {
  const asks = ofKind(evidence, 'command-failed').flatMap(({ artefact, content }) =>
    content.failures.flatMap((failure): readonly ReportAsk[] => {
      const command = insteadOf(failure, artefact);
      return command === undefined
        ? []
        : [{ command, host: artefact.host, why: whyOf(failure, language), settles: [] }];
    }),
  );
  const first = (ask: ReportAsk, at: number) =>
    asks.findIndex(({ command, host }) => command === ask.command && host === ask.host) === at;
  return asks.filter(first).slice(0, MOST_ASKS);
}

function whyOf({ reason, tool }: Failure, language: Language): string {
  return fillWords(phrases[language][reason], { tool: tool ?? words[language].thatCommand });
}

/** Other commands that show the same, each readable here; what is asked of the tool decides where there are several. */
const OTHER_WAYS: readonly (readonly [tool: RegExp, asked: RegExp, command: string])[] = [
  [/^conntrack$/, /-L|--dump/, 'sudo cat /proc/net/nf_conntrack | head -200'],
  [/^conntrack$/, /-C|--count/, 'sysctl net.netfilter.nf_conntrack_count'],
  [
    /^conntrack$/,
    /./,
    'cat /proc/net/stat/nf_conntrack; sleep 60; cat /proc/net/stat/nf_conntrack',
  ],
  [/^ip$/, /\sn(?:e\w*)?\b/, 'arp -n'],
  [/^ip$/, /\sr(?:o\w*)?\b/, 'route -n'],
  [/^ip$/, /./, 'ifconfig -a'],
  [/^ifconfig$/, /./, 'ip addr'],
  [/^route$/, /./, 'ip route'],
  [/^arp$/, /./, 'ip -s neigh'],
  [/^netstat$/, /-\w*s/, 'nstat -az'],
  [/^netstat$/, /-\w*r/, 'ip route'],
  [/^netstat$/, /./, 'ss -tan'],
  [/^(?:mtr|traceroute)$/, /./, 'tracepath -n HOST'],
  [/^lsmod$/, /./, 'cat /proc/modules'],
  [/^brctl$/, /./, 'bridge fdb show'],
];

/** What only reads: nobody is told to type anything else again with more rights. */
const READS: readonly (readonly [tool: RegExp, form: RegExp])[] = [
  [/^conntrack$/, /^[^;|&]*\s(?:-[SLCEG]|--(?:stats|dump|count|event|get))(?:\s|$)/],
  [/^ip6?tables(?:-legacy|-nft)?$/, /\s(?:-\w*[LS]\w*|--list\S*)(?:\s|$)/],
  [/^ip6?tables(?:-legacy|-nft)?-save$/, /./],
  [/^nft$/, /\slist\s/],
  [/^ipvsadm$/, /\s-\w*[Ll]/],
  [
    /^(?:ip|bridge)$/,
    /^(?!.*\s(?:a|add|append|c|change|d|del\w*|exec|f|flush|replace|s|set)(?:\s|$))/,
  ],
  [/^ethtool$/, /^\S+(?:\s-[SkiglcTP])?\s\w\S*$/],
  [
    /^(?:tcpdump|ss|dmesg|journalctl|lsmod|nstat|pwru|cat|ls|mtr|traceroute|tracepath|ping)$/,
    /^[^>]*$/,
  ],
];
/** Captures that nobody stops fill disks. */
const ENDLESS = /\b(?:tcpdump|pwru|conntrack\s+-E)\b(?!.*\s-c\s?\d)/;

function insteadOf({ reason, tool }: Failure, artefact: Artefact): string | undefined {
  const typed = partWith(tool, artefact.command ?? '');
  if (typed === undefined || tool === null) return undefined;
  if (!READS.some(([name, form]) => name.test(tool) && form.test(typed))) return undefined;
  const bounded = ENDLESS.test(typed) && !/\btimeout\s/.test(typed) ? 'timeout 60 ' : '';
  const isLost = reason === 'not-installed' || reason === 'not-permitted';
  // A container has few programs and few rights; its network namespace can be entered from the node, which has both.
  if (isLost && artefact.pod)
    return `sudo nsenter -t PID -n ${bounded}${typed.replace(/^sudo /, '')}`;
  if (reason === 'not-permitted')
    return typed.startsWith('sudo ') ? undefined : `sudo ${bounded}${typed}`;
  if (reason === 'absent' && tool === 'tcpdump') return 'ip -br link';
  if (reason !== 'not-installed') return undefined;
  return OTHER_WAYS.find(([name, asked]) => name.test(tool) && asked.test(typed))?.[2];
}

/** Of several commands in one line the one that failed, as typed on that host: without `kubectl exec … --` before it. */
function partWith(tool: string | null, command: string): string | undefined {
  if (tool === null) return undefined;
  const inside = command.includes(' -- ') ? command.slice(command.indexOf(' -- ') + 4) : command;
  const isIt = (word: string) => word === tool || word.endsWith(`/${tool}`);
  return inside
    .split(/[;|&]+|\d?>\S*/)
    .map((part) => part.trim())
    .find((part) => part.split(/\s+/).some(isIt));
}
