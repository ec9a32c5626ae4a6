import * as z from 'zod';

/**
 * What Slack accepts in a message, as a table of shapes and limits (docs.slack.dev/reference/block-kit, @slack/types
 * 3.2.0, and what users report of the undocumented total). Stricter than Slack where Slack is silent: unknown keys are
 * faults, and so is whatever could ping someone.
 */
export function faultsOf(message: unknown): readonly string[] {
  return [...shapeFaults(messageShape, message), ...wholeFaults(message)];
}

/** Slack refuses about 13,200 characters over all blocks with `msg_blocks_too_long`. */
const MOST_CHARACTERS = 12_000;

const PING = /<[!@#]/;
const id = z.string().min(1).max(255);
const unpinging = (most: number) =>
  z
    .string()
    .min(1)
    .max(most, `must be less than ${most + 1} characters`)
    .refine((text) => !PING.test(text), 'would ping or name someone');

const plainText = (most: number) =>
  z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(most),
    emoji: z.boolean().optional(),
  });
const mrkdwn = (most: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: unpinging(most),
    verbatim: z.boolean().optional(),
  });
const anyText = (most: number) => z.discriminatedUnion('type', [plainText(most), mrkdwn(most)]);

const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  action_id: id,
  value: z.string().max(2000).optional(),
  url: z.string().max(3000).optional(),
  style: z.enum(['primary', 'danger']).optional(),
  accessibility_label: z.string().max(75).optional(),
  confirm: z.lazy(() => confirmation).optional(),
});

const image = {
  type: z.literal('image'),
  image_url: z.string().max(3000),
  alt_text: z.string().max(2000),
};

const section = z
  .strictObject({
    type: z.literal('section'),
    block_id: id.optional(),
    text: anyText(3000).optional(),
    fields: z.array(anyText(2000)).min(1).max(10).optional(),
    accessory: z.discriminatedUnion('type', [button, z.strictObject(image)]).optional(),
    expand: z.boolean().optional(),
  })
  .refine(
    (block) => block.text !== undefined || block.fields !== undefined,
    'needs text or fields',
  );

const context = z.strictObject({
  type: z.literal('context'),
  block_id: id.optional(),
  elements: z
    .array(z.discriminatedUnion('type', [plainText(3000), mrkdwn(3000), z.strictObject(image)]))
    .min(1)
    .max(10),
});

const confirmation = z.strictObject({
  title: plainText(100),
  text: anyText(300),
  confirm: plainText(30),
  deny: plainText(30),
});

const overflow = z.strictObject({
  type: z.literal('overflow'),
  action_id: id,
  options: z
    .array(z.strictObject({ text: plainText(75), value: z.string().min(1).max(150) }))
    .min(2)
    .max(5),
  confirm: confirmation.optional(),
});

const actions = z.strictObject({
  type: z.literal('actions'),
  block_id: id.optional(),
  elements: z
    .array(z.discriminatedUnion('type', [button, overflow]))
    .min(1)
    .max(25),
});

const input = z.strictObject({
  type: z.literal('input'),
  block_id: id.optional(),
  label: plainText(2000),
  hint: plainText(2000).optional(),
  optional: z.boolean().optional(),
  dispatch_action: z.boolean().optional(),
  element: z.discriminatedUnion('type', [
    z
      .strictObject({
        type: z.literal('plain_text_input'),
        action_id: id,
        multiline: z.boolean().optional(),
        initial_value: z.string().optional(),
        placeholder: plainText(150).optional(),
        min_length: z.int().min(0).max(3000).optional(),
        max_length: z.int().min(1).max(3000).optional(),
      })
      .refine(
        (one) => (one.initial_value ?? '').length <= (one.max_length ?? 3000),
        'initial_value is longer than max_length',
      ),
    z.strictObject({
      type: z.literal('file_input'),
      action_id: id,
      filetypes: z.array(z.string()).optional(),
      max_files: z.int().min(1).max(10).optional(),
    }),
  ]),
});

const header = z.strictObject({
  type: z.literal('header'),
  block_id: id.optional(),
  text: plainText(150),
});

const picture = z.strictObject({
  ...image,
  block_id: id.optional(),
  title: plainText(2000).optional(),
});

const style = z
  .strictObject({
    bold: z.boolean().optional(),
    italic: z.boolean().optional(),
    strike: z.boolean().optional(),
    code: z.boolean().optional(),
  })
  .optional();

// `usergroup`, `channel` and `broadcast` exist too; a bot that quotes strangers has no use for them, and for `user` only
// to name who pressed a button.
const literalPieces = [
  z.strictObject({ type: z.literal('text'), text: z.string().min(1), style }),
  z.strictObject({
    type: z.literal('link'),
    url: z.string().max(3000),
    text: z.string().optional(),
    style,
  }),
] as const;
const richPiece = z.discriminatedUnion('type', [
  ...literalPieces,
  z.strictObject({
    type: z.literal('emoji'),
    name: z.string().min(1),
    unicode: z.string().optional(),
  }),
  z.strictObject({ type: z.literal('user'), user_id: z.string().regex(/^[UW][A-Z0-9]+$/) }),
]);
const richSection = z.strictObject({
  type: z.literal('rich_text_section'),
  elements: z.array(richPiece).min(1),
});
const richText = z.strictObject({
  type: z.literal('rich_text'),
  block_id: id.optional(),
  elements: z
    .array(
      z.discriminatedUnion('type', [
        richSection,
        z.strictObject({
          type: z.literal('rich_text_preformatted'),
          elements: z.array(z.discriminatedUnion('type', [...literalPieces])).min(1),
          border: z.int().optional(),
        }),
        z.strictObject({ type: z.literal('rich_text_quote'), elements: z.array(richPiece).min(1) }),
        z.strictObject({
          type: z.literal('rich_text_list'),
          style: z.enum(['ordered', 'bullet']),
          indent: z.int().min(0).max(8).optional(),
          elements: z.array(richSection).min(1),
        }),
      ]),
    )
    .min(1),
});

const table = z.strictObject({
  type: z.literal('table'),
  block_id: id.optional(),
  rows: z
    .array(
      z
        .array(
          z.discriminatedUnion('type', [
            z.strictObject({ type: z.literal('raw_text'), text: z.string() }),
            richText,
          ]),
        )
        .min(1)
        .max(20),
    )
    .min(1)
    .max(100),
});

// The documented list also has rich_text; the live validator is reported to refuse it.
const containerChild = z.discriminatedUnion('type', [
  section,
  context,
  actions,
  header,
  picture,
  table,
]);
const container = z.strictObject({
  type: z.literal('container'),
  block_id: id.optional(),
  title: plainText(150),
  subtitle: anyText(150).optional(),
  child_blocks: z.array(containerChild).min(1).max(10),
  width: z.enum(['narrow', 'standard', 'wide', 'full']).optional(),
  is_collapsible: z.boolean().optional(),
  default_collapsed: z.boolean().optional(),
});

const feedbackButton = z.strictObject({
  text: plainText(75),
  value: z.string().min(1).max(2000),
  accessibility_label: z.string().max(75).optional(),
});
const contextActions = z.strictObject({
  type: z.literal('context_actions'),
  block_id: id.optional(),
  elements: z
    .array(
      z.strictObject({
        type: z.literal('feedback_buttons'),
        action_id: id,
        positive_button: feedbackButton,
        negative_button: feedbackButton,
      }),
    )
    .min(1)
    .max(5),
});

const divider = z.strictObject({ type: z.literal('divider'), block_id: id.optional() });

// `alert` exists in modals only; `markdown` would read pasted text as markup.
const block = z.discriminatedUnion('type', [
  section,
  context,
  actions,
  header,
  picture,
  richText,
  table,
  container,
  contextActions,
  divider,
]);

const messageShape = z.object({
  text: unpinging(40_000),
  blocks: z.array(block).max(50).optional(),
});

const viewBlocks = (most: number, ...more: readonly (typeof input)[]) =>
  z
    .array(
      z.discriminatedUnion('type', [
        section,
        context,
        actions,
        header,
        picture,
        richText,
        divider,
        ...more,
      ]),
    )
    .min(1)
    .max(most);

const viewShape = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('modal'),
    callback_id: id,
    private_metadata: z.string().max(3000).optional(),
    title: plainText(24),
    submit: plainText(24).optional(),
    close: plainText(24).optional(),
    blocks: viewBlocks(100, input),
  }),
  z.strictObject({
    type: z.literal('home'),
    callback_id: id.optional(),
    private_metadata: z.string().max(3000).optional(),
    blocks: viewBlocks(100),
  }),
]);

/** The same for what `views.open` and `views.publish` are given. */
export function faultsOfView(view: unknown): readonly string[] {
  return [
    ...shapeFaults(viewShape, view),
    ...repeated(valuesOf(view, 'block_id')).map((value) => `block_id ${value} stands twice`),
  ];
}

function shapeFaults(shape: z.ZodType, value: unknown): readonly string[] {
  const read = shape.safeParse(value);
  if (read.success) return [];
  return read.error.issues.map((one) => `/${one.path.join('/')} ${one.message}`);
}

function wholeFaults(message: unknown): readonly string[] {
  const blocks =
    typeof message === 'object' && message !== null && 'blocks' in message ? message.blocks : [];
  const texts = valuesOf(blocks, 'text').filter((value) => typeof value === 'string');
  const total = texts.reduce((sum, text) => sum + text.length, 0);
  const types = valuesOf(blocks, 'type');
  return [
    ...(total > MOST_CHARACTERS ? [`msg_blocks_too_long: ${total} characters`] : []),
    ...(types.filter((type) => type === 'table').length > 1 ? ['more than one table'] : []),
    ...repeated(valuesOf(blocks, 'block_id')).map((value) => `block_id ${value} stands twice`),
    ...repeated(valuesOf(blocks, 'action_id')).map((value) => `action_id ${value} stands twice`),
  ];
}

/** Every value that stands under `key`, at any depth. */
export function valuesOf(value: unknown, key: string): readonly unknown[] {
  if (Array.isArray(value)) return value.flatMap((part) => valuesOf(part, key));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => [
    ...(name === key ? [part] : []),
    ...valuesOf(part, key),
  ]);
}

function repeated(values: readonly unknown[]): readonly string[] {
  const seen = new Set<unknown>();
  return values.flatMap((value) => {
    if (seen.has(value)) return [String(value)];
    seen.add(value);
    return [];
  });
}
