import type { Random } from './random.ts';

/** A host or a pod: what people call it, and how its clock runs. A pod's clock is its node's. */
export interface Machine {
  readonly name: string;
  readonly pod: boolean;
  readonly address: string;
  readonly aheadUs: number;
  /** Microseconds gained per second. */
  readonly drift: number;
}

export type Role = 'pod' | 'veth' | 'bridge' | 'tunnel' | 'nic';

export interface Wrap {
  readonly kind: 'otv' | 'vxlan' | 'ipip';
  readonly from: string;
  readonly to: string;
  readonly vni: number;
}

/** One interface on the way of a request, where a capture may run. */
export interface Stop {
  readonly machine: Machine;
  readonly device: string;
  readonly role: Role;
  /** Routers passed before this stop, each of which took one from the TTL. */
  readonly hops: number;
  /** From the first stop to here, in microseconds. */
  readonly delayUs: number;
  /** Whether the service's address stands for the server's here, for requests and for responses. */
  readonly service: { readonly request: boolean; readonly response: boolean };
  /** The client's address was rewritten before this stop. */
  readonly masqueraded: boolean;
  readonly wrap: Wrap | null;
  /** Which way a request passes the interface. */
  readonly way: 'In' | 'Out';
}

export interface Network {
  readonly shape: 'overlay' | 'routed' | 'one-host' | 'masquerade' | 'plain';
  readonly protocol: 'dns' | 'tcp';
  /** In the order in which a request passes them. */
  readonly stops: readonly Stop[];
  readonly client: string;
  readonly server: string;
  readonly service: string | null;
  readonly masquerade: string | null;
  readonly serverPort: number;
  /** Addresses and the names that the resolver has for them. */
  readonly names: ReadonlyMap<string, string>;
}

const HOSTS = [
  'node',
  'worker',
  'k8s-node',
  'kube-w',
  'srv',
  'ip-10-0-1-',
  'gw-fra-',
  'edge',
] as const;
const ROLE_NAMES = ['master', 'agent', 'worker', 'server'] as const;
const NICS = ['eth0', 'ens192', 'enp3s0', 'eno1', 'bond0', 'ens5'] as const;
const BRIDGES = ['cni0', 'cbr0', 'kube-bridge', 'docker0'] as const;
const CLOCKS: readonly [readonly [number, number], ...(readonly [number, number])[]] = [
  [50, 3],
  [5_000, 4],
  [2_000_000, 3],
  [90_000_000, 2],
  [7_200_000_000, 1],
];

/** Draws a network: who talks to whom, through which interfaces. */
export function networkFrom(random: Random): Network {
  const shape = random.weighted<Network['shape']>([
    ['overlay', 50],
    ['routed', 15],
    ['one-host', 10],
    ['masquerade', 10],
    ['plain', 15],
  ]);
  return shape === 'plain' ? plainNetwork(random) : podNetwork(random, shape);
}

interface Draft extends Omit<Stop, 'delayUs' | 'wrap' | 'service' | 'masqueraded'> {
  /** Microseconds from the stop before. */
  readonly stepUs: number;
  readonly wrapped?: boolean;
}

type Plugin = 'flannel' | 'calico' | 'cilium' | 'bridge';

function podNetwork(random: Random, shape: Exclude<Network['shape'], 'plain'>): Network {
  const plugin: Plugin =
    shape === 'overlay'
      ? random.weighted<Plugin>([
          ['flannel', 6],
          ['calico', 3],
          ['cilium', 1],
        ])
      : random.pick<Plugin>(['bridge', 'bridge', 'calico']);
  const names = hostNames(random);
  const node = machine(random, names[0], `192.168.${random.int(1, 60)}.${random.int(2, 120)}`);
  const far = machine(random, names[1], `192.168.${random.int(61, 90)}.${random.int(2, 120)}`);
  const other = shape === 'one-host' ? node : far;
  const net = random.int(16, 250);
  const client = `10.${net}.${random.int(1, 120)}.${random.int(2, 250)}`;
  const server =
    shape === 'masquerade'
      ? other.address
      : `10.${net}.${shape === 'one-host' ? client.split('.')[2] : random.int(121, 250)}.${random.int(2, 250)}`;
  const pod = podOf(random, random.pick(['php', 'web', 'api', 'jobs-runner']), node, client);
  const dns = podOf(random, 'coredns', other, server);
  const bridge = random.pick(BRIDGES);
  const nics = [random.pick(NICS), random.pick(NICS)] as const;
  const tunnel =
    plugin === 'flannel'
      ? 'flannel.1'
      : plugin === 'cilium'
        ? 'cilium_vxlan'
        : random.pick(['vxlan.calico', 'tunl0']);
  const bridged = plugin === 'flannel' || plugin === 'bridge';
  const near = (): number => random.int(3, 40);
  const wire = random.pick([60, 120, 300, 900, 4_000]) + random.int(0, 60);
  const out: Draft[] = [
    { machine: pod, device: 'eth0', role: 'pod', way: 'Out', hops: 0, stepUs: 0 },
    {
      machine: node,
      device: veth(random, plugin),
      role: 'veth',
      way: 'In',
      hops: 0,
      stepUs: near(),
    },
  ];
  if (bridged)
    out.push({ machine: node, device: bridge, role: 'bridge', way: 'In', hops: 0, stepUs: near() });
  if (shape === 'one-host') {
    const hops = bridged ? 0 : 1;
    out.push(
      {
        machine: node,
        device: veth(random, plugin),
        role: 'veth',
        way: 'Out',
        hops,
        stepUs: near(),
      },
      { machine: dns, device: 'eth0', role: 'pod', way: 'In', hops, stepUs: near() },
    );
  } else {
    const wrapped = shape === 'overlay';
    if (wrapped)
      out.push({
        machine: node,
        device: tunnel,
        role: 'tunnel',
        way: 'Out',
        hops: 1,
        stepUs: near(),
      });
    out.push(
      { machine: node, device: nics[0], role: 'nic', way: 'Out', hops: 1, stepUs: near(), wrapped },
      { machine: far, device: nics[1], role: 'nic', way: 'In', hops: 1, stepUs: wire, wrapped },
    );
    if (wrapped)
      out.push({
        machine: far,
        device: tunnel,
        role: 'tunnel',
        way: 'In',
        hops: 1,
        stepUs: near(),
      });
    if (shape !== 'masquerade') {
      if (bridged)
        out.push({
          machine: far,
          device: bridge,
          role: 'bridge',
          way: 'Out',
          hops: 2,
          stepUs: near(),
        });
      out.push(
        {
          machine: far,
          device: veth(random, plugin),
          role: 'veth',
          way: 'Out',
          hops: 2,
          stepUs: near(),
        },
        { machine: dns, device: 'eth0', role: 'pod', way: 'In', hops: 2, stepUs: near() },
      );
    }
  }
  const kind: Wrap['kind'] =
    tunnel === 'tunl0' ? 'ipip' : plugin === 'flannel' || plugin === 'cilium' ? 'otv' : 'vxlan';
  const vni = plugin === 'calico' ? 4096 : 1;
  // Where the service's address ends: behind the veth (br_netfilter), behind the bridge, or it is never used.
  const translates = shape === 'masquerade' ? 'never' : random.pick(['veth', 'bridge', 'never']);
  const service = `10.${net > 128 ? net - 100 : net + 100}.0.10`;
  return {
    shape,
    protocol: 'dns' as const,
    client,
    server,
    service: translates === 'never' ? null : service,
    masquerade: shape === 'masquerade' ? node.address : null,
    serverPort: 53,
    names: new Map([
      [
        client,
        `${client.replaceAll('.', '-')}.${pod.name.split('-')[0]}.default.svc.cluster.local`,
      ],
      [server, `${server.replaceAll('.', '-')}.kube-dns.kube-system.svc.cluster.local`],
      [service, 'kube-dns.kube-system.svc.cluster.local'],
      [node.address, `${node.name}.example.internal`],
      ...(shape === 'one-host' ? [] : [[far.address, `${far.name}.example.internal`] as const]),
    ]),
    stops: placed(out).map((stop, at) => ({
      ...stop,
      service: {
        request:
          translates !== 'never' && (at < 2 || (bridged && at === 2 && translates === 'bridge')),
        // With br_netfilter the bridge shows requests translated and responses translated back.
        response: translates !== 'never' && (at < 2 || (bridged && at === 2)),
      },
      masqueraded: shape === 'masquerade' && stop.role === 'nic',
      wrap: stop.wrap === null ? null : { kind, from: node.address, to: far.address, vni },
    })),
  };
}

function plainNetwork(random: Random): Network {
  const names = hostNames(random);
  const client = machine(random, names[0], `10.20.${random.int(1, 200)}.${random.int(2, 250)}`);
  const router = machine(random, names[2], `10.20.0.1`);
  const server = machine(random, names[1], `172.20.${random.int(1, 200)}.${random.int(2, 250)}`);
  const wire = () => random.pick([80, 400, 2_500, 14_000]) + random.int(0, 90);
  const masks = random.chance(0.35);
  const [inside, outside] = random.shuffle(NICS);
  const out: Draft[] = [
    { machine: client, device: random.pick(NICS), role: 'nic', way: 'Out', hops: 0, stepUs: 0 },
    { machine: router, device: inside ?? 'eth0', role: 'nic', way: 'In', hops: 0, stepUs: wire() },
    {
      machine: router,
      device: outside ?? 'eth1',
      role: 'nic',
      way: 'Out',
      hops: 1,
      stepUs: random.int(4, 40),
    },
    { machine: server, device: random.pick(NICS), role: 'nic', way: 'In', hops: 1, stepUs: wire() },
  ];
  const public_ = `203.0.113.${random.int(1, 250)}`;
  return {
    shape: 'plain',
    protocol: 'tcp',
    client: client.address,
    server: server.address,
    service: null,
    masquerade: masks ? public_ : null,
    serverPort: random.pick([22, 443, 5432, 8080]),
    names: new Map([
      [client.address, `${client.name}.example.internal`],
      [server.address, `${server.name}.example.internal`],
      [public_, 'nat.example.org'],
    ]),
    stops: placed(out).map((stop, at) => ({
      ...stop,
      service: { request: false, response: false },
      masqueraded: masks && at > 1,
      wrap: null,
    })),
  };
}

function placed(drafts: readonly Draft[]) {
  let delayUs = 0;
  return drafts.map(({ stepUs, wrapped, ...draft }) => {
    delayUs += stepUs;
    return { ...draft, delayUs, wrap: wrapped === true ? true : null };
  });
}

function hostNames(random: Random): readonly [string, string, string] {
  if (random.chance(0.2)) {
    const [a, b, c] = random.shuffle(ROLE_NAMES);
    return [a ?? 'master', b ?? 'agent', c ?? 'worker'];
  }
  const family = random.pick(HOSTS);
  const first = random.int(1, 60);
  const number = (value: number) =>
    family.endsWith('-') ? `${value}` : `${random.pick(['-', ''])}${value}`;
  return [
    `${family}${number(first)}`,
    `${family}${number(first + random.int(1, 19))}`,
    `${family}${number(first + random.int(20, 30))}`,
  ];
}

function machine(random: Random, name: string, address: string): Machine {
  const most = random.weighted(CLOCKS);
  const aheadUs = random.int(-most, most);
  return { name, pod: false, address, aheadUs, drift: random.int(-10, 10) };
}

function podOf(random: Random, name: string, { aheadUs, drift }: Machine, address: string) {
  const tail = `${letters(random, 9)}-${letters(random, 5)}`;
  return { name: `${name}-${tail}`, pod: true, address, aheadUs, drift };
}

/** Kubernetes draws such names from these letters (apimachinery rand.go), and so no word is ever spelt. */
function letters(random: Random, count: number): string {
  const from = 'bcdfghjklmnpqrstvwxz2456789';
  return Array.from({ length: count }, () => from[random.int(0, from.length - 1)]).join('');
}

function veth(random: Random, plugin: Plugin): string {
  const hex = (count: number) =>
    Array.from({ length: count }, () => random.int(0, 15).toString(16)).join('');
  if (plugin === 'calico') return `cali${hex(11)}`;
  return plugin === 'cilium' ? `lxc${hex(12)}` : `veth${hex(8)}`;
}
