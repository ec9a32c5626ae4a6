import type { Source } from '../../../functions/intake/paste.ts';
import type { Capture } from './capture.ts';
import type { Network } from './network.ts';
import type { Random } from './random.ts';
import { clockOf, type Line, packetLines, type Style, stampOf } from './tcpdump-text.ts';

export type LabelForm = 'prompt' | 'heading' | 'heading-zh' | 'file' | 'at';

/** What happens to the whole text on its way into the paste. */
export interface Mangling {
  readonly crlf: boolean;
  readonly indent: string;
  readonly shuffled: boolean;
}

/** The captures as somebody pastes them: each under its label, or in a file of its own. */
export function pasteOf(
  random: Random,
  network: Network,
  captures: readonly Capture[],
  form: () => LabelForm,
  { crlf, indent, shuffled }: Mangling,
): readonly Source[] {
  // Any time of day from which clocks hours apart stay within the day.
  const baseUs = random.int(25_000, 58_000) * 1_000_000;
  const ordered = shuffled ? random.shuffle(captures) : captures;
  const loose: string[] = [];
  const files: Source[] = [];
  for (const capture of ordered) {
    const lines = captureLines(capture, network, baseUs);
    const own = needsCommand(capture) ? 'prompt' : form();
    if (own === 'prompt') loose.push(...promptedLines(random, capture, lines), '');
    else if (own === 'heading' || own === 'heading-zh')
      loose.push(...headingLines(random, capture, own), ...lines, '');
    else files.push(fileOf(capture, lines, own, mangled));
  }
  return [...(loose.length > 0 ? [{ name: null, text: mangled(loose) }] : []), ...files];

  function mangled(lines: readonly string[]): string {
    return lines.map((line) => (line === '' ? '' : indent + line)).join(crlf ? '\r\n' : '\n');
  }
}

/** A filter is known from the command only. */
function needsCommand({ handicap }: Capture): boolean {
  return handicap === 'filtered';
}

function captureLines(capture: Capture, network: Network, baseUs: number): readonly string[] {
  const { banner, dropped, hole, kept, lines, style, trailer, handicap } = capture;
  const stamps = stampsOf(capture, lines, baseUs);
  const text = (line: Line) =>
    packetLines(line, network, style, stamps.get(line) ?? '', capture.device === 'any');
  const body = kept.flatMap((line, at) => {
    const before = kept[at - 1];
    const isBehindHole =
      hole !== null &&
      hole.mark !== null &&
      line.trueUs > hole.to &&
      (before?.trueUs ?? 0) < hole.from;
    return [...(isBehindHole ? [hole.mark ?? ''] : []), ...text(line)];
  });
  // The record after the last that is left begins before the moment too, and half of its first line remains.
  const cut = handicap === 'cut-off' ? capture.half : null;
  const [half = ''] = cut === null ? [] : text(cut);
  return [
    ...(banner ? bannerLines(capture) : []),
    ...body,
    ...(cut === null ? [] : [half.slice(0, Math.floor(half.length * 0.6))]),
    ...(trailer ? trailerLines(lines.length, dropped) : []),
  ];
}

/** Times are printed while capturing; what is taken out later does not change them. */
function stampsOf(
  { machine, style }: Capture,
  lines: readonly Line[],
  baseUs: number,
): ReadonlyMap<Line, string> {
  const first = lines[0];
  const clock = (line: Line) => clockOf(machine, line.trueUs, baseUs);
  return new Map(
    lines.map((line, at) => {
      const own = clock(line);
      const before = clock(lines[at - 1] ?? line);
      return [
        line,
        stampOf(own, { before, first: first === undefined ? own : clock(first) }, style.time),
      ];
    }),
  );
}

function bannerLines({ device, style, machine }: Capture): readonly string[] {
  const link = device === 'any' ? 'LINUX_SLL2 (Linux cooked v2)' : 'EN10MB (Ethernet)';
  // tcpdump before 4.99 says "capture size".
  const size = machine.drift > 0 ? 'snapshot length 262144 bytes' : 'capture size 262144 bytes';
  const listening = `listening on ${device}, link-type ${link}, ${size}`;
  return style.verbose > 0
    ? [`tcpdump: ${listening}`]
    : ['tcpdump: verbose output suppressed, use -v[v]... for full protocol decode', listening];
}

function trailerLines(count: number, dropped: number): readonly string[] {
  return [
    '^C',
    `${count} packets captured`,
    `${count + (dropped > 0 ? dropped : 0)} packets received by filter`,
    `${dropped} packets dropped by kernel`,
  ];
}

function promptedLines(
  random: Random,
  { device, filter, machine, style }: Capture,
  lines: readonly string[],
): readonly string[] {
  const filterText =
    filter.text === '' ? '' : ` ${random.chance(0.5) ? `'${filter.text}'` : filter.text}`;
  const command = `tcpdump -i ${device} ${optionsOf(style)}${filterText}`
    .replace(/ +/g, ' ')
    .trim();
  if (machine.pod) {
    const prompt = random.pick(['ann@laptop:~$', '$', '[ops@bastion ~]$']);
    return [`${prompt} kubectl exec -it ${machine.name} -- ${command}`, ...lines];
  }
  const prompt = random.pick([
    `root@${machine.name}:~#`,
    `[root@${machine.name} ~]#`,
    `ops@${machine.name}:~$ sudo`,
    `root@${machine.name} ~ #`,
  ]);
  return [`${prompt} ${command}`, ...lines];
}

function optionsOf({ link, names, time, verbose }: Style): string {
  const clocks = {
    none: '-t',
    day: '',
    epoch: '-tt',
    delta: '-ttt',
    date: '-tttt',
    since: '-ttttt',
  };
  return [
    names === 'numbers' ? '-nn' : '',
    link ? '-e' : '',
    verbose === 0 ? '' : verbose === 1 ? '-v' : '-vvv',
    clocks[time],
  ]
    .filter((word) => word !== '')
    .join(' ');
}

function headingLines(
  random: Random,
  { device, machine }: Capture,
  form: 'heading' | 'heading-zh',
): readonly string[] {
  const host = machine.name;
  const pod = machine.pod;
  if (device === 'any')
    return [form === 'heading' ? `### ${host} tcpdump -i any:` : `${host} 节点抓包:`];
  if (form === 'heading')
    return [
      random.pick([
        `### ${host} / ${device}`,
        pod ? `inside pod ${host}, ${device}:` : `on ${host}, ${device}:`,
        `${host} ${device}:`,
        `capture on ${host} ${device}`,
        pod ? `pod ${host} ${device} tcpdump:` : `node ${host} ${device} tcpdump:`,
      ]),
    ];
  return [
    random.pick([
      pod ? `容器 ${host} ${device} 抓包到的数据包:` : `${host} 机器 ${device} 抓包到的数据包:`,
      `在 ${host} 的 ${device} 上抓包:`,
      pod ? `pod ${host} ${device} 抓包：` : `${host} 节点 ${device} 抓包：`,
      `${host} 服务器 ${device}:`,
    ]),
  ];
}

function fileOf(
  { device, machine }: Capture,
  lines: readonly string[],
  form: 'file' | 'at',
  mangled: (lines: readonly string[]) => string,
): Source {
  const text = mangled([...lines, '']);
  const host = machine.name;
  if (form === 'at')
    return { name: 'capture.txt', text, at: { host, interface: device === 'any' ? null : device } };
  return { name: device === 'any' ? `${host}.tcpdump.txt` : `${host}.${device}.tcpdump.txt`, text };
}
