import { address } from './address.ts';
import { arping } from './arping.ts';
import { bgpPeers } from './bgp-peers.ts';
import { bonding } from './bonding.ts';
import { bridgeFdb } from './bridge-fdb.ts';
import { bridgeVlan } from './bridge-vlan.ts';
import { ciliumStatus } from './cilium-status.ts';
import { clock } from './clock.ts';
import { commandFailed } from './command-failed.ts';
import { conntrackCount } from './conntrack-count.ts';
import { conntrackStats } from './conntrack-stats.ts';
import { conntrackTable } from './conntrack-table.ts';
import { corednsLog } from './coredns-log.ts';
import { corednsMetrics } from './coredns-metrics.ts';
import { corefile } from './corefile.ts';
import { cpuStat } from './cpu-stat.ts';
import { curlTiming } from './curl-timing.ts';
import { dhcpLog } from './dhcp-log.ts';
import { dig } from './dig.ts';
import { dmesg } from './dmesg.ts';
import { dnsmasqLog } from './dnsmasq-log.ts';
import { emptySearch } from './empty-search.ts';
import { envoyLog } from './envoy-log.ts';
import { ethtool } from './ethtool.ts';
import { ethtoolStatistics } from './ethtool-statistics.ts';
import { fail2ban } from './fail2ban.ts';
import { firewalld } from './firewalld.ts';
import { getent } from './getent.ts';
import { hairpinMode } from './hairpin-mode.ts';
import { hubbleObserve } from './hubble-observe.ts';
import { iperf } from './iperf.ts';
import { ipset } from './ipset.ts';
import { iptables } from './iptables.ts';
import { ipvsadm } from './ipvsadm.ts';
import { kubectl } from './kubectl.ts';
import { kubectlDescribe } from './kubectl-describe.ts';
import { kubectlObject } from './kubectl-object.ts';
import { libc } from './libc.ts';
import { link } from './link.ts';
import { linkLog } from './link-log.ts';
import { linkManager } from './link-manager.ts';
import { lookupError } from './lookup-error.ts';
import { lsmod } from './lsmod.ts';
import { natGateway } from './nat-gateway.ts';
import { neighbour } from './neighbour.ts';
import { neighbourCount } from './neighbour-count.ts';
import { netstatStatistics } from './netstat-statistics.ts';
import { nft } from './nft.ts';
import { osRelease } from './os-release.ts';
import { ownAddress } from './own-address.ts';
import { packetQueue } from './packet-queue.ts';
import { ping } from './ping.ts';
import { pwru } from './pwru.ts';
import { qdisc } from './qdisc.ts';
import { resolvConf } from './resolv-conf.ts';
import { resolvectl } from './resolvectl.ts';
import { retis } from './retis.ts';
import { route } from './route.ts';
import { routeGet } from './route-get.ts';
import { rule } from './rule.ts';
import { socketSummary } from './socket-summary.ts';
import { sockets } from './sockets.ts';
import { softnet } from './softnet.ts';
import { sshError } from './ssh-error.ts';
import { sysctl } from './sysctl.ts';
import { tcpdump } from './tcpdump/index.ts';
import { traceroute } from './traceroute.ts';
import { tshark } from './tshark/index.ts';
import { ufw } from './ufw.ts';
import { uname } from './uname.ts';
import { wireguard } from './wireguard.ts';

/** Every artefact kind; the only place that names them all. */
export const kinds = [
  conntrackCount,
  conntrackStats,
  conntrackTable,
  iptables,
  nft,
  ipvsadm,
  hairpinMode,
  lsmod,
  netstatStatistics,
  sockets,
  softnet,
  corednsLog,
  ethtoolStatistics,
  corednsMetrics,
  ethtool,
  socketSummary,
  corefile,
  clock,
  cpuStat,
  dnsmasqLog,
  dmesg,
  sysctl,
  uname,
  address,
  arping,
  bonding,
  ufw,
  dhcpLog,
  wireguard,
  bridgeFdb,
  bridgeVlan,
  link,
  natGateway,
  neighbour,
  neighbourCount,
  fail2ban,
  firewalld,
  ownAddress,
  qdisc,
  resolvConf,
  resolvectl,
  route,
  routeGet,
  rule,
  sshError,
  tcpdump,
  tshark,
  ping,
  retis,
  pwru,
  hubbleObserve,
  lookupError,
  curlTiming,
  dig,
  getent,
  libc,
  osRelease,
  traceroute,
  commandFailed,
  emptySearch,
  kubectl,
  kubectlDescribe,
  kubectlObject,
  ipset,
  bgpPeers,
  ciliumStatus,
  envoyLog,
  iperf,
  linkLog,
  linkManager,
  packetQueue,
] as const;
