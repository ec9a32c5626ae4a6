/**
 * What tools that run one command on many hosts write above the output of each: Ansible (callback/minimal.py:
 * `gw1 | CHANGED | rc=0 >>`; callback/default.py: `ok: [gw1] => {`) and parallel-ssh with `-i` (psshlib/task.py,
 * report: `[1] 15:31:01 [SUCCESS] gw1`).
 */
const SHAPES: readonly RegExp[] = [
  /^(?:ok|changed|fatal|failed): \[(?<host>[\w.:@-]{1,253})(?: -> [\w.:@-]{1,253})?\](?:: FAILED!)? => \{?$/,
  /^(?<host>[\w.:@-]{1,253}) \| (?:CHANGED|SUCCESS|FAILED|success) \| rc=-?\d{1,3} >>$/,
  /^\[\d{1,6}\] \d\d:\d\d:\d\d \[(?:SUCCESS|FAILURE)\] (?<host>[\w.:@-]{1,253})(?: (?:Exited with|Killed by|Timed out).{0,80})?$/,
];

/**
 * Whether the line below makes a heading of a line, but not of several hosts (`gw[1-3]`): dashes, as `clush -b` writes above
 * and below a host's name (ClusterShell, CLI/Display.py, format_header), or the underline of a heading in Markdown.
 */
export function isUnderlined(line: string, below: string): boolean {
  return !line.includes('[') && /^\s{0,3}(?:-{3,200}|={3,200})\s*$/.test(below);
}

/** The host that such a heading names; undefined where the line is none. */
export function fleetHost(line: string): string | undefined {
  const text = line.trim();
  for (const shape of SHAPES) {
    const host = shape.exec(text)?.groups?.host;
    // `user@host` and `host:22`, as an inventory may have them.
    if (host !== undefined) return host.replace(/^[^@]*@/, '').replace(/^([\w.-]+):\d+$/, '$1');
  }
  return undefined;
}
