/** `10.96.0.10:53`, `[fd00::a]:53`; a firewall mark has a number and no port. */
export interface ServerAddress {
  readonly address: string;
  readonly port: number | null;
}

/** A server behind a virtual address. Null is what the form of the listing does not show. */
export interface RealServer extends ServerAddress {
  readonly line: number;
  /** `Masq`, `Route`, `Tunnel`, `Local`. */
  readonly forward: string | null;
  /** 0: it gets no new connections, but keeps those that it has. */
  readonly weight: number | null;
  readonly active: number | null;
  readonly inactive: number | null;
}

export interface VirtualService extends ServerAddress {
  readonly line: number;
  readonly protocol: string;
  readonly servers: readonly RealServer[];
}

/** One line of `ipvsadm -Lnc`. */
export interface IpvsConnection {
  readonly line: number;
  readonly protocol: string;
  /** Until the entry goes unless a packet comes. */
  readonly expiresS: number;
  readonly state: string;
  readonly client: ServerAddress;
  readonly virtual: ServerAddress;
  readonly server: ServerAddress;
}

const PROTOCOL = '(TCP|UDP|SCTP|FWM)';
const NUMBER = String.raw`\d{1,15}[KMGT]?`;
const SERVICE = new RegExp(
  String.raw`^${PROTOCOL}\s+(\S{1,255})\s+(?:([a-z]{1,8})(?:\s.*)?|${NUMBER}(?:\s+${NUMBER}){2,4})$`,
);
const BARE_SERVICE = new RegExp(String.raw`^${PROTOCOL}\s+(\S{1,255}:\d{1,5})$`);
const SERVER =
  /^->\s+(\S{1,255})\s+(Masq|Route|Tunnel|Local|Bypass)\s+(\d{1,9})\s+(\d{1,9})\s+(\d{1,9})$/;
const COUNTED_SERVER = new RegExp(String.raw`^->\s+(\S{1,255})\s+${NUMBER}(?:\s+${NUMBER}){2,4}$`);
const CONNECTION =
  /^(TCP|UDP|SCTP|ICMP|IP)\s+(\d{1,4}):(\d\d)\s+([A-Z][A-Z_]{1,14})\s+(\S{1,255})\s+(\S{1,255})\s+(\S{1,255})(?:\s.*)?$/;
/** Headlines of ipvsadm.c: print_title. */
const FRAME =
  /^(?:IP Virtual Server version [\d.]+ \(size=\d+\)|IPVS connection entries|Prot\s+LocalAddress:Port\s.*|->\s+RemoteAddress:Port(?:\s.*)?|pro\s+expire\s+state\s+source\s+virtual\s+destination.*)$/;

export type IpvsLine =
  | { readonly is: 'frame' }
  | { readonly is: 'service'; readonly service: Omit<VirtualService, 'servers'> }
  | { readonly is: 'server'; readonly server: RealServer }
  | { readonly is: 'connection'; readonly connection: IpvsConnection };

/** One line of `ipvsadm -L` in its forms; undefined when it is none. */
export function ipvsLine(text: string, line: number): IpvsLine | undefined {
  if (FRAME.test(text)) return { is: 'frame' };
  const server = text.startsWith('->') ? serverIn(text, line) : undefined;
  if (server !== undefined) return { is: 'server', server };
  const [, kind, minutes, seconds, state = '', client = '', virtual = '', target = ''] =
    CONNECTION.exec(text) ?? [];
  const ends = [client, virtual, target].map(addressIn);
  const [from, to, real] = ends;
  if (kind !== undefined && from != null && to != null && real != null) {
    const expiresS = Number(minutes) * 60 + Number(seconds);
    const own = { line, protocol: kind.toLowerCase(), expiresS, state };
    return { is: 'connection', connection: { ...own, client: from, virtual: to, server: real } };
  }
  const [, protocol, where = ''] = SERVICE.exec(text) ?? BARE_SERVICE.exec(text) ?? [];
  const address = protocol === 'FWM' ? { address: where, port: null } : addressIn(where);
  return protocol === undefined || address === null
    ? undefined
    : { is: 'service', service: { line, protocol: protocol.toLowerCase(), ...address } };
}

function serverIn(text: string, line: number): RealServer | undefined {
  const [, where, forward, weight, active, inactive] = SERVER.exec(text) ?? [];
  const named = addressIn(where ?? COUNTED_SERVER.exec(text)?.[1] ?? '');
  if (named === null) return undefined;
  const numbers = { weight: weight ?? null, active: active ?? null, inactive: inactive ?? null };
  return {
    line,
    ...named,
    forward: forward ?? null,
    weight: numberOf(numbers.weight),
    active: numberOf(numbers.active),
    inactive: numberOf(numbers.inactive),
  };
}

function numberOf(text: string | null): number | null {
  return text === null ? null : Number(text);
}

function addressIn(text: string): ServerAddress | null {
  const [, bracketed, plain, port = ''] =
    /^(?:\[([\da-fA-F:]+)\]|([^\s:]+)):(\d{1,5}|[a-z][\w-]*)$/.exec(text) ?? [];
  const address = bracketed ?? plain;
  if (address === undefined) return null;
  return { address, port: /^\d+$/.test(port) ? Number(port) : null };
}
