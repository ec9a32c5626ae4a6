import type { Language } from '../report/schema.ts';
import { causeWords } from './html/cause-words.ts';
import { renderDocument } from './html/document.ts';
import { html, type Markup, prose, verbatim } from './html/markup.ts';
import { type Word, word } from './words.ts';

/** What the form shows again: the text that was sent, why it was not read, and where an example is. */
export interface PreviousPaste {
  readonly text?: string;
  readonly notice?: string;
  readonly example?: string;
}

/** How many files the form takes, each with where it was taken. */
export const FILE_ROWS = 6;

const SHOWN_ROWS = 2;

/** The form of the local page; its fields are `text`, `lang`, and `file-N`, `host-N`, `interface-N` from 1. */
export function renderPasteForm(language: Language, previous: PreviousPaste = {}): string {
  const say = (name: Word) => word(language, name);
  const numbers = Array.from({ length: FILE_ROWS }, (_, index) => index + 1);
  const rows = numbers.map((number) => fileRow(language, number));
  const { text = '', notice, example } = previous;
  return renderDocument(
    language,
    say('pageTitle'),
    html`<main>
<h1>netdx</h1>
<p>${say('formLead')}</p>
${notice === undefined ? null : html`<p class="notice" role="alert">${prose(notice)}</p>`}
<form method="post" action="/" enctype="multipart/form-data">
<div>
<label for="text">${say('pasteLabel')}</label>
<p class="note" id="text-hint">${say('pasteHint')}</p>
<textarea id="text" name="text" aria-describedby="text-hint" spellcheck="false" autocomplete="off" autocapitalize="off" wrap="off" autofocus>
${verbatim(text)}</textarea>
</div>
<fieldset aria-describedby="files-hint">
<legend>${say('files')}</legend>
<p class="note" id="files-hint">${say('filesHint')}</p>
${rows.slice(0, SHOWN_ROWS)}
<details>
<summary>${say('moreFiles')}</summary>
${rows.slice(SHOWN_ROWS)}
</details>
</fieldset>
<div class="send">
<button type="submit">${say('submit')}</button>
<label>${say('language')} <select name="lang">${choice('en', 'English', language)}${choice('zh', '中文', language)}</select></label>
${example === undefined ? null : html`<a href="${example}">${say('example')}</a>`}
</div>
</form>
<footer><p class="soft">${say('formPrivate')} <a href="/causes?lang=${language}">${causeWords[language].all}</a> ${otherLanguage(language)}</p></footer>
</main>`,
  );
}

function fileRow(language: Language, number: number): Markup {
  const host = word(language, 'host');
  const device = word(language, 'interface');
  const file = word(language, 'file', { number });
  return html`<div class="file">
<input type="file" name="file-${number}" aria-label="${file}" multiple>
<input type="text" name="host-${number}" aria-label="${file}, ${host}" placeholder="${host}" autocomplete="off" autocapitalize="off" spellcheck="false">
<input type="text" name="interface-${number}" aria-label="${file}, ${device}" placeholder="${device}" autocomplete="off" autocapitalize="off" spellcheck="false">
</div>
`;
}

function choice(value: Language, name: string, chosen: Language): Markup {
  return value === chosen
    ? html`<option value="${value}" selected>${name}</option>`
    : html`<option value="${value}">${name}</option>`;
}

function otherLanguage(language: Language): Markup {
  return language === 'zh'
    ? html`<a href="/?lang=en" lang="en" hreflang="en">English</a>`
    : html`<a href="/?lang=zh" lang="zh-CN" hreflang="zh-CN">中文</a>`;
}
