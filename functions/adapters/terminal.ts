import { readFileSync } from 'node:fs';
import { fileContent } from '../intake/file-content.ts';
import type { Source } from '../intake/paste.ts';
import type { Arguments } from '../primitives/arguments.ts';
import { err, ok, type Result } from '../primitives/result.ts';
import { unpacked } from './unpacked.ts';

export interface UnreadableFile {
  readonly code: 'unreadable';
  readonly detail: string;
}

/** Reads the files of a command line, or standard input where there is none or one is `-`. */
export function readSources(files: Arguments['files']): Result<readonly Source[], UnreadableFile> {
  const sources: Source[] = [];
  for (const { path, at } of files.length === 0 ? [{ path: '-', at: null }] : files) {
    const read = readOne(path);
    if (!read.ok) return read;
    sources.push({ ...read.value, ...(at === null ? {} : { at }) });
  }
  return ok(sources);
}

function readOne(path: string): Result<Source, UnreadableFile> {
  const refused = (why: string) => err({ code: 'unreadable' as const, detail: `${path}: ${why}` });
  try {
    const whole = new Uint8Array(readFileSync(path === '-' ? 0 : path));
    const file = unpacked({ name: path.slice(path.lastIndexOf('/') + 1), bytes: whole });
    if (!file.ok && file.error.code === 'too-large') return refused('unpacks to more than 64 MB');
    const { name, bytes } = file.ok ? file.value : { name: path, bytes: whole };
    const content = fileContent(bytes);
    // A stray NUL in redirected output must not cost the lines around it.
    const read = content.ok ? content.value : { text: new TextDecoder().decode(bytes) };
    return ok({ name: path === '-' ? null : name, ...read });
  } catch (error) {
    return refused(error instanceof Error ? error.message : String(error));
  }
}

/** The language a person's environment asks for: Chinese for `zh…`, else English. */
export function languageOf(environment: Readonly<Record<string, string | undefined>>): 'en' | 'zh' {
  const wanted = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '';
  return wanted.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}
