import { ofKind } from '../artefacts/evidence.ts';
import type { Conversation } from '../captures/conversations.ts';
import { type Resent, resentIn } from '../captures/resent.ts';
import { type Citation, known, type Reading, unknown } from '../primitives/reading.ts';
import { defineJoin, type View } from './define.ts';
import { citation } from './loss.ts';

/**
 * Who sent the questions, told by how they are repeated. musl sends only the unanswered question again after timeout /
 * attempts (res_msend.c); glibc waits the whole timeout and then sends both, A first (res_send.c); Go dials anew
 * (dnsclient_unix.go); c-ares keeps one port for all names; CoreDNS gives an upstream two seconds (plugin/forward).
 */
export const resolver = defineJoin({
  question: 'resolver',
  needs: ['tcpdump', 'resolv-conf'],
  facts: {
    libc: { type: 'label', is: 'musl or glibc, by the retry pattern', of: libc },
    sender: {
      type: 'label',
      is: 'musl, glibc, go, c-ares, coredns-forward, dig, syn-before-6.5 or syn-since-6.5, by the retry pattern',
      of: (view) => senderIn(conversationsOf(view), view.all),
    },
  },
});

/** What repeats its packets in just this way; the values of `resolver.sender`. */
export const SENDERS = [
  'musl',
  'glibc',
  'go',
  'c-ares',
  'coredns-forward',
  'dig',
  'syn-before-6.5',
  'syn-since-6.5',
] as const;

export type Sender = (typeof SENDERS)[number];

function conversationsOf({ loss, following }: View): readonly Conversation[] {
  return loss === null ? following.conversations : [loss.conversation];
}

function libc(view: View): Reading<string> {
  const sender = senderIn(
    conversationsOf(view).filter(({ protocol }) => protocol === 'dns'),
    view.all,
  );
  if (!sender.known || sender.value === 'musl' || sender.value === 'glibc') return sender;
  return unknown('the retry is neither of musl nor of glibc');
}

/** So many repetitions are looked at; one client's are all alike. */
const MOST = 20;

/** The one sender that every repetition of these conversations fits. */
export function senderIn(
  conversations: readonly Conversation[],
  all: View['all'],
): Reading<Sender> {
  const resent = conversations.flatMap((one) => resentIn(one, MOST)).slice(0, MOST);
  const [first] = resent;
  if (first === undefined) return unknown('no question was seen to be sent again');
  const settings = settingsIn(all);
  const own = resent.filter(({ protocol }) => protocol === first.protocol);
  const fitting = own
    .map((one) => sendersOf(one, settings))
    .reduce((some, next) => some.filter((sender) => next.includes(sender)));
  const [sender, other] = fitting;
  if (sender === undefined) return unknown('the retry follows no known resolver');
  if (other !== undefined)
    return unknown(`cannot be told: ${fitting.join(' and ')} would retry then`);
  return known(sender, linesOf(first));
}

function sendersOf(resent: Resent, settings: Settings): readonly Sender[] {
  if (resent.protocol === 'tcp') return synSenders(resent);
  const { timeout, attempts, isTold } = settings;
  const near = (seconds: number) => isNear(resent.afterUs, seconds);
  const { pair, answeredAgain, answeredNotAgain, namesOnPort } = resent;
  if (resent.redialled)
    return pair
      ? []
      : [
          ...(near(timeout) ? (['go'] as const) : []),
          ...(near(2) ? (['coredns-forward'] as const) : []),
        ];
  const onePort = namesOnPort > 1;
  const fits: readonly (readonly [Sender, boolean])[] = [
    ['musl', near(timeout / attempts) && !answeredAgain && !onePort],
    ['glibc', near(timeout) && !answeredNotAgain && !onePort],
    ['c-ares', (isTold ? near(timeout) : near(2) || (near(5) && onePort)) && !answeredAgain],
    ['dig', near(5) && !pair && namesOnPort === 1 && !answeredAgain],
  ];
  return fits.flatMap(([sender, fit]) => (fit ? [sender] : []));
}

/**
 * Linux waits 1, 2, 4, 8 … seconds; since 6.5 four times one second before it doubles (tcp_syn_linear_timeouts). One
 * retransmission alone is the same in both.
 */
function synSenders({ gaps }: Resent): readonly Sender[] {
  const [first, second] = gaps;
  if (first === undefined || second === undefined || !isNear(first, 1))
    return ['syn-before-6.5', 'syn-since-6.5'];
  if (isNear(second, 1)) return ['syn-since-6.5'];
  return isNear(second, 2) ? ['syn-before-6.5'] : [];
}

/** Within 3 % or 60 ms of what is waited for. */
function isNear(us: number, seconds: number): boolean {
  return Math.abs(us - seconds * 1e6) <= Math.max(60_000, seconds * 30_000);
}

interface Settings {
  readonly timeout: number;
  readonly attempts: number;
  /** A resolv.conf sets the timeout itself. */
  readonly isTold: boolean;
}

/** timeout and attempts of the one resolv.conf pasted, a pod's before a node's; resolv.conf(5)'s defaults when there is none. */
function settingsIn(all: View['all']): Settings {
  const files = ofKind(all, 'resolv-conf');
  const pods = files.filter(({ artefact }) => artefact.pod);
  const own = files.length === 1 ? files : pods;
  const options = own.length === 1 ? own[0]?.content.options : undefined;
  return {
    timeout: options?.get('timeout')?.value || 5,
    attempts: options?.get('attempts')?.value || 2,
    isTold: Boolean(options?.get('timeout')?.value),
  };
}

function linesOf({ sent, again }: Resent): readonly Citation[] {
  return [sent, again].flatMap((one) => (one === undefined ? [] : [citation(one)]));
}
