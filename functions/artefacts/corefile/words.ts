/** Plugins of coredns/plugin.cfg, of node-cache and of common builds, and what stands beside them. */
const PLUGINS: ReadonlySet<string> = new Set(
  (
    'root metadata geoip cancel proxyproto quic grpc_server https https3 timeouts multisocket reload nsid bufsize bind debug trace ' +
    'ready health pprof shed prometheus errors log dnstap local dns64 any chaos loadbalance tsig rewrite autopath acl cache header ' +
    'dnssec tls minimal template transfer hosts route53 azure clouddns k8s_external kubernetes file auto secondary etcd loop ' +
    'forward grpc erratic whoami on sign view nomad proxy federation upstream import'
  ).split(' '),
);

/** Words that begin a line inside a plugin's braces. */
const OPTIONS: ReadonlySet<string> = new Set(
  (
    'endpoint_pod_names pods namespaces endpoint labels namespace_labels fallthrough ttl noendpoints zonal ignore kubeconfig ' +
    'multicluster startup_timeout prefetch serve_stale servfail disable keepttl no_reverse match answer additional authority rcode ' +
    'ederror lameduck stacktrace consolidate class prefix translate_all allow_ipv4 stubzones path credentials allow block filter ' +
    'drop max_concurrent prefer_udp force_tcp policy expire health_check except max_fails tls_servername success denial name type ' +
    'edns0 next failover failfast_all_unhealthy_upstreams read_timeout max_idle_conns resyncperiod stop continue exact ' +
    'spray prefer net to masters whitelist blacklist runtime_metrics'
  ).split(' '),
);

/** `.:53 {`, `cluster.local:53 {`, `in-addr.arpa:53 ip6.arpa:53 {`: with a port, nothing else opens so. */
export const BLOCK_WITH_PORT =
  /^(?:(?:dns|tls|https|grpc|quic):\/\/)?[\w.*/-]{0,253}:\d{1,5}(?:[ ,]+\S{1,260}){0,20} ?\{$/;
/** Blocks of nft begin with a word of its own. */
const BLOCK =
  /^(?!(?:table|chain|map|set|flowtable) )(?:\.|\([\w.-]{1,80}\)|[\w*-]{1,63}(?:\.[\w-]{1,63}){0,20}\.?)(?:,? \S{1,253}){0,20} \{$/;
const FORWARD =
  /^(?:forward|proxy) \S{1,253} (?:\/etc\/\S{1,80}|\/run\/\S{1,80}|(?:dns:\/\/|tls:\/\/)?(?:\d{1,3}\.){3}\d{1,3}\S{0,60}|\[?[\da-fA-F]{0,4}:[\da-fA-F:.\]%]{1,50}|__PILLAR\w{1,40})(?:\s|$)/;
const KUBERNETES = /^kubernetes (?:\S{1,253} ){0,10}(?:in-addr\.arpa|ip6\.arpa|cluster\.local)\b/;
const EXPORTER =
  /^(?:prometheus (?:[\d.]{7,15}|localhost)?:\d{1,5}|health [\d.]{7,15}:\d{1,5}) ?\{?$/;
const CONFIG_MAP_KEY = /^"?Corefile"?:(?: ?\|[+-]?| ?"\S.{0,16000})?$/;
/** What `kubectl get configmap -o yaml` and `kubectl describe` print around the file. */
const FURNITURE =
  /^(?:---|={3,}|-{3,}|(?:apiVersion|kind|metadata|data|binaryData|items|immutable|Data|BinaryData|Name|Namespace|Labels|Annotations|name|namespace|resourceVersion|uid|creationTimestamp|selfLink|labels|annotations|managedFields|k8s-app|eks\.amazonaws\.com\/component|[\w./-]{1,120}\.(?:io|com)\/[\w.-]{1,63}):(?: .{0,400})?|"?Corefile"?: ?\|?[+-]?|[A-Za-z][\w.-]{0,80}: \|[+-]?|Events:.{0,20}|objectset\S{0,200}: .{0,400}|\{"apiVersion":.{0,16000})$/;
const HOST =
  /^(?:(?:\d{1,3}\.){3}\d{1,3}|[\da-fA-F]{1,4}:[\da-fA-F:]{2,40}) +[A-Za-z][\w.-]{0,253}(?: |$)/;

export function isPluginName(word: string): boolean {
  return PLUGINS.has(word);
}

/** Lines that only a Corefile has. */
export function isProof(text: string): boolean {
  return (
    BLOCK_WITH_PORT.test(text) ||
    FORWARD.test(text) ||
    KUBERNETES.test(text) ||
    EXPORTER.test(text) ||
    CONFIG_MAP_KEY.test(text)
  );
}

/** Lines that a Corefile may have among others. */
export function isPart(text: string): boolean {
  const first = /^\S{1,40}/.exec(text)?.[0] ?? '';
  return (
    /^(?:apiVersion: v1|data:|Data|Name: +(?:coredns|node-local-dns)\S*)$/.test(text) ||
    BLOCK.test(text) ||
    PLUGINS.has(first) ||
    OPTIONS.has(first) ||
    /^\}(?: \}){0,3}$/.test(text)
  );
}

/** What stands around a Corefile in a ConfigMap. */
export function isFurniture(text: string): boolean {
  return FURNITURE.test(text);
}

/** An entry of plugin/hosts, or of k3s's NodeHosts. */
export function isHostLine(text: string): boolean {
  return HOST.test(text);
}
