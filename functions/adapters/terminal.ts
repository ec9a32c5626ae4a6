import { readFileSync } from 'node:fs';
import { fileContent } from '../intake/file-content.ts';
import type { Source } from '../intake/paste.ts';
import type { Arguments } from '../primitives/arguments.ts';
import { err, ok, type Result } from '../primitives/result.ts';

export interface UnreadableFile {
  readonly code: 'unreadable';
  readonly detail: string;
}

/** Reads the files of a command line, or standard input where there is none or one is `-`. */
export function readSources(files: Arguments['files']): Result<readonly Source[], UnreadableFile> {
  const sources: Source[] = [];
  for (const { path, at } of files.length === 0 ? [{ path: '-', at: null }] : files) {
    try {
      const bytes = readFileSync(path === '-' ? 0 : path);
      const name = path === '-' ? null : path.slice(path.lastIndexOf('/') + 1);
      const content = fileContent(bytes);
      // A stray NUL in redirected output must not cost the lines around it.
      const read = content.ok ? content.value : { text: new TextDecoder().decode(bytes) };
      sources.push({ name, ...read, ...(at === null ? {} : { at }) });
    } catch (error) {
      return err({
        code: 'unreadable',
        detail: `${path}: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  return ok(sources);
}

/** The language a person's environment asks for: Chinese for `zh…`, else English. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): 'en' | 'zh' {
  const wanted = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '';
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
