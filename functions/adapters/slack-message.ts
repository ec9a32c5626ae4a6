import * as z from 'zod/mini';
import { once } from '../primitives/once.ts';

/** The parts of a Slack message that may hold evidence; everything else in it is left behind. */
export const messageShape = once(() =>
  z.object({
    ts: z.string(),
    user: z.optional(z.string()),
    bot_id: z.optional(z.string()),
    text: z.optional(z.string()),
    blocks: z.optional(z.array(z.unknown())),
    files: z.optional(z.array(z.unknown())),
    attachments: z.optional(z.array(z.unknown())),
  }),
);

export type SlackMessageIn = z.infer<ReturnType<typeof messageShape>>;

/** The evidence-bearing part of a message event or of a message of a thread; null when it is no message. */
export function readMessage(value: unknown): SlackMessageIn | null {
  const read = messageShape().safeParse(value);
  return read.success ? read.data : null;
}
