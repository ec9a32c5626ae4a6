import { deviceRole } from '../primitives/device.ts';

/** What a file's name says of the output in it. */
export interface NamedFile {
  readonly host: string;
  readonly interface: string | null;
  /** The kind's word as written: `tcpdump`, `conntrack-S`, `resolv.conf`; null for a capture file. */
  readonly kind: string | null;
  readonly order: 'before' | 'after' | null;
}

/** The kind words a name may carry, longest first, each with the kind it stands for. */
const KIND_WORDS: readonly (readonly [string, string])[] = [
  ['resolv.conf', 'resolv-conf'],
  ['resolv-conf', 'resolv-conf'],
  ['nf_conntrack', 'conntrack-stats'],
  ['conntrack-stats', 'conntrack-stats'],
  ['conntrack-count', 'conntrack-count'],
  ['coredns-log', 'coredns-log'],
  ['Corefile', 'corefile'],
  ['resolvectl', 'resolvectl'],
  ['coredns-metrics', 'coredns-metrics'],
  ['cpu.stat', 'cpu-stat'],
  ['nat-gateway', 'nat-gateway'],
  ['corefile', 'corefile'],
  ['coredns', 'coredns-log'],
  ['conntrack-S', 'conntrack-stats'],
  ['conntrack-table', 'conntrack-table'],
  ['conntrack-L', 'conntrack-table'],
  ['conntrack-E', 'conntrack-table'],
  ['conntrack-C', 'conntrack-count'],
  ['ip-route-get', 'route-get'],
  ['ip-route', 'route'],
  ['route-get', 'route-get'],
  ['route-n', 'route'],
  ['netstat-rn', 'route'],
  ['route', 'route'],
  ['ip-rule', 'rule'],
  ['rule', 'rule'],
  ['bridge-fdb', 'bridge-fdb'],
  ['bridge-vlan', 'bridge-vlan'],
  ['fdb', 'bridge-fdb'],
  ['neighbour-count', 'neighbour-count'],
  ['ip-neigh', 'neighbour'],
  ['neigh', 'neighbour'],
  ['neighbour', 'neighbour'],
  ['arp', 'neighbour'],
  ['ip-addr', 'address'],
  ['ip-a', 'address'],
  ['ifconfig', 'address'],
  ['address', 'address'],
  ['addr', 'address'],
  ['ip-d-link', 'link'],
  ['ip-link', 'link'],
  ['link', 'link'],
  ['tcpdump', 'tcpdump'],
  ['tshark', 'tshark'],
  ['uname', 'uname'],
  ['iptables-save', 'iptables'],
  ['iptables', 'iptables'],
  ['nft-list-ruleset', 'nft'],
  ['nft', 'nft'],
  ['ipvsadm-Lnc', 'ipvsadm'],
  ['ipvsadm-Ln', 'ipvsadm'],
  ['ipvsadm', 'ipvsadm'],
  ['hairpin-mode', 'hairpin-mode'],
  ['hairpin_mode', 'hairpin-mode'],
  ['bridge-d-link', 'hairpin-mode'],
  ['lsmod', 'lsmod'],
  ['nstat', 'netstat-statistics'],
  ['netstat-s', 'netstat-statistics'],
  ['ethtool-S', 'ethtool-statistics'],
  ['ethtool-k', 'ethtool'],
  ['ethtool-g', 'ethtool'],
  ['ethtool-l', 'ethtool'],
  ['ethtool', 'ethtool'],
  ['softnet_stat', 'softnet'],
  ['softnet', 'softnet'],
  ['ss-s', 'socket-summary'],
  ['sockstat', 'socket-summary'],
  ['netstat-tan', 'sockets'],
  ['netstat-anp', 'sockets'],
  ['ss', 'sockets'],
  ['sysctl', 'sysctl'],
  ['dmesg', 'dmesg'],
  ['ssh-error', 'ssh-error'],
  ['ssh', 'ssh-error'],
  ['ping', 'ping'],
  ['dnsmasq-log', 'dnsmasq-log'],
  ['dnsmasq', 'dnsmasq-log'],
  ['bonding', 'bonding'],
  ['ufw-status', 'ufw'],
  ['ufw', 'ufw'],
  ['dhcp-log', 'dhcp-log'],
  ['dhclient', 'dhcp-log'],
  ['udhcpc', 'dhcp-log'],
  ['wg-show', 'wireguard'],
  ['wireguard', 'wireguard'],
  ['wg', 'wireguard'],
  ['firewall-cmd', 'firewalld'],
  ['firewalld', 'firewalld'],
  ['timedatectl', 'clock'],
  ['chronyc', 'clock'],
  ['chronyc-tracking', 'clock'],
  ['chronyc-sources', 'clock'],
  ['ntpq', 'clock'],
  ['retis', 'retis'],
  ['pwru', 'pwru'],
  ['kubectl-describe', 'kubectl-describe'],
  ['kubectl-yaml', 'kubectl-object'],
  ['kubectl-json', 'kubectl-object'],
  ['kubectl-get', 'kubectl'],
  ['kubectl', 'kubectl'],
  ['curl', 'curl-timing'],
  ['wget', 'curl-timing'],
  ['nc', 'curl-timing'],
  ['dig', 'dig'],
  ['kdig', 'dig'],
  ['nslookup', 'dig'],
  ['host', 'dig'],
  ['getent', 'getent'],
  ['lookup-error', 'lookup-error'],
  ['ldd', 'libc'],
  ['libc', 'libc'],
  ['os-release', 'os-release'],
  ['alpine-release', 'os-release'],
  ['calicoctl-node-status', 'bgp-peers'],
  ['calicoctl', 'bgp-peers'],
  ['birdc', 'bgp-peers'],
  ['vtysh', 'bgp-peers'],
  ['cilium-status', 'cilium-status'],
  ['cilium-health', 'cilium-status'],
  ['istio-proxy', 'envoy-log'],
  ['envoy', 'envoy-log'],
  ['iperf3', 'iperf'],
  ['iperf', 'iperf'],
  ['networkctl', 'link-manager'],
  ['nmcli', 'link-manager'],
  ['networkd', 'link-log'],
  ['NetworkManager', 'link-log'],
  ['nfnetlink_queue', 'packet-queue'],
  ['traceroute', 'traceroute'],
  ['tracepath', 'traceroute'],
  ['mtr', 'traceroute'],
];

/**
 * Reads `HOST[.INTERFACE].KIND[.before|.after].txt` and `HOST.INTERFACE.pcap`: the host ends at the first dot, the kind,
 * the word before or after and the ending come off the end, and what is left is the interface, dots and all. A name
 * without a kind word that we know says nothing.
 */
export function parseFileName(path: string): NamedFile | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const capture = /^([^.]+)\.(.+)\.(?:pcap|pcapng|cap)(?:\.gz)?$/.exec(name);
  if (capture !== null)
    return { host: capture[1] ?? '', interface: capture[2] ?? null, kind: null, order: null };
  const text = /^([^.]+)\.(.+?)(?:\.(before|after))?\.(?:txt|log|out)$/.exec(name);
  if (text === null) return undefined;
  const [, host = '', rest = '', order] = text;
  for (const [word, kind] of KIND_WORDS) {
    if (rest !== word && !rest.endsWith(`.${word}`)) continue;
    const device = rest.slice(0, Math.max(0, rest.length - word.length - 1));
    return {
      host,
      interface: device === '' ? null : device,
      kind,
      order: order === 'before' || order === 'after' ? order : null,
    };
  }
  return deviceRole(rest) === undefined
    ? undefined
    : { host, interface: rest, kind: 'tcpdump', order: null };
}
