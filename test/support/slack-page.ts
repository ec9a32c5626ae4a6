import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { type Block, Message } from 'slack-blocks-to-jsx';
import type { SlackMessage, SlackOptions } from '../../functions/render/slack.ts';

const style = readFileSync(
  createRequire(import.meta.url).resolve('slack-blocks-to-jsx/dist/style.css'),
  'utf8',
);

/** As the worker answers in a thread, with every button that a case brings. */
export const inThread: SlackOptions = {
  id: 'n1',
  notes: [],
  collapsible: true,
  attached: false,
  caseId: '0123456789abcdef',
  audience: 'thread',
};

/** Our mark: one packet passes, one does not. */
const MARK = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36" fill="none" stroke-width="3"><rect width="36" height="36" rx="6" fill="#1d1d1b"/><path d="M6 12h24" stroke="#fff"/><path d="M6 24h11" stroke="#fff"/><path d="M20 20l8 8m0-8l-8 8" stroke="#ff9c93"/></svg>',
)}`;

/**
 * A page that shows messages of ours as Slack's desktop client does. Drawn by somebody else's reading of Block Kit, so
 * that what it shows was not decided by us.
 */
export function slackPage(messages: readonly SlackMessage[]): string {
  const drawn = messages.map((message) =>
    renderToStaticMarkup(
      createElement(Message, {
        blocks: message.blocks.map(formatted) as unknown as Block[],
        logo: MARK,
        name: 'netdx',
        time: new Date(Date.UTC(2026, 10, 26, 3, 12)),
        theme: 'light',
      }),
    ),
  );
  return `<!doctype html>
<html>
<head>
<meta charset="utf-8">
<style>${style}
body { margin: 0; padding: 16px; background: #fff; }
#slack_blocks_to_jsx > section.slack_blocks_to_jsx { max-width: none; }
/* Slack gives each section of a rich text a row of its own. */
#slack_blocks_to_jsx .slack_blocks_to_jsx__rich_text_section_element { display: block; }
</style>
</head>
<body>${drawn.join('\n')}</body>
</html>
`;
}

/** `verbatim` turns automatic links off; this renderer takes it to turn every format off. */
function formatted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(formatted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'verbatim')
      .map(([name, inner]) => [name, formatted(inner)]),
  );
}
