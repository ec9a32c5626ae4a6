import { cite, type Evidence, ofKind } from '../artefacts/evidence.ts';
import type { Rule } from '../artefacts/firewall-rule.ts';
import { type Passing, walk } from '../artefacts/iptables/walk.ts';
import type { Packet } from '../artefacts/packet.ts';
import { type Citation, known, unknown } from '../primitives/reading.ts';
import { defineJoin, flagOf, labelsOf, type View } from './define.ts';
import { addressesIn } from './hosts.ts';
import { latestRules } from './latest-rules.ts';
import {
  fragmentedTries,
  largeTries,
  lossyTries,
  type PartTry,
  vanishedTries,
} from './part-tries.ts';
import { ruleText } from './rule-text.ts';
import { isCut } from './shown-rules.ts';

type What = 'chance' | 'fragments' | 'length';

const NONE = 'no rule is shown that drops a part of what was lost';
const ofChance = labelsOf((view) => dropped(view, 'chance'), NONE);
const ofFragments = labelsOf((view) => dropped(view, 'fragments'), NONE);
const ofLength = labelsOf((view) => dropped(view, 'length'), NONE);

/** Whether a rule here drops some packets by chance, the long ones, or the fragments of large ones, of those that are lost. */
export const partDrop = defineJoin({
  question: 'part-drop',
  needs: ['iptables', 'nft'],
  facts: {
    chanceRule: ofChance(
      'the rule here that drops some of the packets that were lost, by chance or by turns, and has counted as many, if it counts',
      ({ rule }) => ruleText(rule),
    ),
    chanceTarget: ofChance('where those packets go', ({ tried }) => tried.target),
    chancePercent: {
      type: 'count',
      is: 'the share that it takes',
      of: (view) => {
        const found = dropped(view, 'chance');
        return found?.rule.chancePercent == null
          ? unknown(NONE)
          : known(Math.round(found.rule.chancePercent), found.at.slice(0, 1));
      },
    },
    chanceSomewhere: flagOf('a host of the paste has such a rule', (view) =>
      somewhere(view, 'chance'),
    ),
    fragmentRule: ofFragments(
      'the rule here that drops fragments, and has counted as many as large packets were lost',
      (found) => (found.isBelieved ? ruleText(found.rule) : null),
    ),
    fragmentSeen: ofFragments(
      'the rule here that drops fragments, where no counter tells whether it did',
      ({ rule }) => ruleText(rule),
    ),
    fragmentTarget: ofFragments('where the large packets go', ({ tried }) => tried.target),
    fragmentSomewhere: flagOf(
      'a host of the paste has such a rule, with as many packets counted',
      (view) => somewhere(view, 'fragments'),
    ),
    lengthRule: ofLength(
      'the rule here that drops packets of the length of those that are lost, and has counted as many',
      (found) => (found.isBelieved ? ruleText(found.rule) : null),
    ),
    lengthSeen: ofLength(
      'the rule here that drops packets of the length of those that are lost, where no counter tells whether it did',
      ({ rule }) => ruleText(rule),
    ),
    lengthTarget: ofLength('where the long packets go', ({ tried }) => tried.target),
    lengthSomewhere: flagOf(
      'a host of the paste has a rule that drops packets of the length of those that are lost',
      (view) => somewhere(view, 'length', true),
    ),
  },
});

interface Dropped {
  readonly rule: Rule;
  readonly tried: PartTry;
  readonly isBelieved: boolean;
  readonly at: readonly Citation[];
}

type Here = Pick<View, 'own' | 'host'>;

function dropped(view: View, what: What): Dropped | undefined {
  return droppedAt(view, view, what);
}

function somewhere(view: View, what: What, isEnough = false): Dropped | undefined {
  const byHost = Map.groupBy(view.all, ({ artefact }) => artefact.host);
  for (const [host, own] of byHost) {
    const found = droppedAt(view, { own, host }, what);
    if (found !== undefined && (isEnough || found.isBelieved)) return found;
  }
  return undefined;
}

/** The best believed first: a rule that has counted, on the way of what was lost. */
function droppedAt(view: View, here: Here, what: What): Dropped | undefined {
  const { own } = here;
  const found = [latestRules(ofKind(own, 'iptables')), latestRules(ofKind(own, 'nft'))].flatMap(
    (evidence) => (evidence === undefined ? [] : droppedIn(evidence, view, here, what)),
  );
  return found.find(({ isBelieved }) => isBelieved) ?? found[0];
}

type Listing = Evidence<'iptables'> | Evidence<'nft'>;

function droppedIn(evidence: Listing, view: View, here: Here, what: What): readonly Dropped[] {
  const set = evidence.content.readings.at(-1);
  const rules = set?.rules.filter((rule) => takesPart(rule, what)) ?? [];
  if (set === undefined || rules.length === 0) return [];
  const ways = rules.map(({ inInterface, outInterface }) => ({
    from: plain(inInterface),
    to: plain(outInterface),
  }));
  return triesOf(view, what).flatMap((tried) =>
    meetings(view, here, tried).flatMap(({ packet, hook, isGuess }) =>
      ways.flatMap((way): readonly Dropped[] => {
        const fate = walk(set, { packet, hook, isFirst: false, ...way });
        if (fate?.by !== 'rule' || !takesPart(fate.rule, what)) return [];
        const { rule } = fate;
        const isTooFew = rule.packets !== null && rule.packets < tried.lost;
        if (what === 'chance' && tried.isTotal && isImprobable(rule, tried)) return [];
        if (isTooFew || (rule.packets === null && (isCut(evidence) || isGuess))) return [];
        // A rule that drops by chance fits nothing but losses; fragments may have been joined before theirs.
        const isBelieved = rule.packets !== null || what === 'chance';
        return [{ rule, tried, isBelieved, at: [cite(evidence.artefact, rule.line), tried.at] }];
      }),
    ),
  );
}

/** One in twenty. */
const IMPROBABLE = 0.05;

/** Where nothing got through, a rule that lets most pass is not what took it all. */
function isImprobable({ chancePercent }: Rule, { lost }: PartTry): boolean {
  return ((chancePercent ?? 100) / 100) ** lost < IMPROBABLE;
}

function triesOf(view: View, what: What): readonly PartTry[] {
  if (what === 'length') return largeTries(view);
  return what === 'chance' ? [...lossyTries(view), ...vanishedTries(view)] : fragmentedTries(view);
}

function takesPart(rule: Rule, what: What): boolean {
  const { target, packets, chancePercent, fragments, length } = rule;
  if (target !== 'DROP' || packets === 0) return false;
  if (what === 'length') return Number(/^(\d+):\d+$/.exec(length ?? '')?.[1] ?? 0) >= LONG_BYTES;
  return what === 'chance'
    ? (chancePercent ?? 0) >= 1 && fragments === null
    : fragments === 'later' || fragments === 'any';
}

/** Every IPv4 host takes 576 bytes in one piece (RFC 791): a rule that wants more takes part of the packets alone. */
const LONG_BYTES = 500;

function plain(device: string | null): string | null {
  return device === null || /^!|[+,]/.test(device) ? null : device;
}

interface Meeting {
  readonly packet: Packet;
  readonly hook: Passing['hook'];
  /** Only a counter can show that the packet is for this host. */
  readonly isGuess: boolean;
}

/** Where the packets of a try meet a host: at its end, or on the way through it. */
function meetings({ all }: View, { own, host }: Here, tried: PartTry): readonly Meeting[] {
  const addresses = new Set(addressesIn(own).map(({ address }) => address));
  return tried.packets.flatMap((packet): readonly Meeting[] => {
    const isOurs = tried.client !== null && tried.client === host;
    if (addresses.has(packet.destination.host) || (isOurs && packet.source.host === tried.target))
      return tried.between === null || tried.between[0] === host
        ? [{ packet, hook: 'INPUT', isGuess: false }]
        : [];
    if (addresses.has(packet.source.host) || isOurs)
      return [{ packet, hook: 'OUTPUT', isGuess: false }];
    const isHeld = addressesIn(all).some(({ address }) => address === packet.destination.host);
    const guessed = { packet, hook: 'INPUT', isGuess: true } as const;
    const passed = passage(packet, host, tried.between);
    return isHeld || tried.between !== null ? passed : [...passed, guessed];
  });
}

/** What was seen at this host first did pass it before it was lost; what was seen here last did not. */
function passage(
  packet: Packet,
  host: string | null,
  between: PartTry['between'],
): readonly Meeting[] {
  if (between === null) return [{ packet, hook: 'FORWARD', isGuess: false }];
  const [last, next] = between;
  if (last !== null && last === host)
    return [{ packet, hook: next === null ? 'INPUT' : 'FORWARD', isGuess: false }];
  return next === host ? [] : [{ packet, hook: 'FORWARD', isGuess: false }];
}
