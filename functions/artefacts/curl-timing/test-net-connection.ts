/** How PowerShell's Test-NetConnection says that a port was reached or not: at the end of its table. */
export interface TcpTest {
  readonly succeeded: boolean;
  readonly host: string | null;
  readonly port: number | null;
}

const ENDS = /^TcpTestSucceeded +: (True|False)$/;
const FIELD = /^(ComputerName|RemoteAddress|RemotePort) +: (\S{1,253})$/;
/** The table has nine rows at the most (NetTCPIP module, NetTcpipTestNetConnection). */
const ROWS = 9;

/** Whether the line ends such a table. */
export function endsTcpTest(line: string): boolean {
  return ENDS.test(line.trim());
}

/** What the table that ends at a place says; undefined when none ends there. */
export function tcpTestAt(lines: readonly string[], index: number): TcpTest | undefined {
  const [, succeeded] = ENDS.exec(lines[index]?.trim() ?? '') ?? [];
  if (succeeded === undefined) return undefined;
  const fields = new Map<string, string>();
  for (let at = index - 1; at >= Math.max(0, index - ROWS); at -= 1) {
    const [, name, value = ''] = FIELD.exec(lines[at]?.trim() ?? '') ?? [];
    if (name !== undefined && !fields.has(name)) fields.set(name, value);
  }
  const port = Number(fields.get('RemotePort') ?? Number.NaN);
  return {
    succeeded: succeeded === 'True',
    host: fields.get('RemoteAddress') ?? fields.get('ComputerName') ?? null,
    port: Number.isInteger(port) ? port : null,
  };
}
