import type { Source } from '../../../functions/intake/paste.ts';
import { type Random, randomFrom } from './random.ts';

type Sources = readonly Source[];

/** One way in which the same captures may be pasted. */
export interface Transformation {
  readonly name: string;
  readonly sources: (files: Sources) => Sources;
}

/** A packet of a capture as text: its time, when printed, and its lines without it. */
interface Packet {
  readonly timeUs: number | null;
  readonly lines: readonly string[];
}

/** The texts alone, for comparison. */
export function founded(files: Sources): readonly string[] {
  return files.map(({ text }) => text);
}

export const transforms: readonly Transformation[] = [
  { name: 'untouched', sources: (files) => files },
  ...[1, 2, 3].map((seed) => ({
    name: `files in another order (${seed})`,
    sources: (files: Sources) => randomFrom(seed).shuffle(files),
  })),
  { name: 'one text under headings, the server first', sources: underHeadings },
  ...[10, -10, 3_600, -3_600].map((seconds) => ({
    name: `the clock of master ${seconds > 0 ? '+' : ''}${seconds} s`,
    sources: (files: Sources) =>
      files.map((file) =>
        isCapture(file) && file.name?.startsWith('master.')
          ? restamped(file, (us) => `${clock(us + seconds * 1_000_000)} `)
          : file,
      ),
  })),
  ...(['-tt', '-ttt', '-tttt', '-ttttt'] as const).map((option) => ({
    name: `times as ${option} prints them`,
    sources: (files: Sources) =>
      files.map((file) => (isCapture(file) ? restamped(file, STAMPS[option]) : file)),
  })),
  {
    name: 'no times (-t)',
    sources: (files) => files.map((file) => (isCapture(file) ? restamped(file, () => '') : file)),
  },
  { name: 'names for numbers', sources: named },
  {
    name: 'numbers for names (-nn)',
    sources: (files) =>
      replaced(files, [
        ['.domain ', '.53 '],
        ['.domain:', '.53:'],
      ]),
  },
  ...[1, 2, 3, 4, 5].map((seed) => ({
    name: `a fifth of the unrelated lines missing (${seed})`,
    sources: (files: Sources) => thinnedLines(files, randomFrom(seed)),
  })),
  ...[1, 2, 3].map((seed) => ({
    name: `three other flows between (${seed})`,
    sources: (files: Sources) => withBystanders(files, randomFrom(seed)),
  })),
  {
    name: "the service's address nowhere in the captures",
    sources: (files) =>
      files.map((file) => (isCapture(file) ? swap(file, '10.43.0.100', '10.42.0.16') : file)),
  },
  {
    name: "the service's address before the translation, the pod's behind it",
    sources: (files) =>
      files.map((file) =>
        file.name === 'agent.cni0.tcpdump.txt' ? swap(file, '10.42.0.16', '10.43.0.100') : file,
      ),
  },
];

type Stamp = (us: number, before: number, first: number) => string;

const STAMPS: Readonly<Record<'-tt' | '-ttt' | '-tttt' | '-ttttt', Stamp>> = {
  '-tt': (us) => `${1_641_600_000 + Math.floor(us / 1e6)}.${String(us % 1e6).padStart(6, '0')} `,
  '-ttt': (us, before) => ` ${clock(us - before)} `,
  '-tttt': (us) => `2022-01-08 ${clock(us)} `,
  '-ttttt': (us, _before, first) => ` ${clock(us - first)} `,
};

function isCapture({ name }: Source): boolean {
  return name?.endsWith('.tcpdump.txt') === true;
}

function packetsOf({ text }: Source): readonly Packet[] {
  const packets: { timeUs: number | null; lines: string[] }[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const [, hours, minutes, seconds, rest] = /^(\d\d):(\d\d):(\d\d\.\d{6}) (.*)$/.exec(line) ?? [];
    const last = packets.at(-1);
    if (rest !== undefined) {
      const us = Math.round((Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1e6);
      packets.push({ timeUs: us, lines: [rest] });
    } else if (last === undefined) packets.push({ timeUs: null, lines: [line] });
    else last.lines.push(line);
  }
  return packets;
}

function written(
  file: Source,
  packets: readonly Packet[],
  stamp: Stamp = (us) => `${clock(us)} `,
): Source {
  const times = packets.flatMap(({ timeUs }) => (timeUs === null ? [] : [timeUs]));
  let before = times[0] ?? 0;
  const lines = packets.flatMap(({ timeUs, lines: [head = '', ...rest] }) => {
    if (timeUs === null) return [head, ...rest];
    const text = `${stamp(timeUs, before, times[0] ?? 0)}${head}`;
    before = timeUs;
    return [text, ...rest];
  });
  return { ...file, text: `${lines.join('\n')}\n` };
}

function restamped(file: Source, stamp: Stamp): Source {
  return written(file, packetsOf(file), stamp);
}

function underHeadings(files: Sources): Sources {
  const captures = files.filter(isCapture).toReversed();
  const text = captures.map((file) => {
    const [host = '', ...device] = (file.name ?? '').replace('.tcpdump.txt', '').split('.');
    return `### ${host} / ${device.join('.')}\n${file.text}\n`;
  });
  return [{ name: null, text: text.join('\n') }];
}

function replaced(files: Sources, pairs: readonly (readonly [string, string])[]): Sources {
  return files.map((file) =>
    isCapture(file) ? pairs.reduce((one, [from, to]) => swap(one, from, to), file) : file,
  );
}

function swap(file: Source, from: string, to: string): Source {
  return { ...file, text: file.text.replaceAll(from, to) };
}

function named(files: Sources): Sources {
  return replaced(files, [
    ['10.42.2.87.', '10-42-2-87.web.default.svc.cluster.local.'],
    ['10.42.0.16.', '10-42-0-16.kube-dns.kube-system.svc.cluster.local.'],
    ['10.43.0.100.', 'kube-dns.kube-system.svc.cluster.local.'],
  ]);
}

/** The ids of the lost question and of its twin; retry and answers carry them too. */
const RELATED = /\b(?:25789|25419)\b/;

function thinnedLines(files: Sources, random: Random): Sources {
  return files.map((file) => {
    if (isCapture(file)) {
      const kept = packetsOf(file).filter(
        ({ lines }) => lines.some((line) => RELATED.test(line)) || !random.chance(0.2),
      );
      return written(file, kept);
    }
    const lines = file.text.split('\n').filter((line) => line === '' || !random.chance(0.2));
    return { ...file, text: lines.join('\n') };
  });
}

/** Where each capture stands: microseconds on its host's clock after the client's bridge, and the TTL of requests there. */
const STANDS: ReadonlyMap<string, { readonly afterUs: number; readonly ttl: number }> = new Map([
  ['agent.cni0.tcpdump.txt', { afterUs: 0, ttl: 64 }],
  ['agent.flannel.1.tcpdump.txt', { afterUs: 11, ttl: 63 }],
  ['master.flannel.1.tcpdump.txt', { afterUs: 5_240, ttl: 63 }],
  ['master.cni0.tcpdump.txt', { afterUs: 5_251, ttl: 62 }],
]);
/** How far master's clock is ahead: responses pass its points so much earlier by the true time. */
const AHEAD_US = 5_150;

/** Another pod's lookups, a ping and a stream, all of them answered, that pass the same four interfaces. */
function withBystanders(files: Sources, random: Random): Sources {
  const first = files.find(({ name }) => name === 'agent.cni0.tcpdump.txt');
  const from = (first === undefined ? undefined : packetsOf(first)[0]?.timeUs) ?? 0;
  const pairs = Array.from({ length: 12 }, (_, at) => ({
    atUs: from - 400_000 + at * 260_000 + random.int(0, 200_000),
    backUs: 300 + random.int(0, 400),
    id: 2_000 + at * 17 + random.int(0, 9),
    ...bystander(at, random.int(40_000, 59_000)),
  }));
  return files.map((file) => {
    const stand = STANDS.get(file.name ?? '');
    if (stand === undefined) return file;
    const { afterUs, ttl } = stand;
    const isAhead = file.name?.startsWith('master.') === true;
    const head = (hops: number, id: number, protocol: string, length: number) =>
      `IP (tos 0x0, ttl ${hops}, id ${id}, offset 0, flags [DF], proto ${protocol}, length ${length})`;
    const others = pairs.flatMap(({ atUs, backUs, id, protocol, asked, answered }) => [
      { timeUs: atUs + afterUs, lines: [head(ttl, id, protocol, 74), asked] },
      {
        timeUs: atUs + backUs - afterUs + (isAhead ? 2 * AHEAD_US : 0),
        lines: [head(126 - ttl, id + 30_000, protocol, 90), answered],
      },
    ]);
    const own = packetsOf(file);
    const timed = [...own.filter(({ timeUs }) => timeUs !== null), ...others];
    const sorted = timed.toSorted((a, b) => (a.timeUs ?? 0) - (b.timeUs ?? 0));
    return written(file, [...own.filter(({ timeUs }) => timeUs === null), ...sorted]);
  });
}

function bystander(at: number, port: number) {
  switch (at % 3) {
    case 0: {
      const id = port - 30_000;
      const name = 'cache.default.svc.cluster.local.';
      return {
        protocol: 'UDP (17)',
        asked: `10.42.2.31.${port} > 10.42.0.16.domain: [udp sum ok] ${id}+ A? ${name} (49)`,
        answered: `10.42.0.16.domain > 10.42.2.31.${port}: [udp sum ok] ${id}*- q: A? ${name} 1/0/0 ${name} [30s] A 10.43.7.7 (65)`,
      };
    }
    case 1:
      return {
        protocol: 'ICMP (1)',
        asked: `10.42.2.40 > 10.42.0.45: ICMP echo request, id 4711, seq ${at}, length 64`,
        answered: `10.42.0.45 > 10.42.2.40: ICMP echo reply, id 4711, seq ${at}, length 64`,
      };
    default: {
      const from = at * 41 + 1;
      return {
        protocol: 'TCP (6)',
        asked: `10.42.2.33.51007 > 10.42.0.44.8080: Flags [P.], cksum 0x1c2d (correct), seq ${from}:${from + 41}, ack 1, win 501, length 41`,
        answered: `10.42.0.44.8080 > 10.42.2.33.51007: Flags [.], cksum 0x77aa (correct), ack ${from + 41}, win 502, length 0`,
      };
    }
  }
}

function clock(us: number): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const seconds = us / 1e6;
  return `${two(seconds / 3_600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}.${String(us % 1e6).padStart(6, '0')}`;
}
