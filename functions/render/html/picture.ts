import type { Report } from '../../report/schema.ts';
import { ladderNotes } from '../ladder/notes.ts';
import { ladderSvg } from '../ladder/svg.ts';
import { word } from '../words.ts';
import { html, type Markup, trusted } from './markup.ts';

/** With more points than these a drawing scrolls sideways on a phone instead of shrinking beyond reading. */
const MOST_NARROW = 5;

/** The ladder drawn into the page, with what the drawing cannot say below it; null without a ladder. */
export function pictureFigure(report: Report): Markup | null {
  const drawing = ladderSvg(report, 'page');
  if (drawing === '') return null;
  const notes = [...ladderNotes(report), word(report.language, 'notToScale')];
  const wide = (report.ladder?.points.length ?? 0) > MOST_NARROW ? 'wide' : 'narrow';
  return html`<figure class="ladder ${wide}">${trusted(drawing)}<figcaption>${notes.map((note) => html`<p>${note}</p>`)}</figcaption></figure>`;
}
