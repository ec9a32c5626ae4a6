/** The fields that objects have at their top, and those of kube-proxy's configuration (pkg/proxy/apis/config). */
const TOP = new RegExp(
  `^"?(?:${[
    ...['apiVersion', 'kind', 'metadata', 'spec', 'status', 'data', 'binaryData', 'immutable'],
    ...['items', 'subsets', 'endpoints', 'ports', 'addressType', 'bindAddress\\w*', 'clusterCIDR'],
    ...['clientConnection', 'configSyncPeriod', 'conntrack', 'detectLocal\\w*', 'enableProfiling'],
    ...['featureGates', 'healthzBindAddress', 'hostnameOverride', 'iptables', 'ipvs', 'nftables'],
    ...['logging', 'metricsBindAddress', 'mode', 'nodePortAddresses', 'oomScoreAdj', 'portRange'],
    ...['showHiddenMetricsForVersion', 'udpIdleTimeout', 'winkernel', 'windowsRunAsService'],
  ].join('|')})"?:(?:\\s|$)`,
);

/** Names of fields that are read, and of those that stand around them. */
const FIELDS = new Set(
  `apiVersion addresses addressType annotations app automountServiceAccountToken cidr clusterIP clusterIPs conditions
  containerPort containers containerStatuses creationTimestamp data dnsConfig dnsPolicy egress endpoints except from
  hostNetwork image ingress internalTrafficPolicy ip ipBlock ipFamilies items key kind labels matchExpressions matchLabels
  metadata mode name namespace namespaceSelector nameservers nodeName notReadyAddresses operator options ownerReferences
  phase podCIDR podCIDRs podIP podIPs podSelector policyTypes port ports protocol ready resourceVersion restartPolicy
  searches selector serving spec startedAt state status subsets targetPort targetRef template terminating to type uid
  value values`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/** Whether a line may belong to an object: a field, a bracket of JSON, the edge of a document. */
export function isFieldLine(text: string): boolean {
  if (/^(?:[{}[\]]{1,2},?|---|- )$/.test(text)) return true;
  const [, field] = /^(?:- )?"?([A-Za-z]{2,40})"?:(?:\s|$)/.exec(text) ?? [];
  return field !== undefined && FIELDS.has(field);
}

/** Whether a line begins another object: no other stands open in the same document. */
export function beginsDocument(line: string): boolean {
  return /^(?:---|apiVersion:|\{$|\{"|addressType:)/.test(line);
}

/** Whether a line goes on with the object whose line stands before it. */
export function isInside(at: (index: number) => string, index: number): boolean {
  const line = at(index);
  if (line.trim() === '') return /^\s+\S/.test(at(index + 1)) && /^\s/.test(at(index - 1));
  // The configuration of CoreDNS is a language of its own.
  if (/^\s*"?Corefile"?:/.test(line)) return false;
  if (/^\s/.test(line)) return true;
  if (/^(?:["}\]]|[{[],?$)/.test(line)) return line !== '{' || at(index - 1) !== '}';
  if (line.startsWith('- ') || line === '-') return true;
  return !beginsDocument(line) && TOP.test(line);
}

/** The documents among lines: at `---`, where an object ends with `}` and one begins, where `apiVersion` stands again. */
export function documentsIn(lines: readonly string[]): readonly { from: number; to: number }[] {
  const starts = [0];
  let isNamed = false;
  for (const [index, line] of lines.entries()) {
    const isAgain = line.startsWith('apiVersion:') && (isNamed || lines[index - 1] === '}');
    const isNext =
      line === '---' ||
      (line === '{' && lines[index - 1] === '}') ||
      isAgain ||
      line.startsWith('{"');
    if (isNext && index > 0) {
      // A slice's `addressType` stands before its `apiVersion`.
      starts.push(isAgain && lines[index - 1]?.startsWith('addressType:') ? index - 1 : index);
      isNamed = false;
    }
    isNamed ||= line.startsWith('apiVersion:');
  }
  return starts.map((from, at) => ({ from, to: starts[at + 1] ?? lines.length }));
}
