import type { Report } from '../../report/schema.ts';
import { html, type Markup, trusted } from '../html/markup.ts';
import { word } from '../words.ts';
import { type Chart, type ChartRow, chartOf } from './chart.ts';
import { drawnRows, isResent, pauseText } from './drawn.ts';
import { ladderNotes, ladderSpoken } from './notes.ts';

/**
 * Which colours a drawing brings: `auto` follows the reader's light or dark setting, `page` takes the colour of the page
 * it stands in and brings no style of its own, the other two are fixed.
 */
export type LadderTheme = 'auto' | 'light' | 'dark' | 'page';

const COLOURS = {
  light: { ink: '#1d1d1b', ground: '#ffffff', loss: '#a8201a' },
  dark: { ink: '#e7e6e2', ground: '#1d1e21', loss: '#ff9c93' },
} as const;

const AUTO_STYLE = `svg{max-width:100%;height:auto;color:${COLOURS.light.ink}}.ground{fill:${COLOURS.light.ground}}.loss{color:${COLOURS.light.loss}}
@media (prefers-color-scheme:dark){svg{color:${COLOURS.dark.ink}}.ground{fill:${COLOURS.dark.ground}}.loss{color:${COLOURS.dark.loss}}}`;

// One family for every renderer, so that a text is as wide as it was counted to be.
const FONT =
  "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', 'Noto Sans Mono CJK SC', monospace";

/**
 * The ladder as one SVG document without script, font or link: lifelines by host and interface, an arrow a packet that
 * slopes with its time on the way, the loss with a cross and a word. Its visible words are ASCII, so that no font has
 * to know Chinese; title and description are in the report's language. Empty without a ladder.
 */
export function ladderSvg(report: Report, theme: LadderTheme = 'auto'): string {
  const { ladder, language } = report;
  if (ladder === null || ladder.points.length === 0 || ladder.rows.length === 0) return '';
  const chart = chartOf(ladder, drawnRows(ladder));
  const fixed = theme === 'dark' ? COLOURS.dark : COLOURS.light;
  const colour = theme === 'page' ? null : html` color="${fixed.ink}"`;
  const ground =
    theme === 'page'
      ? null
      : html`<rect class="ground" width="${chart.width}" height="${chart.height}" fill="${fixed.ground}"></rect>`;
  const lossColour = theme === 'page' ? null : html` color="${fixed.loss}"`;
  return html`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${chart.width} ${chart.height}" width="${chart.width}" height="${chart.height}" role="img" aria-labelledby="ladder-title ladder-words"${colour} font-family="${FONT}" font-size="15" fill="currentColor">
<title id="ladder-title">${[word(language, 'picture'), ...ladderNotes(report).slice(0, 1)].join(': ')}</title>
<desc id="ladder-words">${ladderSpoken(report)}</desc>
${theme === 'auto' ? html`<style>${trusted(AUTO_STYLE)}</style>` : null}${ground}
${lifelines(chart)}
${chart.rows.map((row) => html`${packet(row)}${row.loss === null ? null : loss(row.loss, lossColour)}`)}
</svg>
`.markup;
}

function lifelines({ groups, lanes, breaks, top, height, width }: Chart): Markup {
  const names = groups.map(
    ({
      name,
      from,
      to,
    }) => html`<text x="${(from + to) / 2}" y="22" text-anchor="middle" font-weight="700">${name}</text>
<path d="M${from} 36v-6H${to}v6" fill="none" stroke="currentColor" stroke-width="1.5"></path>
`,
  );
  const whole = [top, ...breaks.flatMap(({ y }) => [y, y + 5]), height - 12];
  const lines = lanes.map(({ x, name, isCaptured }) => {
    const dash = isCaptured ? null : html` stroke-dasharray="3 5"`;
    const parts = whole.map((y, index) => (index % 2 === 0 ? `M${x} ${y}` : `V${y}`));
    return html`<text x="${x}" y="54" text-anchor="middle">${name}</text>
<path d="${parts.join('')}" fill="none" stroke="currentColor" stroke-width="1.5"${dash}></path>
`;
  });
  const gaps = breaks.map(({ y, ms }) => {
    const cuts = lanes.map(({ x }) => `M${x - 8} ${y + 3}l16 -6M${x - 8} ${y + 8}l16 -6`);
    return html`<path d="${cuts.join('')}" fill="none" stroke="currentColor" stroke-width="1.5"></path>
<text x="${((lanes[0]?.x ?? 0) + (lanes[1]?.x ?? width)) / 2}" y="${y + 8}" text-anchor="middle">${pauseText(ms)}</text>
`;
  });
  return html`${names}${lines}${gaps}`;
}

function packet(row: ChartRow): Markup {
  // Beside the lifeline where it began: questions on the left, answers on the right.
  const name = html`<tspan font-weight="700">${row.label}${isResent(row) ? ` #${row.attempt + 1}` : ''}</tspan>`;
  const time = row.time === null ? '' : row.time.toFixed(3);
  const anchor = row.direction === 'request' ? 'end' : 'start';
  const dash = row.direction === 'request' ? null : html` stroke-dasharray="7 4"`;
  const line =
    row.lines.length === 0
      ? null
      : html`<path d="${row.lines.join('')}" fill="none" stroke="currentColor" stroke-width="2"${dash}></path>
<path d="${row.heads.join('')}"></path>
`;
  const dots = row.stops
    .filter((_, index) => row.reached[index] !== row.uncaptured)
    .map(({ x, y }) => html`<circle cx="${x}" cy="${y}" r="4"></circle>`);
  return html`<g><text x="${row.side}" y="${row.base - 1}" text-anchor="${anchor}">${name}</text>
<text x="${row.side}" y="${row.base + 14}" text-anchor="${anchor}" font-size="13">${time}</text>
${line}${dots}${row.unknown === null ? null : unknown(row.unknown)}</g>
`;
}

function unknown({ trail, heads, x, y }: NonNullable<ChartRow['unknown']>): Markup {
  return html`<path d="${trail}" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="2 3"></path>
${heads.map((head) => html`<path d="${head}"></path>`)}<text x="${x}" y="${y + 5}" text-anchor="middle" font-weight="700">?</text>
`;
}

function loss({ trail, x, y }: NonNullable<ChartRow['loss']>, colour: Markup | null): Markup {
  const way =
    trail === ''
      ? null
      : html`<path d="${trail}" fill="none" stroke="currentColor" stroke-width="2" stroke-dasharray="2 3"></path>`;
  return html`<g class="loss"${colour}>${way}<path d="M${x - 7} ${y - 7}l14 14M${x - 7} ${y + 7}l14 -14" stroke="currentColor" stroke-width="4"></path>
<text x="${x}" y="${y + 24}" text-anchor="middle" font-weight="700" fill="currentColor">LOST</text></g>
`;
}
