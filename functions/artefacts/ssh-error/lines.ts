import { inAnyLanguage, type LibcMessage } from '../../primitives/libc-messages.ts';

/**
 * How an attempt ended, or `established` while the connection stands. TCP connected, and then: `stalled`, the server said
 * nothing; `hung-up`, it closed before anybody was logged in; `broken-off`, the session stood and its connection was gone.
 */
export type SshOutcome =
  | 'timed-out'
  | 'stalled'
  | 'refused'
  | 'no-route'
  | 'unreachable'
  | 'reset'
  | 'closed'
  | 'hung-up'
  | 'broken-off'
  | 'unresolved'
  | 'denied'
  | 'established';

/** How far the client came; only `-v` tells. */
export type SshStage =
  | 'connecting'
  | 'connected'
  | 'banner'
  | 'key-exchange'
  | 'key-exchange-reply'
  | 'new-keys'
  | 'authenticating'
  | 'authenticated'
  | 'session';

/** What one line tells: an attempt begins or ends, a stage is reached, a version, or nothing that matters. */
export type SshEvent =
  | {
      readonly is: 'start';
      readonly host: string;
      readonly address: string | null;
      readonly port: number;
    }
  | {
      readonly is: 'end';
      readonly outcome: SshOutcome | null;
      readonly host: string | null;
      readonly port: number | null;
    }
  | { readonly is: 'stage'; readonly stage: SshStage }
  | { readonly is: 'version'; readonly version: string }
  | { readonly is: 'noise' };

interface Groups {
  readonly host?: string;
  readonly address?: string;
  readonly port?: string;
  readonly said?: string;
  readonly how?: string;
}

interface Form {
  readonly shape: RegExp;
  readonly strength: 'strong' | 'weak';
  readonly event: (groups: Groups) => SshEvent;
}

/** What connect(2) and read(2) answered, as strerror(3) of glibc, macOS and the BSDs words it; Cygwin's timeout is `Bad file number`. */
const ENDINGS: readonly (readonly [RegExp, SshOutcome])[] = [
  [ending('Connection timed out', 'timed out|Bad file number'), 'timed-out'],
  [ending('Connection refused'), 'refused'],
  [ending('No route to host', 'Host is down'), 'no-route'],
  [ending('Network is unreachable'), 'unreachable'],
  [ending('Connection reset by peer', 'Connection reset'), 'reset'],
  [/Connection closed/, 'hung-up'],
  [/Broken pipe/, 'broken-off'],
];

function ending(message: LibcMessage, others = message as string): RegExp {
  return new RegExp(`${others}|${inAnyLanguage(message)}`);
}

/** The client's own lines, by OpenSSH's sshconnect.c, ssh.c, kex.c, packet.c, clientloop.c and sshconnect2.c. */
const FORMS: readonly Form[] = [
  // In the middle of a line too: people and programs (ansible, git) write before it.
  strong(/\bssh: connect to host (?<host>\S+) port (?<port>\d+): (?<said>.+)$/, said),
  strong(/\bssh: Could not resolve hostname (?<host>[^\s]+)/, always('unresolved')),
  strong(/^(?:kex|ssh)_exchange_identification: (?<said>.+)$/, saidOrHungUp),
  strong(
    /^banner exchange: Connection (?:to|from) (?<host>\S+) port (?<port>\d+): (?<said>.+)$/,
    saidOrHungUp,
  ),
  strong(/^Connection timed out during banner exchange/, always('stalled')),
  strong(/^Connection to (?<host>\S+) port (?<port>\d+) timed out/, always('stalled')),
  strong(/^Timeout, server (?<host>\S+) not responding/, always('stalled')),
  // sshd writes the same line, with `[preauth]` behind it.
  strong(
    /^Connection (?<how>closed|reset) by (?:UNKNOWN|(?<host>\S+)) port (?:-1|(?<port>\d+))$/,
    closedOrReset,
  ),
  weak(
    /^Connection (?<how>closed|reset) by (?:remote host|peer|UNKNOWN|[\d.:a-fA-F]+)\.?$/,
    closedOrReset,
  ),
  strong(
    /^(?:packet_write_wait|packet_write_poll|ssh_packet_write_poll|ssh_dispatch_run_fatal): Connection to (?<host>\S+) port (?<port>\d+): (?<said>.+)$/,
    brokeOff,
  ),
  strong(
    /^(?:client_loop: send disconnect|Write failed|Read from remote host \S+): (?<said>.+)$/,
    brokeOff,
  ),
  weak(/^Connection to (?<host>\S+) closed(?: by remote host)?\.$/, always('closed')),
  strong(
    /^Received disconnect from (?<host>\S+)(?: port (?<port>\d+))?: ?\d+: (?<said>.*)$/,
    disconnected,
  ),
  weak(/^Disconnected from (?<host>\S+) port (?<port>\d+)$/, () => ({ is: 'noise' })),
  strong(/^Unable to negotiate with (?<host>\S+) port (?<port>\d+): /, always('closed')),
  strong(/^(?:[^\s@]+@(?<host>\S+): )?Permission denied \([a-z0-9,-]+\)/, always('denied')),
  weak(/^Permission denied, please try again\.$/, always('denied')),
  strong(/^Host key verification failed\.$/, always('denied')),
  strong(/^Authenticated to \S+ \(/, () => ({ is: 'stage', stage: 'authenticated' })),
  strong(/^(?<said>OpenSSH_[\w.]+)[ ,]/, (groups) => ({
    is: 'version',
    version: groups.said ?? '',
  })),
  strong(/^debug1: Connecting to (?<host>\S+) \[(?<address>[^\]]*)\] port (?<port>\d+)/, started),
  strong(/^debug1: Connecting to (?<host>\S+) port (?<port>\d+)/, started),
  strong(/^debug1: connect to address (?<address>\S+) port (?<port>\d+): (?<said>.+)$/, said),
];

/** What a debug line says of the stage reached. */
const STAGES: readonly (readonly [RegExp, SshStage])[] = [
  [/^(?:Connection established|Local version string)/, 'connected'],
  [/^Remote protocol version/, 'banner'],
  [/^SSH2_MSG_KEXINIT/, 'key-exchange'],
  [/^expecting SSH2_MSG_KEX/, 'key-exchange-reply'],
  [/^(?:SSH2_MSG_KEX\w+ received|Server host key:|(?:expecting )?SSH2_MSG_NEWKEYS)/, 'new-keys'],
  [/^(?:SSH2_MSG_(?:SERVICE|EXT)|Authentications that can|Next auth|Offering )/, 'authenticating'],
  [/^(?:Authentication succeeded|Authenticated to )/, 'authenticated'],
  [/^Entering interactive session/, 'session'],
];
const DEBUG = /^debug[123]: (?<said>.*)$/;
const OWN_DEBUG =
  /^(?:Reading configuration|identity file|Authenticating to|kex: |compat_|match: OpenSSH|fd \d|ssh_)/;

/** How sure the line is of coming from the ssh client; sshd prints debug lines too, but not these. */
export function strengthOf(line: string): 'strong' | 'weak' | 'none' {
  const text = line.trim();
  const form = FORMS.find(({ shape }) => shape.test(text));
  if (form !== undefined) return form.strength;
  const debug = DEBUG.exec(text)?.groups?.said;
  if (debug === undefined) return 'none';
  return stageOf(debug) !== undefined || OWN_DEBUG.test(debug) ? 'strong' : 'weak';
}

/** What the line tells; undefined when it is none of the client's. */
export function eventOf(line: string): SshEvent | undefined {
  const text = line.trim();
  for (const { shape, event } of FORMS) {
    const match = shape.exec(text);
    if (match !== null) return event(match.groups ?? {});
  }
  const debug = DEBUG.exec(text)?.groups?.said;
  if (debug === undefined) return undefined;
  const stage = stageOf(debug);
  return stage === undefined ? { is: 'noise' } : { is: 'stage', stage };
}

function strong(shape: RegExp, event: Form['event']): Form {
  return { shape, strength: 'strong', event };
}

function weak(shape: RegExp, event: Form['event']): Form {
  return { shape, strength: 'weak', event };
}

function started({ host = '', address, port = '' }: Groups): SshEvent {
  return { is: 'start', host, address: address ?? null, port: Number(port) };
}

function ended(outcome: SshOutcome | null, { host: typed, address, port }: Groups): SshEvent {
  const host = typed ?? address;
  // Only the resolver's message has a colon behind the name.
  const name = outcome === 'unresolved' ? host?.replace(/:$/, '') : host;
  return { is: 'end', outcome, host: name ?? null, port: port === undefined ? null : Number(port) };
}

function always(outcome: SshOutcome): Form['event'] {
  return (groups) => ended(outcome, groups);
}

function said(groups: Groups): SshEvent {
  return ended(endingOf(groups), groups);
}

/** A connection that stood: what timed out is no attempt to connect. */
function brokeOff(groups: Groups): SshEvent {
  const outcome = endingOf(groups) ?? 'closed';
  return ended(outcome === 'timed-out' ? 'stalled' : outcome, groups);
}

function saidOrHungUp(groups: Groups): SshEvent {
  const outcome = endingOf(groups) ?? 'hung-up';
  return ended(outcome === 'timed-out' ? 'stalled' : outcome, groups);
}

function closedOrReset(groups: Groups): SshEvent {
  return ended(groups.how === 'reset' ? 'reset' : 'hung-up', groups);
}

function disconnected(groups: Groups): SshEvent {
  return ended(groups.said?.startsWith('Too many authentication') ? 'denied' : 'closed', groups);
}

function endingOf({ said: words = '' }: Groups): SshOutcome | null {
  return ENDINGS.find(([shape]) => shape.test(words))?.[1] ?? null;
}

function stageOf(debug: string): SshStage | undefined {
  return STAGES.find(([shape]) => shape.test(debug))?.[1];
}
