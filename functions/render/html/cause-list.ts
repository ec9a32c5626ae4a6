import type { CauseLine } from '../../report/explanation.ts';
import type { Language } from '../../report/schema.ts';
import { word } from '../words.ts';
import { causeBar } from './cause-page.ts';
import { areaName, causeWords } from './cause-words.ts';
import { renderDocument } from './document.ts';
import { html, type Markup, prose } from './markup.ts';

/** Every cause by area, all of it plain text, so that a browser's own search finds it. `list` is this page's own address. */
export function renderCauseList(
  causes: readonly CauseLine[],
  language: Language,
  list: string,
): string {
  const words = causeWords[language];
  const areas = Object.entries(Object.groupBy(causes, ({ area }) => area)).toSorted(byArea);
  const jumps = areas.map(
    ([area]) => html`<li><a href="#${anchor(area)}">${areaName(language, area)}</a></li>`,
  );
  const sections = areas.map(
    ([area, lines = []]) => html`<section>
<h2 id="${anchor(area)}">${areaName(language, area)}</h2>
${rows(lines, language, list)}
</section>
`,
  );
  return renderDocument(
    language,
    `${words.causes} · netdx`,
    html`<main>
${causeBar(language, null)}
<h1>${words.causes}</h1>
<p>${words.lead}</p>
<ul class="areas">${jumps}</ul>
${sections}
</main>`,
  );
}

/** The answer to an address that is no cause's: the causes whose ids are most like it. */
export function renderNoSuchCause(
  asked: string | null,
  nearest: readonly CauseLine[],
  language: Language,
  list: string,
): string {
  const words = causeWords[language];
  const near =
    nearest.length === 0
      ? null
      : html`<section>
<h2>${words.nearest}</h2>
${rows(nearest, language, list)}
</section>`;
  return renderDocument(
    language,
    words.notFound,
    html`<main>
${causeBar(language, list)}
<h1>${words.notFound}</h1>
${asked === null ? null : html`<p>${words.notFoundLead} <code>${asked.slice(0, MOST_SHOWN)}</code></p>`}
${near}
</main>`,
  );
}

/** The page for a fault of ours. */
export function renderCauseFailure(language: Language): string {
  const words = causeWords[language];
  return renderDocument(language, 'netdx', html`<main><h1>netdx</h1><p>${words.failed}</p></main>`);
}

const MOST_SHOWN = 80;

function rows(lines: readonly CauseLine[], language: Language, list: string): Markup {
  return html`<ul class="plain causes">${lines.map((line) => row(line, language, list))}</ul>`;
}

function row({ cause, impact, title, summary }: CauseLine, language: Language, list: string) {
  return html`<li class="${impact}"><a href="${list}/${cause}?lang=${language}">${title}</a>
<p><span class="badge">${word(language, `impact-${impact}`)}</span> <code>${cause}</code></p>
<p class="soft">${prose(summary)}</p></li>
`;
}

function anchor(area: string): string {
  return `area-${area === '' ? 'other' : area}`;
}

/** By name; what is filed under nothing comes last. */
function byArea([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  if (a === '' || b === '') return a === b ? 0 : Number(a === '') - Number(b === '');
  return a < b ? -1 : 1;
}
