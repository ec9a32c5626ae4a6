/**
 * Lines of a capture with `-nn -v` as a seed makes them: mostly DNS questions and their answers, and among them whatever is
 * nearly so. `oddity` is the share of packets that are out of the ordinary.
 */
export function captureLines(seed: number, oddity = 0.3): readonly string[] {
  const random = randomFrom(seed + 1);
  const lines: string[] = [];
  const any = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let time = 36_000_000_000 + seed;
  for (let lookup = 0; lookup < 60; lookup += 1) {
    const asked: Asked = {
      client: `10.42.${Math.floor(random() * 3)}.${1 + Math.floor(random() * 8)}`,
      port: 40_000 + Math.floor(random() * (oddity === 0 ? 20_000 : 30)),
      id: oddity === 0 ? lookup : Math.floor(random() * 30),
      type: any(['A', 'AAAA', 'SRV']),
      name: `svc-${Math.floor(random() * 9)}.example.com.`,
    };
    const isOdd = random() < oddity;
    time += Math.floor(random() * 90_000);
    const question = packet(
      time,
      64,
      `${asked.client}.${asked.port} > 10.43.0.10.53: `,
      asking(asked, any),
    );
    lines.push(...(isOdd ? bent(question, random, any) : question));
    if (isOdd && random() < 0.3)
      lines.push(
        ...any(random() < 0.05 ? OTHERS : OTHERS.slice(0, 3)).map((line) =>
          line.replace('TIME', stamp(time + 1)),
        ),
      );
    if (isOdd && random() < 0.3) continue;
    time += isOdd && random() < 0.2 ? 400_000 : Math.floor(random() * 9_000);
    const answer = packet(
      time,
      62,
      `10.43.0.10.53 > ${asked.client}.${asked.port}: `,
      answering(asked, any, isOdd),
    );
    lines.push(...(isOdd ? bent(answer, random, any) : answer));
  }
  return lines;
}

interface Asked {
  readonly client: string;
  readonly port: number;
  readonly id: number;
  readonly type: string;
  readonly name: string;
}

type Any = <T>(list: readonly T[]) => T;

function asking({ id, type, name }: Asked, any: Any): string {
  return `${any(['', '[udp sum ok] '])}${id}${any(['+', '', '+%'])}${any([' ', ' [1au] '])}${type}? ${name} (LENGTH)`;
}

function answering({ id, type, name }: Asked, any: Any, isOdd: boolean): string {
  const said = any([
    `${id}* 1/0/0 ${type} 198.51.100.7 (LENGTH)`,
    `${id} 2/0/1 CNAME www.${name}, A 198.51.100.9 (LENGTH)`,
    `${id}*- 0/1/0 (LENGTH)`,
    `${id} NXDomain*- 0/1/0 (LENGTH)`,
    `${id} NXDomain* q: ${type}? ${name} 0/1/0 ns: example.com. SOA ns.example.com. (LENGTH)`,
  ]);
  if (!isOdd) return said;
  return any([
    said,
    `${id} ServFail 0/0/0 (LENGTH)`,
    `${id}| 0/0/0 (LENGTH)`,
    `${id} 1/0/0 ${type} 198.51.100.7`,
    `[bad udp cksum 0x1234 -> 0x4321!] ${said}`,
    `${id} q: TXT? ${name} 1/0/0 TXT "a, b (c)" (LENGTH)`,
    `${id + 70_000} 1/0/0 A 198.51.100.7 (LENGTH)`,
  ]);
}

function packet(time: number, ttl: number, ends: string, body: string): readonly string[] {
  const length = 40 + body.length;
  return [
    `${stamp(time)} IP (tos 0x0, ttl ${ttl}, id ${time % 65_536}, offset 0, flags [DF], proto UDP (17), length ${length + 28})`,
    `    ${ends}${body.replace('LENGTH', String(length))}`,
  ];
}

/** The same packet as a paste may hold it, and packets that only look like it. */
function bent(lines: readonly string[], random: () => number, any: Any): readonly string[] {
  const [first = '', second = ''] = lines;
  if (random() < 0.4) return lines;
  return any<readonly string[]>([
    [first, second.trimStart()],
    [first, `\t${second.trimStart()}`],
    [`${first} `, second],
    [first],
    [second],
    [first, second.slice(0, -4)],
    [first, second.replace(/\((\d+)\)$/, '(9)')],
    [first, second, '\t0x0000:  4500 003c 1c46 4000 4006 b1e6 0a2a 0257'],
    [first, second.replace('10.42.', '010.42.')],
    [first, second.replace(/10\.42\.\d\.\d/, 'pod-7.example.com')],
    [first, second.replace('.53', '.domain')],
    [first.replace('offset 0, flags [DF]', 'offset 0, flags [+]'), second],
    [first.replace('tos 0x0', 'tos 0x0,ECT(0)'), second],
    [first.replace(/^\S+ /, ''), second],
    [first.replace(/^(\S+) /, '2026-03-02 $1 '), second],
    [first, '', second],
  ]);
}

const OTHERS: readonly (readonly string[])[] = [
  ['TIME ARP, Request who-has 10.42.0.7 tell 10.42.0.1, length 28'],
  [
    'TIME IP (tos 0x0, ttl 64, id 7, offset 0, flags [DF], proto TCP (6), length 60)',
    '    10.42.0.7.41000 > 10.43.0.10.53: Flags [S], cksum 0x1c3a (correct), seq 77, win 64240, options [mss 1460], length 0',
  ],
  [
    'TIME IP (tos 0xc0, ttl 64, id 9, offset 0, flags [none], proto ICMP (1), length 100)',
    '    10.43.0.10 > 10.42.0.2: ICMP 10.43.0.10 udp port 53 unreachable, length 80',
    '\tIP (tos 0x0, ttl 64, id 11, offset 0, flags [DF], proto UDP (17), length 72)',
    '    10.42.0.2.40001 > 10.43.0.10.53: 7+ A? svc-1.example.com. (44)',
  ],
  ['3 packets captured'],
  ['what is this'],
];

function stamp(micros: number): string {
  const seconds = Math.floor(micros / 1e6);
  const two = (value: number) => String(value).padStart(2, '0');
  const fraction = String(micros % 1e6).padStart(6, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}.${fraction}`;
}

/** Mulberry32. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
