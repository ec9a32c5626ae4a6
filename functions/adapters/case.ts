import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { digest } from './job-names.ts';
import type { SlackMessageIn } from './slack-message.ts';
import type { Store } from './store.ts';

const answer = z.object({
  /** The channel and time of our message; null where only one person saw it. */
  at: z.nullable(z.object({ channel: z.string(), ts: z.string() })),
  /** When it was given first, in milliseconds since 1970. */
  given: z.number(),
  /** Stands for what it says: status and causes. */
  verdict: z.string(),
  /** Stands for what it was read from. */
  evidence: z.string(),
  /** The messages that it answers. */
  to: z.array(z.string()),
  /** How often it was edited. */
  edits: z.number(),
  /** What its asker reads: whoever adds evidence later, or takes some away, does not change it. */
  language: z.enum(['en', 'zh']),
});

const about = z.object({
  channel: z.nullable(z.string()),
  threadTs: z.nullable(z.string()),
  answer: z.nullable(answer),
});

const messages = z.array(
  z.object({
    /** Slack's time of the message; for a form, its view's id. */
    ts: z.string(),
    /** When it came here, in milliseconds since 1970. */
    since: z.number(),
    text: z.optional(z.string()),
    blocks: z.optional(z.array(z.unknown())),
    files: z.optional(z.array(z.unknown())),
    attachments: z.optional(z.array(z.unknown())),
    places: z.optional(
      z.array(
        z.object({
          host: z.nullable(z.string()),
          interface: z.nullable(z.string()),
          output: z.string(),
        }),
      ),
    ),
  }),
);

export type CaseAnswer = z.infer<typeof answer>;
/** A message with evidence, or what a form brought (`places`). */
export type CaseMessage = z.infer<typeof messages>[number];

/** An answer that has just been given, in milliseconds since 1970. */
export function freshAnswer(
  told: Pick<CaseAnswer, 'at' | 'verdict' | 'evidence' | 'language'>,
  given: number,
): CaseAnswer {
  return { ...told, given, to: [], edits: 1 };
}

/** What one conversation holds: the evidence brought so far and the answer that stands. */
export interface Case {
  /** Sixteen hexadecimal digits; says nothing of the conversation. */
  readonly id: string;
  readonly channel: string | null;
  readonly threadTs: string | null;
  readonly answer: CaseAnswer | null;
  readonly messages: readonly CaseMessage[];
}

/** The cases of all conversations. The work on one conversation is done one piece at a time, so the last write is right. */
export interface Cases {
  /** The case as it stands; one without an answer and messages where there is none. */
  readonly open: (id: string) => Promise<Case>;
  readonly keep: (one: Case) => Promise<void>;
  readonly forget: (id: string) => Promise<void>;
  /** How long raw text is kept, in hours; 0 where none is. */
  readonly hours: number;
}

/** The case of a thread. */
export function threadCase(team: string, channel: string, threadTs: string): string {
  return digest(`thread:${team}:${channel}:${threadTs}`);
}

/** The case of something that one person sees: a command or a form. */
export function privateCase(team: string, user: string, trigger: string): string {
  return digest(`private:${team}:${user}:${trigger}`);
}

/** Raw text never outlives a day. */
const MOST_HOURS = 24;
/** The record without text: long enough to edit an answer rather than repeat it. */
const ABOUT_SECONDS = 7 * 86_400;
/** Below DynamoDB's 400 KB for one item. */
const MOST_CHARACTERS = 350_000;

/** Cases over a store; `hours` 0 is zero retention: nothing that anybody wrote is kept. */
export function casesIn(store: Store, hours: number, now: () => number): Cases {
  const kept = Math.min(hours, MOST_HOURS);
  const fresh = (one: CaseMessage) => now() - one.since < kept * 3_600_000;
  return {
    hours: kept,
    open: async (id) => {
      const [record, raw] = await Promise.all([store.get(`case:${id}`), store.get(`raw:${id}`)]);
      const known = record === null ? null : about.parse(JSON.parse(record.value));
      return {
        id,
        channel: known?.channel ?? null,
        threadTs: known?.threadTs ?? null,
        answer: known?.answer ?? null,
        messages: raw === null ? [] : unpack(raw.value).filter(fresh),
      };
    },
    keep: async ({ id, channel, threadTs, answer, messages }) => {
      const value = JSON.stringify({ channel, threadTs, answer } satisfies z.infer<typeof about>);
      await put(store, `case:${id}`, value, ABOUT_SECONDS);
      if (kept === 0) return;
      const packed = pack(messages.filter(fresh));
      if (packed !== null) await put(store, `raw:${id}`, packed, kept * 3600);
    },
    forget: async (id) => {
      await Promise.all([store.remove(`case:${id}`), store.remove(`raw:${id}`)]);
    },
  };
}

/** Only the fields that are read again; `since` is when it came, in milliseconds since 1970. */
export function toCaseMessage(message: SlackMessageIn, since: number): CaseMessage {
  const { ts, text, blocks, files, attachments } = message;
  return {
    ts,
    since,
    ...(text === undefined ? {} : { text }),
    ...(blocks === undefined ? {} : { blocks }),
    ...(files === undefined ? {} : { files }),
    ...(attachments === undefined ? {} : { attachments }),
  };
}

/** Null where it is more than one record holds: then the thread, not our memory, has to be read. */
function pack(all: readonly CaseMessage[]): string | null {
  const packed = gzipSync(JSON.stringify(all)).toString('base64');
  return packed.length > MOST_CHARACTERS ? null : packed;
}

function unpack(value: string): readonly CaseMessage[] {
  return messages.parse(JSON.parse(gunzipSync(Buffer.from(value, 'base64')).toString('utf8')));
}

/** Writes whatever stands there. */
async function put(store: Store, key: string, value: string, seconds: number): Promise<void> {
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const old = await store.get(key);
    const done =
      old === null
        ? await store.create(key, value, seconds)
        : await store.replace(key, value, old.version, seconds);
    if (done) return;
  }
  throw new Error('the record changed under five writes');
}
