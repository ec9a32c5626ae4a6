import { expect, test } from 'vitest';
import { examine } from './support/examples.ts';

// conntrack-tools 1.4.7 on a kernel since 5.15; before 5.10 the kernel sent `ignore` and no clash_resolve.
function late(failed: number, drop: number, resolved = 0): string {
  return `cpu=0   \tfound=12 invalid=10 insert=0 insert_failed=${failed} drop=${drop} early_drop=0 error=0 search_restart=2 clash_resolve=${resolved} chaintoolong=0 \n`;
}

function earlier(failed: number, drop: number): string {
  return `cpu=0   \tfound=12 invalid=10 ignore=9 insert=0 insert_failed=${failed} drop=${drop} early_drop=0 error=0 search_restart=2 \n`;
}

const COMMAND = 'root@node1:~# conntrack -S\n';

const report = (...rows: readonly string[]) =>
  examine([{ name: null, text: rows.map((row) => COMMAND + row).join('') }]);

test.each([
  ['insertions that a kernel since 5.10 refused', late(48213, 0)],
  ['drops beyond the clashes', late(48213, 9000)],
  ['drops of a kernel before 5.10', earlier(20, 9000)],
])(
  '%s, counted once, are neither healthy nor a cause: a second reading is asked for',
  async (_, row) => {
    const { status, findings, ask } = await report(row);
    expect(status).toBe('suspected');
    expect(findings.filter(({ confidence }) => confidence !== 'possible')).toEqual([]);
    expect(ask[0]?.command).toMatch(/conntrack -S; sleep/);
  },
);

test('clashes that a kernel since 5.10 settled are resolved; refused insertions beside them are not', async () => {
  expect((await report(late(0, 0, 5000))).status).toBe('resolved');
  expect((await report(late(5000, 0, 5000))).status).toBe('suspected');
});

test('before 5.10 insert_failed without drop counts resolved clashes', async () => {
  expect((await report(earlier(48213, 0))).status).toBe('resolved');
});

test('two readings between which nothing was lost date the losses: before', async () => {
  expect((await report(late(48213, 9000), late(48213, 9000))).status).toBe('healthy');
});

test('a few losses since boot are no news', async () => {
  expect((await report(late(12, 3))).status).toBe('healthy');
});

// nf_conntrack_standalone.c: ct_cpu_seq_show; until 4.8 `searched`, `new` and `delete` count, from 4.9 to 5.9 they print 0.
function fromProc(searched: string): string {
  const names =
    'entries  searched found new invalid ignore delete delete_list insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart';
  const rest = '00001001 0000001a 00000000 00000000 00000000  00000000 00000000 00000000 00000000';
  return `root@node1:~# cat /proc/net/stat/nf_conntrack\n${names}\n00000a12  ${searched} 00001212 ${searched} 00000012 00002211 ${searched} ${searched} ${rest}\n`;
}

test('what /proc/net/stat prints tells the kernel: until 4.8 drop 0 acquits nobody', async () => {
  const of = (text: string) => examine([{ name: null, text }]);
  expect((await of(fromProc('00000000'))).status).toBe('resolved');
  const old = await of(fromProc('0003f2aa'));
  expect(old.status).toBe('suspected');
  expect(old.findings.map(({ confidence }) => confidence)).toEqual(['possible']);
});
