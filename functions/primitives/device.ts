/**
 * Network interface names: what a name says of the interface's part in the path. A name is a convention, not proof;
 * `ip -d link` outranks it where it was pasted.
 */
export type DeviceRole = 'nic' | 'bridge' | 'tunnel' | 'veth' | 'loopback' | 'any' | 'other';

// systemd.net-naming-scheme(7) for NICs; flannel, Calico, Cilium, Weave, Docker, CNI bridge plugin and libvirt for the rest.
const ROLES: readonly (readonly [DeviceRole, RegExp])[] = [
  ['loopback', /^lo0?$/],
  ['any', /^any$/],
  [
    'tunnel',
    /^(?:flannel(?:[.-]\w+)?|vx(?:lan)?[\w.-]*|vtep[\w.-]*|overlay\d+|cilium_(?:vxlan|geneve|wg0)|genev?_?\w*\d+|tunl\d+|wg\d+|wireguard\.cali|flannel-wg\S*|gre\d+|gretap\d+|ipip\d*|sit\d+|tun\d+|utun\d+|tap\d+|ipsec\d+|antrea-tun0|ovn-k8s-mp0|kube-ipvs0|nodelocaldns|tailscale\d+|zt\w{8,})$/,
  ],
  [
    'bridge',
    /^(?:cni\d+|cbr\d+|kube-bridge|kube_?br\d*|docker\d+|docker_gwbridge|br-[\w.-]+|br\d+|virbr\d+|vmbr\d+|lxcbr\d+|lxdbr\d+|incusbr\d+|weave|podman\d+|nerdctl\d+|k8s-?br\d+|bridge\d+|antrea-gw0|ovs-system|mybridge|crc)$/,
  ],
  [
    'veth',
    /^(?:veth[\w-]+|cali[0-9a-f]{8,}|lxc[0-9a-f]{6,}|lxc_health|cilium_(?:host|net)|vnet\d+|eni[0-9a-f]{8,}|azv[0-9a-f]+|gke[0-9a-f]+|vethwe\S+|ligb\S*)$/,
  ],
  [
    'nic',
    /^(?:eth\d+|ens\d+(?:f\d+)?(?:np\d+)?(?:s\d+)?|enp\d+s\d+(?:f\d+)?(?:np\d+)?(?:d\d+)?|eno\d+(?:np\d+)?|enx[0-9a-f]{12}|enP\d+\w+|em\d+|p\d+p\d+|bond\d+|team\d+|wlan\d+|wlp\w+|wlx[0-9a-f]+|venet\d+|ib\d+|usb\d+|ppp\d+|en\d+|vlan\d+|(?:lan|wan|mgmt|net|nic|swp)\d+)(?:[.@]\d+)?$/,
  ],
];

/** The part that an interface of this name usually plays; undefined when the name is no known interface name. */
export function deviceRole(name: string): DeviceRole | undefined {
  if (name.length > 20) return undefined;
  return ROLES.find(([, shape]) => shape.test(name))?.[0];
}

/** Whether two names are of two cards: `bond0` and its members, `eth0` and `eth0.100` are one card twice. */
export function areTwoCards(one: string, other: string): boolean {
  const isBond = /^(?:bond|team)/.test(one) || /^(?:bond|team)/.test(other);
  return !isBond && !one.startsWith(`${other}.`) && !other.startsWith(`${one}.`);
}
