import type { Explanation } from '../../report/explanation.ts';
import type { Language } from '../../report/schema.ts';
import { type Word, word } from '../words.ts';
import { remedyCard } from './advice.ts';
import { causeWords } from './cause-words.ts';
import { renderDocument } from './document.ts';
import { command, html, link, type Markup, prose } from './markup.ts';

type Part = Markup | null;

/**
 * A cause's page: what it is, how to make sure and what to do stand on the first screen, everything else below. `list`
 * is the address of the list of causes, as seen from this page.
 */
export function renderCausePage(page: Explanation, list: string): string {
  const { language, title, impact } = page;
  const body = html`<main>
${causeBar(language, list)}
<header class="verdict ${impact}">
<span class="badge">${word(language, `impact-${impact}`)}</span>
<h1>${prose(title)}</h1>
<p>${prose(page.summary)}</p>
${firstThings(page)}
</header>
${bullets(language, 'provedBy', page.evidence)}
${bullets(language, 'notThisWhen', page.not_this_when)}
${asks(page)}
${remedies(page)}
${section(language, 'happens', html`${page.happens.map((text) => html`<p>${prose(text)}</p>`)}`)}
${bullets(language, 'ruledOutWhen', page.ruled_out_when)}
${sources(page)}
<footer><p class="soft"><code>${page.cause}</code></p></footer>
</main>`;
  return renderDocument(language, `${title} · netdx`, body);
}

/** The way to the list of causes, and the same page in the other language. */
export function causeBar(language: Language, list: string | null): Markup {
  const all =
    list === null
      ? html`<span>netdx</span>`
      : html`<a href="${list}?lang=${language}">${causeWords[language].all}</a>`;
  const other =
    language === 'zh'
      ? html`<a href="?lang=en" lang="en" hreflang="en">English</a>`
      : html`<a href="?lang=zh" lang="zh-CN" hreflang="zh-CN">中文</a>`;
  return html`<nav class="bar"><p>${all}</p><p>${other}</p></nav>`;
}

/** What a person who was just woken does: one command that tells, and the remedies by name. */
function firstThings({ language, ask, remedies }: Explanation): Part {
  const words = causeWords[language];
  const [best] = ask;
  const [first, ...others] = remedies.map(
    ({ key, title }) => html`<a href="#${key}">${key}) ${title}</a>`,
  );
  const sure =
    best === undefined
      ? null
      : html`<li>${words.makeSure} ${prose(best.why)}
${command(language, best.command)}</li>`;
  const act =
    first === undefined
      ? null
      : html`<li>${words.remedy} <strong>${first}</strong>${others.map((one) => html` ${words.orElse} ${one}`)}</li>`;
  return sure === null && act === null ? null : html`<ol class="first">${sure}${act}</ol>`;
}

function asks({ language, ask }: Explanation): Part {
  const rows = ask.map(
    (one) => html`<li>${prose(one.why)}
${command(language, one.command)}</li>`,
  );
  return rows.length === 0 ? null : section(language, 'ask', html`<ol>${rows}</ol>`);
}

function remedies({ language, remedies }: Explanation): Part {
  const cards = remedies.map((remedy) =>
    remedyCard(language, remedy, { anchor: remedy.key, undo: remedy.undo }),
  );
  return cards.length === 0 ? null : section(language, 'remedies', html`${cards}`);
}

function sources({ language, runbook, sources }: Explanation): Part {
  const own = runbook === null ? null : html`<p>${word(language, 'runbook')} ${link(runbook)}</p>`;
  const rows = sources.map((url) => html`<li>${link(url)}</li>`);
  if (rows.length === 0) return own;
  return html`${own}
${section(language, 'sources', html`<ul>${rows}</ul>`)}`;
}

function bullets(language: Language, heading: Word, texts: readonly string[]): Part {
  if (texts.length === 0) return null;
  const rows = texts.map((text) => html`<li>${prose(text)}</li>`);
  return section(language, heading, html`<ul>${rows}</ul>`);
}

function section(language: Language, heading: Word, content: Markup): Markup {
  return html`<section>
<h2>${word(language, heading)}</h2>
${content}
</section>`;
}
