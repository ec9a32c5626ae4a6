/** Why a query failed, as Go's network package and CoreDNS's plugins word it. */
export interface Failure {
  readonly reason: FailureReason;
  /** The address that was asked, without its port; null where the text names none. */
  readonly upstream: string | null;
  readonly port: number | null;
  /** The address the question was sent from. */
  readonly from: string | null;
  readonly transport: 'udp' | 'tcp' | null;
}

export type FailureReason =
  | 'timeout'
  | 'refused'
  | 'unreachable'
  | 'not-permitted'
  | 'closed'
  | 'no-healthy-upstream'
  | 'too-many-waiting'
  | 'no-next-plugin'
  | 'other';

/** `read udp 10.42.0.7:41234->192.0.2.53:53: i/o timeout`, `dial tcp 10.43.0.10:53: connect: connection refused`. */
const NETWORK =
  /(?:^|[\s(])(?:read|write|dial) (udp|tcp)[46]? (?:(\S{3,60})->)?(\S{3,60}): (.{1,200})/;
const REASONS: readonly (readonly [RegExp, FailureReason])[] = [
  [/i\/o timeout|deadline exceeded|operation timed out/, 'timeout'],
  [/connection refused/, 'refused'],
  [/(?:network is|host is) (?:unreachable|down)|no route to host/, 'unreachable'],
  [/operation not permitted|permission denied/, 'not-permitted'],
  [/\bEOF\b|connection reset|broken pipe|use of closed/, 'closed'],
  [/no healthy (?:proxies|upstream)/, 'no-healthy-upstream'],
  [/concurrent queries exceeded maximum/, 'too-many-waiting'],
  [/no next plugin found/, 'no-next-plugin'],
];

/** Reads the text of an error: plugin/errors prints what plugin/forward returned. */
export function failureOf(text: string): Failure {
  const [, transport, from, to, why] = NETWORK.exec(text) ?? [];
  const words = why ?? text;
  const reason = REASONS.find(([shape]) => shape.test(words))?.[1] ?? 'other';
  const upstream = endpointOf(to);
  return {
    reason,
    upstream: upstream?.host ?? null,
    port: upstream?.port ?? null,
    from: endpointOf(from)?.host ?? null,
    transport: transport === 'udp' || transport === 'tcp' ? transport : null,
  };
}

/** Reads `192.0.2.53:53` and `[2001:db8::53]:53`. */
function endpointOf(text: string | undefined) {
  const [, bracketed, bare, port] =
    /^(?:\[([^\]]{2,50})\]|([^:\]]{1,50})):(\d{1,5})$/.exec(text ?? '') ?? [];
  const host = bracketed ?? bare;
  return host === undefined ? undefined : { host, port: Number(port) };
}
