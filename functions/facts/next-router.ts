import { cite, ofKind } from '../artefacts/evidence.ts';
import { lookup } from '../artefacts/route.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { type FailedElsewhere, failedElsewhere } from './failed-elsewhere.ts';
import { addressesIn, type OwnAddress } from './hosts.ts';
import { policyWay } from './policy-route.ts';
import { keyOf, settingOf } from './setting.ts';

const label = labelsOf((view) => named(view) ?? between(view), 'not shown');

/** Whether this host is the router by which another host's packets should go on to an address that it fails to reach. */
export const nextRouter = defineJoin({
  question: 'next-router',
  needs: ['sysctl', 'route', 'address'],
  facts: {
    named: flagOf(
      'a route of another host names this one as the next hop to an address that a host failed to reach',
      named,
    ),
    between: flagOf(
      'this host has addresses of two networks and a route of its own to an address that another host failed to reach',
      between,
    ),
    forwarding: {
      type: 'count',
      is: 'whether IPv4 is forwarded that comes in by the card that the route names, 0 or 1',
      of: forwarding,
    },
    target: label('the address that is not reached', ({ failed }) => failed.text),
    client: label('the host that fails to reach it', ({ failed }) => failed.client),
  },
});

interface Router {
  readonly failed: FailedElsewhere;
  /** The card by which such packets come in, where a route names its address. */
  readonly device: string | null;
  readonly at: readonly Citation[];
}

/** What others failed to reach beyond this host. */
function failedBeyond(view: View, own: readonly OwnAddress[]): readonly FailedElsewhere[] {
  return failedElsewhere(view).filter(({ text }) => own.every(({ address }) => address !== text));
}

function named(view: View): Router | undefined {
  const own = addressesIn(view.own);
  for (const failed of failedBeyond(view, own))
    for (const { via, at } of hopsTo(view, failed)) {
      const holder = own.find(({ address }) => address === via);
      if (holder !== undefined)
        return { failed, device: holder.device, at: [at, holder.at, failed.at] };
    }
  return undefined;
}

/** The next hops that other hosts' lookups and tables name for an address. */
function hopsTo(view: View, { text, address }: FailedElsewhere) {
  const asked = ofKind(view.all, 'route-get').flatMap(({ artefact, content }) =>
    content.answers.flatMap(({ destination, via, line }) =>
      artefact.host !== view.host && destination === text
        ? [{ via, at: cite(artefact, line) }]
        : [],
    ),
  );
  const routed = ofKind(view.all, 'route').flatMap(({ artefact, content }) => {
    const best = artefact.host === view.host ? undefined : lookup(content.routes, address);
    return best === undefined ? [] : [{ via: best.via, at: cite(artefact, best.line) }];
  });
  return [...asked, ...routed];
}

function between(view: View): Router | undefined {
  const own = addressesIn(view.own).filter(({ device }) => device !== null && device !== 'lo');
  if (new Set(own.map(({ device }) => device)).size < 2) return undefined;
  for (const failed of failedBeyond(view, own)) {
    const way = policyWay(view.own, { from: undefined, to: failed.text });
    if (way?.is !== 'sent' || way.route === null || way.route.destination === 'default') continue;
    return { failed, device: null, at: [...way.at, failed.at] };
  }
  return undefined;
}

/** ip_route_input_slow of net/ipv4/route.c asks the interface by which the packet came in; ip_forward stands for all of them. */
function forwarding(view: View): Reading<number> {
  const device = (named(view) ?? between(view))?.device ?? null;
  const keys = ['net.ipv4.ip_forward', 'net.ipv4.conf.all.forwarding'];
  const [setting] = [...(device === null ? [] : [keyOf(device, 'forwarding')]), ...keys].flatMap(
    (key) => settingOf(view, key) ?? [],
  );
  return setting === undefined
    ? unknown('neither ip_forward nor the forwarding of that interface is shown')
    : known(setting.value, [setting.at]);
}
