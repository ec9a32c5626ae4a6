import {
  ASCII,
  defineArtefact,
  type FactOf,
  found,
  type Local,
  missing,
  type Strength,
} from './define.ts';

/** How many sockets there are, by the names of /proc/net/sockstat and `ss -s`: `tcp timewait`, `tcp inuse`, `udp mem`. */
interface Summary {
  readonly counts: ReadonlyMap<string, { readonly value: number; readonly line: number }>;
}

/** `TCP:   187446 (estab 61377, closed 125650, orphaned 88, timewait 125102)`; before 4.20 `synrecv 0, timewait 5/0), ports 0`. */
const TCP = /^TCP:\s+(\d{1,9}) \((estab \d{1,9}, [a-z\d ,/]{1,120})\)(?:, ports \d{1,9})?$/;
const TOTAL = /^Total: (\d{1,9})(?: \(kernel \d{1,9}\))?$/;
const TABLE =
  /^(?:Transport\s+Total\s+IP\s+IPv6|(?:RAW|UDP|TCP|INET|FRAG|\*)\s+[\d-]+\s+[\d-]+\s+[\d-]+)$/;
/** net/ipv4/proc.c: sockstat_seq_show. */
const SOCKSTAT =
  /^(sockets|(?:TCP|UDP|UDPLITE|RAW|FRAG)6?): ((?:used|inuse) \d{1,9}(?: [a-z]{2,8} \d{1,12})*)$/;

/** `ss -s` (iproute2 misc/ss.c: print_summary) and /proc/net/sockstat: the sockets of one network namespace, counted. */
export const socketSummary = defineArtefact({
  kind: 'socket-summary',
  title: 'ss -s, /proc/net/sockstat',
  ask: 'ss -s',
  hint: /\bss\s+-\w*s|\/proc\/net\/sockstat/,
  first: ASCII,
  recognise,
  continues: (line) => TABLE.test(line.trim()),
  parse,
  size: ({ counts }) => ({ count: counts.size, unit: 'counters' }),
  facts: {
    timeWait: total('tcp timewait', 'TCP sockets in TIME-WAIT'),
  },
});

function recognise(line: string): Strength {
  const text = line.trim();
  if (TCP.test(text) || SOCKSTAT.test(text)) return 'strong';
  return TOTAL.test(text) || TABLE.test(text) ? 'weak' : 'none';
}

function parse(lines: readonly string[]) {
  const counts = new Map<string, { value: number; line: number }>();
  const unread: number[] = [];
  let read = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const line = index + 1;
    const [, total, states] = TCP.exec(text) ?? [];
    const [, protocol = '', pairs] = SOCKSTAT.exec(text) ?? [];
    if (states !== undefined) {
      counts.set('tcp total', { value: Number(total), line });
      put(counts, 'tcp', states.split(', '), line);
    } else if (pairs !== undefined)
      put(counts, protocol.toLowerCase(), pairs.match(/[a-z]+ \d+/g) ?? [], line);
    else if (TOTAL.test(text) || TABLE.test(text)) read += 1;
    else unread.push(line);
  }
  return counts.size + read === 0 ? undefined : { content: { counts }, unread };
}

function put(
  counts: Map<string, { value: number; line: number }>,
  protocol: string,
  pairs: readonly string[],
  line: number,
): void {
  for (const pair of pairs) {
    const [, word = '', value] = /^([a-z]+) (\d+)/.exec(pair) ?? [];
    const name = word === 'tw' ? 'timewait' : word;
    if (value !== undefined) counts.set(`${protocol} ${name}`, { value: Number(value), line });
  }
}

function total(name: string, is: string): FactOf<Summary> {
  const of = ({ counts }: Summary): Local<number> => {
    const count = counts.get(name);
    return count === undefined ? missing(`${name} is not shown`) : found(count.value, [count.line]);
  };
  return { type: 'count', is, of };
}
