import { parse as parseYaml } from 'yaml';
import * as z from 'zod';

/** Why something that looks alarming is not: one sentence or two in each language, and where that is written. */
export interface Note {
  readonly en: string;
  readonly zh: string;
  readonly sources: readonly string[];
}

const frontMatter = z.strictObject({
  sources: z.array(z.url({ protocol: /^https$/ })).min(1),
});

const LONGEST = 280;

/** Reads a note: front matter with its sources, then `# en` and `# zh`, a paragraph each. Every fault in words. */
export function readNote(
  text: string,
): { readonly note: Note } | { readonly faults: readonly string[] } {
  const [, front = '', en = '', zh = ''] =
    /^---\n([\s\S]*?)\n---\n\s*# en\n([\s\S]*?)\n# zh\n([\s\S]*)$/.exec(
      text.replaceAll('\r\n', '\n'),
    ) ?? [];
  const read = frontMatter.safeParse(readYaml(front));
  const note = { en: paragraph(en), zh: paragraph(zh) };
  const faults = [
    ...(read.success ? [] : read.error.issues.map(({ message }) => `front matter: ${message}`)),
    ...(['en', 'zh'] as const).flatMap((language) => {
      const { length } = note[language];
      return length > 0 && length <= LONGEST
        ? []
        : [`${language}: ${length} characters; 1 to ${LONGEST}`];
    }),
  ];
  return read.success && faults.length === 0
    ? { note: { ...note, sources: read.data.sources } }
    : { faults };
}

function readYaml(text: string): unknown {
  try {
    return parseYaml(text, { schema: 'core' });
  } catch (error) {
    return { unreadable: String(error) };
  }
}

function paragraph(text: string): string {
  return text.trim().replaceAll('\n', ' ');
}
