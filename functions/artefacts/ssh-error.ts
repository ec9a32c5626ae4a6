import { defineArtefact, found, type Local, missing } from './define.ts';
import {
  eventOf,
  type SshEvent,
  type SshOutcome,
  type SshStage,
  strengthOf,
} from './ssh-error/lines.ts';

/** One attempt at one address; `line` is the one that decided it, `outcome` is null while it hangs. */
export interface SshAttempt {
  readonly line: number;
  /** As typed, or the address where only that is printed; empty when neither is. */
  readonly host: string;
  readonly address: string | null;
  readonly port: number | null;
  readonly outcome: SshOutcome | null;
}

interface SshError {
  readonly attempts: readonly SshAttempt[];
  readonly lastStage: SshStage | null;
  /** The line that shows `lastStage`. */
  readonly stageLine: number | null;
  /** `OpenSSH_9.2p1`. */
  readonly version: string | null;
  /** How many lines were understood. */
  readonly messages: number;
}

/** What the OpenSSH client prints when a connection fails, and all it says with `-v`; versions 5 to 10. */
export const sshError = defineArtefact({
  kind: 'ssh-error',
  title: 'ssh',
  ask: 'ssh -vvv -o ConnectTimeout=15 -F /dev/null USER@HOST',
  hint: /(?:^|[\s;&|])(?:ssh|scp|sftp)\s+\S/,
  recognise: strengthOf,
  continues: (line) => /^\s*debug[123]: /.test(line),
  begins: (line) => line.startsWith('OpenSSH_'),
  parse,
  size: ({ messages }) => ({ count: messages, unit: 'messages' }),
  facts: {
    outcome: {
      type: 'label',
      is: 'how the last attempt ended: timed-out, stalled, refused, no-route, unreachable, reset, closed, hung-up, unresolved, denied or established',
      of: outcome,
    },
    target: { type: 'label', is: 'host that was to be reached, as typed', of: target },
    port: { type: 'count', is: 'TCP port that was to be reached', of: port },
    stage: {
      type: 'label',
      is: 'last stage that -v shows: connecting, connected, banner, key-exchange, key-exchange-reply, new-keys, authenticating, authenticated or session',
      of: stage,
    },
  },
});

function parse(lines: readonly string[]) {
  const attempts: SshAttempt[] = [];
  const unread: number[] = [];
  let lastStage: SshStage | null = null;
  let stageLine: number | null = null;
  let version: string | null = null;
  let messages = 0;
  for (const [index, text] of lines.entries()) {
    const event = eventOf(text);
    if (event === undefined) {
      if (text.trim() !== '') unread.push(index + 1);
      continue;
    }
    messages += 1;
    if (event.is === 'version') version = event.version;
    record(event, index + 1, attempts);
    const reached = event.is === 'start' ? 'connecting' : event.is === 'stage' ? event.stage : null;
    lastStage = reached ?? lastStage;
    stageLine = reached === null ? stageLine : index + 1;
  }
  if (messages === 0) return undefined;
  return { content: { attempts, lastStage, stageLine, version, messages }, unread };
}

type SshEnd = Extract<SshEvent, { is: 'end' }>;

function record(event: SshEvent, line: number, attempts: SshAttempt[]): void {
  const last = attempts.at(-1);
  if (event.is === 'start') {
    const { host, address, port: on } = event;
    attempts.push({ line, host, address, port: on, outcome: null });
  } else if (event.is === 'stage' && last?.outcome === null) {
    attempts[attempts.length - 1] = { ...last, line, outcome: 'established' };
  } else if (event.is === 'end') {
    recordEnd(event, line, attempts);
  }
}

// With -v, and after `kex_exchange_identification`, the closing line repeats what the line before it said.
function recordEnd(event: SshEnd, line: number, attempts: SshAttempt[]): void {
  const last = attempts.at(-1);
  if (last !== undefined && isSame(last, event)) {
    const host = last.host === '' ? (event.host ?? '') : last.host;
    const on = last.port ?? event.port;
    attempts[attempts.length - 1] = { ...last, line, host, port: on, outcome: event.outcome };
  } else {
    const { host, port: on } = event;
    attempts.push({ line, host: host ?? '', address: null, port: on, outcome: event.outcome });
  }
}

function isSame(last: SshAttempt, { host, outcome: ending }: SshEnd): boolean {
  const isOpen = last.outcome === null || last.outcome === 'established';
  if (host === null) return isOpen || last.outcome === ending;
  if (host !== last.host && host !== last.address) return last.host === '';
  return last.address !== null;
}

function outcome({ attempts }: SshError): Local<SshOutcome> {
  const last = attempts.at(-1);
  if (last === undefined) return missing('no attempt to connect was pasted');
  if (last.outcome === null) return missing('the output does not say how the attempt ended');
  return found(last.outcome, [last.line]);
}

function target({ attempts }: SshError): Local<string> {
  const last = attempts.at(-1);
  if (last === undefined || last.host === '') return missing('the output names no host');
  return isMasked(last.host) ? missing('the host is masked') : found(last.host, [last.line]);
}

function port({ attempts }: SshError): Local<number> {
  const last = attempts.at(-1);
  if (last === undefined || last.port === null) return missing('the output names no port');
  return found(last.port, [last.line]);
}

function stage({ lastStage, stageLine }: SshError): Local<SshStage> {
  if (lastStage === null || stageLine === null) return missing('ssh was run without -v');
  return found(lastStage, [stageLine]);
}

function isMasked(host: string): boolean {
  return (/^[xX*.#\d]+$/.test(host) && /[xX*#]/.test(host)) || /REDACTED|^<.*>$/.test(host);
}
