import { defineArtefact, type Parsed, type Strength } from './define.ts';
import {
  type IpvsConnection,
  ipvsLine,
  type RealServer,
  type VirtualService,
} from './ipvsadm/lines.ts';

interface Ipvs {
  readonly services: readonly VirtualService[];
  readonly connections: readonly IpvsConnection[];
}

/** `ipvsadm -Ln`, with `--stats` or `--rate`, and its connections `-Lnc`; ipvsadm 1.26 to 1.31, ipvsadm.c. */
export const ipvsadm = defineArtefact({
  kind: 'ipvsadm',
  title: 'ipvsadm -Ln',
  ask: 'sudo ipvsadm -Ln; sudo ipvsadm -Lnc | head -200',
  hint: /\bipvsadm\b/,
  first: 'TUSFPIp-',
  recognise,
  parse,
  size: ({ services, connections }) => ({
    count: services.length + connections.length,
    unit: 'entries',
  }),
  facts: {},
});

function recognise(line: string): Strength {
  const shown = ipvsLine(line.trim(), 1);
  if (shown === undefined) return 'none';
  // `TCP 10.0.0.7:80 rr` stands in prose and other tables too.
  return shown.is === 'service' ? 'weak' : 'strong';
}

function parse(lines: readonly string[]): Parsed<Ipvs> | undefined {
  const services: (VirtualService & { readonly servers: RealServer[] })[] = [];
  const connections: IpvsConnection[] = [];
  const unread: number[] = [];
  let frames = 0;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const shown = ipvsLine(text, index + 1);
    const open = services.at(-1);
    if (shown === undefined) unread.push(index + 1);
    else if (shown.is === 'service') services.push({ ...shown.service, servers: [] });
    else if (shown.is === 'connection') connections.push(shown.connection);
    else if (shown.is === 'frame') frames += 1;
    // A listing that was cut at the top shows servers whose service nobody can name.
    else if (open === undefined) unread.push(index + 1);
    else open.servers.push(shown.server);
  }
  return services.length + connections.length + frames === 0
    ? undefined
    : { content: { services, connections }, unread };
}
