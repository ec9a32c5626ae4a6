import type { Language } from '../../report/schema.ts';
import { COPY_SCRIPT, COPY_SCRIPT_HASH } from './copy-script.ts';
import { html, type Markup, trusted } from './markup.ts';
import { PAGE_STYLE, PAGE_STYLE_HASH } from './style.ts';

/**
 * The content security policy of every page: nothing is fetched, nothing runs but the copy script, and a form
 * goes nowhere but back. `frame-ancestors` works in a header only, so servers add it there.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src '${PAGE_STYLE_HASH}'`,
  `script-src '${COPY_SCRIPT_HASH}'`,
  'img-src data:',
  "base-uri 'none'",
  "form-action 'self'",
].join('; ');

/** One self-contained HTML document. */
export function renderDocument(language: Language, title: string, body: Markup): string {
  return html`${trusted('<!doctype html>')}
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${trusted(PAGE_POLICY)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="same-origin">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>${title}</title>
<style>${trusted(PAGE_STYLE)}</style>
</head>
<body>
${body}
<script>${trusted(COPY_SCRIPT)}</script>
</body>
</html>
`.markup;
}
