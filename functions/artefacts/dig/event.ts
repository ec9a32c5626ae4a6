import type { Asked } from './arguments.ts';
import type { LookupOutcome } from './lookup.ts';

/** What one line of dig, kdig, nslookup or host tells. */
export type LookupEvent =
  | { readonly is: 'banner'; readonly asked: Asked }
  | { readonly is: 'status'; readonly outcome: LookupOutcome | 'noerror' }
  | { readonly is: 'flags'; readonly flags: readonly string[]; readonly answers: number | null }
  | { readonly is: 'question'; readonly name: string; readonly type: string }
  | { readonly is: 'section'; readonly answer: boolean }
  | { readonly is: 'record'; readonly owner: string; readonly type: string; readonly data: string }
  | { readonly is: 'time'; readonly ms: number }
  | {
      readonly is: 'server';
      readonly server: string;
      readonly tcp: boolean | null;
      readonly ms: number | null;
      readonly ends: boolean;
    }
  | { readonly is: 'end' }
  /** `+qr`: what was printed so far is the question as it was sent. */
  | { readonly is: 'sent' }
  | { readonly is: 'elapsed'; readonly ms: number }
  | {
      readonly is: 'failed';
      readonly outcome: LookupOutcome;
      readonly server: string | null;
      readonly name: string | null;
      readonly tcp: boolean;
    }
  | { readonly is: 'given-up' }
  | { readonly is: 'truncated' }
  /** kdig names only who answered. */
  | { readonly is: 'strange'; readonly from: string; readonly asked: string | null }
  | { readonly is: 'other-id' }
  | { readonly is: 'extended-error'; readonly text: string }
  /** nslookup and host: the server, before its answer. */
  | { readonly is: 'named-server'; readonly text: string }
  | { readonly is: 'address'; readonly address: string; readonly ofServer: boolean }
  | { readonly is: 'name'; readonly name: string }
  | {
      readonly is: 'answer';
      readonly name: string | null;
      readonly type: string;
      readonly data: string;
    }
  | { readonly is: 'cannot'; readonly name: string | null; readonly outcome: LookupOutcome | null }
  | { readonly is: 'short'; readonly data: string }
  | { readonly is: 'furniture' };
