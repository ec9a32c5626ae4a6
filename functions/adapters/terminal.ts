import { readFileSync } from 'node:fs';
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
      sources.push({ name, text: decode(bytes), ...(at === null ? {} : { at }) });
    } catch (error) {
      return err({
        code: 'unreadable',
        detail: `${path}: ${error instanceof Error ? error.message : String(error)}`,
      });
    }
  }
  return ok(sources);
}

/** Text in UTF-8, or in UTF-16 where a byte order mark says so (PowerShell redirects). */
export function decode(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return new TextDecoder('utf-8').decode(bytes);
}

/** The language a person's environment asks for: Chinese for `zh…`, else English. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): 'en' | 'zh' {
  const wanted = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '';
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
