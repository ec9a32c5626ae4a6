import { candidatesFor } from './candidates.ts';
import { parsePrompt } from './prompt.ts';

/** Whether a line is surely one of some output. */
export function isOutput(text: string): boolean {
  return candidatesFor(text).some((kind) => kind.recognise(text) === 'strong');
}

/** Whether a line is, or may be, one of some output. */
export function mayBeOutput(text: string): boolean {
  return candidatesFor(text).some((kind) => kind.recognise(text) !== 'none');
}

/** Whether what is left of a line shows that what was taken off it was no part of it. */
export function provesItself(text: string): boolean {
  if (text.trim() === '') return false;
  return isOutput(text) || (parsePrompt(text)?.command ?? '') !== '';
}
