import { emptySearch, searchIn } from '../artefacts/empty-search.ts';
import { type Prompt, parsePrompt } from './prompt.ts';
import { begin, type Walk } from './walk.ts';

/**
 * A search that printed nothing: its command line, and right below it the next prompt of the same host. Only prompts that
 * name their host prove that nothing stands between; a blank line, or the end of the paste, may be what was left out.
 */
export function readEmptyAnswer(state: Walk, at: number, next: Prompt): void {
  const { prompt, spent, open } = state;
  if (prompt === null || spent || open !== null || next.host === null || at === 0) return;
  const line = state.lines.at(at - 1);
  const before = parsePrompt(line);
  if (before?.host !== next.host || before.command !== prompt.command) return;
  if (searchIn(line) !== null) begin(state, emptySearch, at - 1);
}
