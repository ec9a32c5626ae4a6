import type { Citation } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { keyOf, settingOf } from './setting.ts';
import { askedFor, isAskedAgain } from './silent-neighbour.ts';

/** The gateway of Calico's pods, which no host has: the node answers for it by proxy ARP on each pod's interface. */
export const STAND_IN = '169.254.1.1';

/**
 * Whether a node leaves the question for its pods' gateway unanswered. A kernel answers for an address that is not its own
 * only where it forwards and `proxy_arp` of that interface or of `all` is 1 (arp_process and arp_fwd_proxy, net/ipv4/arp.c).
 */
export const proxyArp = defineJoin({
  question: 'proxy-arp',
  needs: ['tcpdump', 'sysctl'],
  facts: {
    askedInVain: flagOf(
      'a pod asks for its gateway on its own interface of this node, again and again, and nobody answers',
      asked,
    ),
    off: flagOf('proxy_arp of that interface is 0', (view) => off(view)),
    device: labelsOf(asked, 'not shown')('that interface', ({ device }) => device),
    pod: labelsOf(asked, 'not shown')("the pod's address", ({ asker }) => asker),
    gateway: labelsOf(asked, 'not shown')('the gateway', ({ address }) => address),
  },
});

interface Asked {
  readonly address: string;
  readonly asker: string;
  readonly device: string;
  readonly at: readonly Citation[];
}

function asked(view: View): Asked | undefined {
  for (const one of askedFor(view)) {
    const { address, asker, device, at } = one;
    if (address !== STAND_IN || device === null || !/^(?:cali|veth)/.test(device)) continue;
    if (isAskedAgain(one)) return { address, asker, device, at };
  }
  return undefined;
}

function off(view: View): { readonly at: readonly Citation[] } | undefined {
  const one = asked(view);
  if (one === undefined) return undefined;
  const own = settingOf(view, keyOf(one.device, 'proxy_arp'));
  const all = settingOf(view, keyOf('all', 'proxy_arp'));
  if (own?.value !== 0 || (all !== undefined && all.value !== 0)) return undefined;
  return { at: [own.at, ...(all === undefined ? [] : [all.at])] };
}
