import { ASCII, defineArtefact, type Strength } from './define.ts';

/** One listing: its counters by name, with their lines. */
type Reading = ReadonlyMap<string, { readonly value: number; readonly line: number }>;

/** `cpu.stat` of a control group, version 2 (usage_usec …) or 1 (nr_periods, nr_throttled, throttled_time): sums since it was made. */
export const cpuStat = defineArtefact({
  kind: 'cpu-stat',
  title: 'cpu.stat',
  ask: 'cat /sys/fs/cgroup/kubepods.slice/CGROUP/cpu.stat; sleep 60; cat /sys/fs/cgroup/kubepods.slice/CGROUP/cpu.stat',
  hint: /\bcpu\.stat\b/,
  first: ASCII,
  recognise,
  parse,
  size: ({ readings }) => ({ count: readings.at(-1)?.size ?? 0, unit: 'counters' }),
  facts: {},
});

const COUNTER =
  /^(usage_usec|user_usec|system_usec|nice_usec|core_sched\.force_idle_usec|nr_periods|nr_throttled|throttled_usec|throttled_time|nr_bursts|burst_usec|burst_time|wait_sum) (\d{1,20})$/;

function recognise(line: string): Strength {
  const name = COUNTER.exec(line.trim())?.[1];
  if (name === undefined) return 'none';
  return /thrott|nr_periods|_usec$/.test(name) ? 'strong' : 'weak';
}

function parse(lines: readonly string[]) {
  const readings: Map<string, { value: number; line: number }>[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const [, name, value] = COUNTER.exec(text) ?? [];
    if (name === undefined) {
      unread.push(index + 1);
      continue;
    }
    const open = readings.at(-1);
    const counter = { value: Number(value), line: index + 1 };
    if (open === undefined || open.has(name)) readings.push(new Map([[name, counter]]));
    else open.set(name, counter);
  }
  const content: { readonly readings: readonly Reading[] } = { readings };
  return readings.length === 0 ? undefined : { content, unread };
}
