import { describe, expect, test } from 'vitest';
import type { Report } from '../functions/report/schema.ts';
import { examine } from './support/examples.ts';

const [pod, server] = ['10.42.2.87.35181', '10.42.0.16.53'] as const;
const [here, there] = ['192.168.7.10.51820', '192.168.7.20.51820'] as const;

/** `tcpdump -nn`, at microseconds after ten. */
function at(us: number, text: string): string {
  const seconds = (us / 1_000_000).toFixed(6).padStart(9, '0');
  return `10:00:${seconds} IP ${text}`;
}

/** A question of 41 bytes makes an IP packet of 69; padded to 80, it travels in 112 bytes of UDP. */
const QUESTION = 112;
const question = (us: number, id: number, type: string) =>
  at(us, `${pod} > ${server}: ${id}+ ${type}? test.example.cn. (41)`);
/** An answer of 100 bytes makes 128, and travels in 160. */
const ANSWER = 160;
const answer = (us: number, id: number) =>
  at(us, `${server} > ${pod}: ${id} 1/0/0 A 198.51.100.7 (100)`);
const out = (us: number, length: number) => at(us, `${here} > ${there}: UDP, length ${length}`);
const back = (us: number, length: number) => at(us, `${there} > ${here}: UDP, length ${length}`);

const LOOKUPS_US = [0, 1_000_000, 9_000_000] as const;
/** Of the pair that is asked after 3 s, the second question is asked again after 5.5 s. */
const [PAIR_US, AGAIN_US] = [3_000_000, 5_500_000] as const;

/** A lookup whose two questions go well, at one point that sees each packet so much later than the pod's node sends it. */
function healthy(us: number, later: number, [ask, reply]: Forms): readonly string[] {
  const id = us / 1_000_000 + 100;
  return [
    ask(us + later, id, 'A'),
    ask(us + later + 30, id + 50, 'AAAA'),
    reply(us + 800 - later, id),
    reply(us + 830 - later, id + 50),
  ];
}

type Forms = readonly [
  (us: number, id: number, type: string) => string,
  (us: number, id: number) => string,
];

const clear: Forms = [question, answer];
const encrypted: Forms = [(us) => out(us, QUESTION), (us) => back(us, ANSWER)];

/** What a point sees: `first` of the pair passes, and `second` if it comes as far. */
function pointAt(
  later: number,
  forms: Forms,
  isSecondSeen: boolean,
  apartUs: number,
): readonly string[] {
  const [ask, reply] = forms;
  const [before, middle, after] = LOOKUPS_US.map((us) => healthy(us, later, forms));
  return [
    ...(before ?? []),
    ...(middle ?? []),
    ask(PAIR_US + later, 700, 'A'),
    ...(isSecondSeen ? [ask(PAIR_US + later + apartUs, 701, 'AAAA')] : []),
    reply(PAIR_US + 900 - later, 700),
    ask(AGAIN_US + later, 701, 'AAAA'),
    reply(AGAIN_US + 900 - later, 701),
    ...(after ?? []),
  ].toSorted();
}

interface Seen {
  readonly outer: boolean;
  readonly farOuter: boolean;
  readonly farInner: boolean;
}

function paste(
  second: Seen,
  strangers: readonly string[] = [],
  apartUs = 5_000,
): readonly string[] {
  return [
    '[root@agent ~]# tcpdump -nni flannel-wg udp port 53',
    ...pointAt(0, clear, true, apartUs),
    '[root@agent ~]# tcpdump -nni eth0 udp port 51820',
    ...pointAt(40, encrypted, second.outer, apartUs),
    '[root@master ~]# tcpdump -nni eth0 udp port 51820',
    ...[...pointAt(200, encrypted, second.farOuter, apartUs), ...strangers].toSorted(),
    '[root@master ~]# tcpdump -nni flannel-wg udp port 53',
    ...pointAt(240, clear, second.farInner, apartUs),
  ];
}

async function placed(text: readonly string[]): Promise<Report['vanished']> {
  const { vanished } = await examine([{ name: null, text: text.join('\n') }]);
  return vanished.filter(
    ({ seen, missing }) =>
      missing.host !== null && (missing.interface !== seen.interface || missing.host !== seen.host),
  );
}

describe('a question lost on a way through WireGuard', () => {
  test('between two hosts: the card of the one sent it, the other’s never saw it', async () => {
    const lost = await placed(paste({ outer: true, farOuter: false, farInner: false }));
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({
      id: 701,
      qtype: 'AAAA',
      direction: 'request',
      seen: { host: 'agent', interface: 'eth0' },
      missing: { host: 'master', interface: 'eth0' },
    });
  });

  test('in the host that encrypts', async () => {
    const lost = await placed(paste({ outer: false, farOuter: false, farInner: false }));
    expect(lost).toHaveLength(1);
    expect(lost[0]).toMatchObject({
      seen: { host: 'agent', interface: 'flannel-wg' },
      missing: { host: 'agent', interface: 'eth0' },
    });
  });

  test('it is quoted as the card saw it', async () => {
    const report = await examine([
      {
        name: null,
        text: paste({ outer: true, farOuter: false, farInner: false }).join('\n'),
      },
    ]);
    const quotes = report.findings.flatMap(({ evidence }) => evidence.map(({ quote }) => quote));
    expect(quotes.some((quote) => quote.includes(`UDP, length ${QUESTION}`))).toBe(true);
  });

  test('a stranger of the same size at that moment may be it: the card proves nothing', async () => {
    const stranger = out(PAIR_US + 5_180, QUESTION);
    const lost = await placed(paste({ outer: true, farOuter: false, farInner: false }, [stranger]));
    expect(lost.filter(({ missing }) => missing.interface === 'eth0')).toEqual([]);
  });

  test('of two that left together one came: the cards do not tell which', async () => {
    const lost = await placed(paste({ outer: false, farOuter: false, farInner: false }, [], 20));
    expect(lost).toEqual([]);
  });

  test('of two that left together both came out of the host', async () => {
    const lost = await placed(paste({ outer: true, farOuter: false, farInner: false }, [], 20));
    expect(lost.map(({ id, seen, missing }) => [id, seen.interface, missing.host])).toEqual([
      [701, 'eth0', 'master'],
    ]);
  });
});
