import { martianIn } from '../artefacts/dmesg.ts';
import { cite, ofKind } from '../artefacts/evidence.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { bothEnds, growthOf, seriesOf } from './counter-series.ts';
import { defineJoin, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { citation } from './loss.ts';
import { inOrder } from './order.ts';
import { keyOf, settingOf } from './setting.ts';
import { wayOut } from './way-out.ts';

/** Whether the reverse path filter is what the packets that vanished inside this host met. */
export const reversePath = defineJoin({
  question: 'reverse-path',
  needs: ['sysctl', 'dmesg', 'netstat-statistics', 'route'],
  facts: {
    effective: {
      type: 'count',
      is: 'rp_filter in force where the lost packets were seen last: 0 off, 1 strict, 2 loose',
      of: effective,
    },
    logged: {
      type: 'flag',
      is: 'the kernel log calls the source of a lost packet a martian on the interface where it was seen last',
      of: logged,
    },
    countsThem: {
      type: 'flag',
      is: 'IPReversePathFilter has counted at least as many packets as vanished',
      of: countsThem,
    },
    grewByThem: {
      type: 'flag',
      is: 'IPReversePathFilter grew by at least as many packets as vanished',
      of: grewByThem,
    },
    grewWithThem: {
      type: 'flag',
      is: 'IPReversePathFilter grew by as many packets as vanished, and by few more',
      of: grewWithThem,
    },
    leavesElsewhere: {
      type: 'flag',
      is: 'this host sends to the source of the lost packets by another interface than they came in by',
      of: leavesElsewhere,
    },
    backDevice: {
      type: 'label',
      is: 'the interface by which it does',
      of: (view) => {
        const back = wayBack(view);
        return back === undefined
          ? unknown('the way back is not shown')
          : known(back.dev, [back.at]);
      },
    },
  },
});

/** The larger of conf/all and conf/IF is in force (Documentation/networking/ip-sysctl.rst); 2 is the largest there is. */
function effective(view: View): Reading<number> {
  const device = view.loss?.from.interface ?? null;
  if (device === null) return unknown('no packet was seen to vanish behind an interface');
  const own = settingOf(view, keyOf(device, 'rp_filter'));
  const all = settingOf(view, 'net.ipv4.conf.all.rp_filter');
  const largest = [own, all].find((one) => one?.value === LOOSE);
  if (largest !== undefined) return known(LOOSE, [largest.at]);
  if (own === undefined || all === undefined)
    return unknown('conf.all and the interface are not both shown');
  return known(Math.max(own.value, all.value), [own.at, all.at]);
}

const LOOSE = 2;

function logged(view: View): Reading<boolean> {
  const { loss } = view;
  if (loss === null) return unknown('no packet was seen to vanish at this host');
  const sources = new Set(loss.vanished.map(({ seen }) => seen.packet.source.host));
  const at: Citation[] = [];
  for (const { artefact, content } of ofKind(view.own, 'dmesg'))
    for (const { text, line } of content.messages) {
      const martian = martianIn(text);
      if (martian?.device === loss.from.interface && sources.has(martian.source))
        at.push(cite(artefact, line));
    }
  return at.length === 0
    ? unknown('the kernel log shows none of them; log_martians may be off')
    : known(true, at.slice(0, MOST_LINES));
}

const MOST_LINES = 3;

function countsThem(view: View): Reading<boolean> {
  const { loss } = view;
  if (loss === null) return unknown('no packet was seen to vanish at this host');
  const last = inOrder(ofKind(view.own, 'netstat-statistics')).at(-1);
  const counter = last?.content.readings.at(-1)?.get('TcpExtIPReversePathFilter');
  if (last === undefined || counter === undefined) return unknown('the counter is not shown');
  const seen = loss.vanished.slice(0, 1).map(({ seen: first }) => citation(first));
  return known(counter.value >= loss.vanished.length, [cite(last.artefact, counter.line), ...seen]);
}

function grewByThem(view: View): Reading<boolean> {
  const { loss } = view;
  const series = seriesOf(view, 'netstat-statistics').find(
    ({ counter }) => counter === 'TcpExtIPReversePathFilter',
  );
  const growth = series === undefined ? null : growthOf(series);
  if (loss === null) return unknown('no packet was seen to vanish at this host');
  if (series === undefined || growth === null)
    return unknown('no two readings of the counter are shown');
  return known(growth >= loss.vanished.length, bothEnds(series));
}

/** Each of them once, beside others that the capture did not take: many more are somebody else's. */
function grewWithThem(view: View): Reading<boolean> {
  const least = grewByThem(view);
  const lost = view.loss?.vanished.length ?? 0;
  const series = seriesOf(view, 'netstat-statistics').find(
    ({ counter }) => counter === 'TcpExtIPReversePathFilter',
  );
  const growth = series === undefined ? null : growthOf(series);
  if (!least.known || growth === null || lost < FEWEST) return unknown('not shown');
  return known(least.value && growth <= lost * MANY, least.at);
}

const FEWEST = 3;
const MANY = 5;

/** The way back to the sender; undefined where the sender is this host. */
function wayBack(view: View) {
  const { source, destination } = view.loss?.vanished[0]?.seen.packet ?? {};
  if (source === undefined) return undefined;
  if (addressesIn(view.own).some(({ address }) => address === source.host)) return undefined;
  const back = wayOut(view, source.host, destination?.host ?? null);
  return back?.isOwn === true ? undefined : back;
}

function leavesElsewhere(view: View): Reading<boolean> {
  const device = view.loss?.from.interface ?? null;
  const back = wayBack(view);
  if (device === null || back === undefined) return unknown('the way back is not shown');
  return known(back.dev !== device, [back.at]);
}
