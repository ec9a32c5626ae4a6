import { describe, expect, test } from 'vitest';
import { readCatalogue } from '../functions/adapters/catalogue-files.ts';
import { reportOn } from '../functions/report/report.ts';
import type { Language, Report } from '../functions/report/schema.ts';

const catalogue = readCatalogue(new URL('..', import.meta.url).pathname);

function reportIn(language: Language, text: string): Promise<Report> {
  return reportOn([{ name: null, text }], catalogue, { language, runbookBase: null });
}

const MISSING = ['root@hk-w2:~# conntrack -S', '-bash: conntrack: command not found'].join('\n');
const ROUTE = ['root@hk-w2:~# ip route', 'default via 10.1.1.1 dev eth0 proto static'].join('\n');

describe('a command that did not run', () => {
  test.each(['en', 'zh'] as const)(
    'is told as such and leaves the rest unknown (%s)',
    async (language) => {
      const report = await reportIn(language, MISSING);
      expect(report.status).toBe('suspected');
      expect(report.findings).toEqual([]);
      expect(report.headline).toContain('conntrack');
      expect(report.artefacts[0]?.warnings).toHaveLength(1);
      expect(report.coverage.unread).toEqual([]);
    },
  );

  test('beside healthy output is said in the first lines, with another way to the same', async () => {
    const report = await reportIn('en', `${MISSING}\n${ROUTE}`);
    expect(report.status).toBe('healthy');
    expect(report.headline).toMatch(/conntrack is not installed there/);
    expect(report.ask[0]).toMatchObject({ host: 'hk-w2', settles: [] });
    expect(report.ask[0]?.command).toMatch(/\/proc\/net\/stat\/nf_conntrack/);
  });

  test('for want of rights is asked for again with them, and bounded', async () => {
    const text = [
      '[ops@lb1 ~]$ tcpdump -nn -i eth0 port 53',
      "tcpdump: eth0: You don't have permission to capture on that device",
      '(socket: Operation not permitted)',
    ];
    const report = await reportIn('en', text.join('\n'));
    expect(report.ask[0]?.command).toBe('sudo timeout 60 tcpdump -nn -i eth0 port 53');
  });

  test('in a pod is asked for from its node', async () => {
    const text = [
      '$ kubectl exec web-7c9f6d5b8-xk2lp -- ss -tan',
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "ss": executable file not found in $PATH: unknown',
      'command terminated with exit code 126',
    ];
    const report = await reportIn('en', text.join('\n'));
    expect(report.ask[0]?.command).toBe('sudo nsenter -t PID -n ss -tan');
  });

  test.each([
    'conntrack -F',
    'conntrack -D -p udp',
    'iptables -A FORWARD -j ACCEPT',
    'ip link set eth0 down',
    'nft flush ruleset',
    'ipvsadm -C',
    'ethtool -K eth0 tx off',
  ])('that changes something is never asked for again: %s', async (command) => {
    const tool = command.split(' ')[0];
    for (const said of [
      `-bash: ${tool}: command not found`,
      `-bash: /sbin/${tool}: Permission denied`,
    ]) {
      const report = await reportIn('en', `[ops@lb1 ~]$ ${command}\n${said}`);
      expect(report.artefacts.map(({ kind }) => kind)).toEqual(['command-failed']);
      expect(report.ask.filter(({ settles }) => settles.length === 0)).toEqual([]);
    }
  });

  test.each([
    'I got Permission denied when I tried it',
    'Permission denied (publickey,password).',
    'ping: sendmsg: Operation not permitted',
    'the pod was not found',
    'curl: (7) Failed to connect to 10.0.0.1 port 80: Connection refused',
  ])('is not seen in: %s', async (line) => {
    const report = await reportIn('en', line);
    expect(report.artefacts.map(({ kind }) => kind)).not.toContain('command-failed');
  });
});
