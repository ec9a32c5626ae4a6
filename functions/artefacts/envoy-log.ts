import { defineArtefact, type Parsed, type Strength } from './define.ts';

/** One request or connection that Envoy carried, or could not. */
export interface ProxiedRequest {
  readonly line: number;
  /** 0 where no answer began. */
  readonly status: number;
  /** `UF`, `URX`; empty where it went well. */
  readonly flags: readonly string[];
  /** `upstream_reset_before_response_started{remote_connection_failure}` and what the transport said. */
  readonly details: string;
  /** What the client asked for: `web.shop.svc:8080`. */
  readonly authority: string | null;
  /** Address and port of the server that was chosen. */
  readonly upstream: string | null;
  /** `outbound|80||web.shop.svc.cluster.local`. */
  readonly cluster: string | null;
}

interface EnvoyLog {
  readonly requests: readonly ProxiedRequest[];
}

/**
 * The access log of Envoy and of Istio's sidecars and gateways as text, or as JSON in one line (docs: Access logging, Default
 * format string; Istio: Envoy Access Logs; source/common/stream_info/utility.h for the flags).
 */
export const envoyLog = defineArtefact({
  kind: 'envoy-log',
  title: 'access log of Envoy or Istio',
  ask: 'kubectl -n NAMESPACE logs POD -c istio-proxy --tail=50',
  hint: /\bkubectl\s[^|;&]{0,160}logs?\s[^|;&]{0,160}(?:istio-proxy|envoy|gateway)/,
  recognise,
  parse,
  size: ({ requests }) => ({ count: requests.length, unit: 'requests' }),
  facts: {},
});

const FLAGS = '(?:-|[A-Z]{2,6}(?:,[A-Z]{2,6}){0,5})';
const TEXT = new RegExp(
  String.raw`\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\] "(?:[A-Z]{3,8}|-) \S{1,4000} (?:HTTP\/[\d.]{1,3}|-)" (\d{1,3}) (${FLAGS}) (\S.*)$`,
);
const LONGEST = 8000;

function recognise(line: string): Strength {
  if (line.length > LONGEST) return 'none';
  const text = line.trimStart();
  if (text.startsWith('{'))
    return /"response_flags": ?"/.test(text) && /"upstream_(?:host|cluster)": ?/.test(text)
      ? 'strong'
      : 'none';
  return line.includes('Z] "') && TEXT.test(line) ? 'strong' : 'none';
}

function parse(lines: readonly string[]): Parsed<EnvoyLog> | undefined {
  const requests: ProxiedRequest[] = [];
  const unread: number[] = [];
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const request = text.length > LONGEST ? undefined : requestIn(text, index + 1);
    if (request === undefined) unread.push(index + 1);
    else requests.push(request);
  }
  return requests.length === 0 ? undefined : { content: { requests }, unread };
}

function requestIn(text: string, line: number): ProxiedRequest | undefined {
  if (text.startsWith('{')) return jsonRequest(text, line);
  const [, status, flags = '-', rest = ''] = TEXT.exec(text) ?? [];
  if (status === undefined) return undefined;
  const quoted = [...rest.matchAll(/"([^"]{0,4000})"/g)].map(([, word = '']) => word);
  const behind = rest.slice(rest.lastIndexOf('"') + 1).trim();
  // Istio's format begins with details, the default one with numbers.
  const [first = ''] = /^\S+/.exec(rest) ?? [];
  const isDetailed = !/^\d+$/.test(first);
  const transport = isDetailed && quoted.length >= 6 ? (quoted[0] ?? '') : '';
  const isWhole = quoted.length >= 5;
  return {
    line,
    status: Number(status),
    flags: flagsOf(flags),
    details: [isDetailed ? first : '', transport].filter((one) => !/^-?$/.test(one)).join(' '),
    authority: isWhole ? told(quoted.at(-2)) : null,
    upstream: isWhole ? told(quoted.at(-1)) : null,
    cluster: isWhole ? told(/^\S+/.exec(behind)?.[0]) : null,
  };
}

function jsonRequest(text: string, line: number): ProxiedRequest | undefined {
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
  const word = (name: string) => {
    const value = fields[name];
    return typeof value === 'string' ? told(value) : null;
  };
  const status = Number(fields.response_code);
  const details = ['response_code_details', 'upstream_transport_failure_reason'].map(word);
  return {
    line,
    status: Number.isFinite(status) ? status : 0,
    flags: flagsOf(word('response_flags') ?? '-'),
    details: details.filter((one) => one !== null).join(' '),
    authority: word('authority'),
    upstream: word('upstream_host'),
    cluster: word('upstream_cluster'),
  };
}

function flagsOf(text: string): readonly string[] {
  return text === '-' ? [] : text.split(',').slice(0, 8);
}

function told(word: string | undefined): string | null {
  return word === undefined || word === '' || word === '-' ? null : word;
}
