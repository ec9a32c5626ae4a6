import { parse as parseYaml } from 'yaml';
import * as z from 'zod';
import { effectOf } from './effect.ts';

/** One remedy in one language. */
export interface RemedyText {
  readonly key: string;
  readonly title: string;
  readonly prefer: string;
  /** What it takes: time, restarts, memory, people. */
  readonly cost: string;
  readonly risk: string;
  readonly steps: readonly string[];
  /** What is done otherwise on some distribution: `EKS: …`; often none. */
  readonly variants: readonly string[];
  readonly verify: string;
  readonly rollback: string;
}

/** A page in one language. Texts hold `{fact.id}` and `{fact.id|fallback}`. */
export interface PageText {
  readonly title: string;
  readonly summary: string;
  readonly happens: string;
  readonly evidence: ReadonlyMap<string, string>;
  readonly ruledOut: ReadonlyMap<string, string>;
  readonly notThis: readonly string[];
  readonly ask: ReadonlyMap<string, string>;
  readonly remedies: readonly RemedyText[];
}

const frontMatter = z.strictObject({
  cause: z.string().regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/),
  impact: z.enum(['outage', 'degraded', 'latent']),
  reviewed: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
  /** Artefact kinds to ask for, best first. */
  ask: z.array(z.string()),
  /** Where a kind's usual command is not the one this cause needs. */
  commands: z.optional(z.record(z.string(), z.string())),
  /** Kinds of which the server's output is wanted, also where its client alone shows the fault. */
  at_server: z.optional(z.array(z.string())),
  remedies: z.record(
    z.string().regex(/^[a-z]$/),
    z
      .strictObject({ changes: z.boolean(), run: z.array(z.string()), undo: z.array(z.string()) })
      .refine(
        ({ changes, undo }) => !changes || undo.length > 0,
        'a remedy that changes something says how to undo it',
      )
      .refine(
        ({ changes, run }) => changes || run.every((command) => effectOf(command) !== 'changes'),
        'a remedy whose commands change something says so',
      ),
  ),
  sources: z.array(z.url({ protocol: /^https$/ })).min(1),
});

/** A knowledge page: the machine parts once, the prose in both languages. */
export interface Page extends z.infer<typeof frontMatter> {
  readonly en: PageText;
  readonly zh: PageText;
}

/** The headings and bullets of each language, in order; the reader and the schema for editors use the same table. */
const HEADINGS = {
  en: ['What happens', 'Evidence', 'Ruled out when', 'When it is not this', 'Ask', 'Remedies'],
  zh: ['现象与原因', '证据', '何时可以排除', '什么情况下不是它', '还要看什么', '处置'],
} as const;

const BULLETS = {
  en: ['prefer', 'cost', 'risk', 'steps', 'verify', 'rollback'],
  zh: ['何时选用', '成本', '风险', '步骤', '验证', '回退'],
} as const;

/** A bullet that a remedy has only where distributions differ. */
const VARIANTS = { en: 'variants', zh: '发行版差异' } as const;

const LONGEST_SUMMARY = 280;

/** Reads a page; every fault in words. */
export function readPage(
  text: string,
): { readonly page: Page } | { readonly faults: readonly string[] } {
  const parts = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(text.replaceAll('\r\n', '\n'));
  if (parts === null) return { faults: ['no front matter between --- lines'] };
  const front = frontMatter.safeParse(readYaml(parts[1] ?? ''));
  if (!front.success)
    return {
      faults: front.error.issues.map(
        (issue) => `front matter ${issue.path.join('.')}: ${issue.message}`,
      ),
    };
  const body = parts[2] ?? '';
  const [english = '', chinese = ''] = body.split(/^(?=# zh: )/m);
  const faults: string[] = [];
  const en = readHalf(english, 'en', faults);
  const zh = readHalf(chinese, 'zh', faults);
  faults.push(...disagreements(en, zh, Object.keys(front.data.remedies), front.data.ask));
  return faults.length > 0 ? { faults } : { page: { ...front.data, en, zh } };
}

function readYaml(text: string): unknown {
  try {
    return parseYaml(text, { schema: 'core' });
  } catch (error) {
    return { unreadable: String(error) };
  }
}

function readHalf(text: string, language: 'en' | 'zh', faults: string[]): PageText {
  const [head = '', ...sections] = text.trim().split(/^## /m);
  const title = new RegExp(`^# ${language}: (.+)$`, 'm').exec(head)?.[1]?.trim() ?? '';
  const summary = head.split('\n').slice(1).join(' ').trim();
  const byHeading = new Map(
    sections.map((section) => {
      const end = section.indexOf('\n');
      return [
        section.slice(0, end < 0 ? undefined : end).trim(),
        end < 0 ? '' : section.slice(end + 1).trim(),
      ];
    }),
  );
  const [happens, evidence, ruledOut, notThis, ask, remedies] = HEADINGS[language].map(
    (heading) => {
      if (!byHeading.has(heading)) faults.push(`${language}: no section "${heading}"`);
      return byHeading.get(heading) ?? '';
    },
  );
  if (title === '') faults.push(`${language}: no title`);
  if (summary === '' || summary.length > LONGEST_SUMMARY)
    faults.push(
      `${language}: the summary has ${summary.length} characters; 1 to ${LONGEST_SUMMARY}`,
    );
  return {
    title,
    summary,
    happens: happens ?? '',
    evidence: slugs(evidence ?? ''),
    ruledOut: slugs(ruledOut ?? ''),
    notThis: bulletsOf(notThis ?? ''),
    ask: slugs(ask ?? ''),
    remedies: remediesOf(remedies ?? '', language, faults),
  };
}

function bulletsOf(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2).trim()] : []));
}

function slugs(text: string): ReadonlyMap<string, string> {
  return new Map(
    bulletsOf(text).flatMap((line) => {
      const colon = line.search(/[::]/);
      return colon < 0
        ? []
        : [[line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const];
    }),
  );
}

function remediesOf(text: string, language: 'en' | 'zh', faults: string[]): readonly RemedyText[] {
  return text
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const [, key = '', title = ''] = /^([a-z])\. (.+)$/m.exec(section.split('\n')[0] ?? '') ?? [];
      const bullets = slugs(section);
      const [prefer, cost, risk, steps, verify, rollback] = BULLETS[language].map((name) => {
        if (!bullets.has(name)) faults.push(`${language}: remedy ${key || '?'} has no "${name}"`);
        return bullets.get(name) ?? '';
      });
      return {
        key,
        title,
        prefer: prefer ?? '',
        cost: cost ?? '',
        risk: risk ?? '',
        steps: partsOf(steps ?? ''),
        variants: partsOf(bullets.get(VARIANTS[language]) ?? ''),
        verify: verify ?? '',
        rollback: rollback ?? '',
      };
    });
}

function partsOf(text: string): readonly string[] {
  return text
    .split(' | ')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What a half says that the other does not: slugs, letters, placeholders. */
function disagreements(
  en: PageText,
  zh: PageText,
  letters: readonly string[],
  ask: readonly string[],
): readonly string[] {
  const faults: string[] = [];
  const compare = (what: string, a: readonly string[], b: readonly string[]) => {
    if (a.join(' ') !== b.join(' ')) faults.push(`${what} differ: ${a.join(' ')} | ${b.join(' ')}`);
  };
  compare('evidence slugs', [...en.evidence.keys()], [...zh.evidence.keys()]);
  compare('ruled-out slugs', [...en.ruledOut.keys()], [...zh.ruledOut.keys()]);
  compare('ask kinds', [...en.ask.keys()], [...zh.ask.keys()]);
  compare('ask kinds and front matter', ask, [...en.ask.keys()]);
  compare(
    'remedies',
    en.remedies.map(({ key }) => key),
    zh.remedies.map(({ key }) => key),
  );
  compare(
    'remedies and front matter',
    letters,
    en.remedies.map(({ key }) => key),
  );
  compare(
    'numbers of variants',
    en.remedies.map(({ variants }) => String(variants.length)),
    zh.remedies.map(({ variants }) => String(variants.length)),
  );
  for (const [slug, text] of en.evidence)
    compare(
      `placeholders of ${slug}`,
      placeholders(text),
      placeholders(zh.evidence.get(slug) ?? ''),
    );
  for (const [slug, text] of en.ruledOut)
    compare(
      `placeholders of ${slug}`,
      placeholders(text),
      placeholders(zh.ruledOut.get(slug) ?? ''),
    );
  if (en.notThis.length !== zh.notThis.length) faults.push('look-alikes differ in number');
  return faults;
}

/** The fact ids that a text names, sorted. */
export function placeholders(text: string): readonly string[] {
  return [...text.matchAll(/\{([a-z][\w.-]*)(?:\|([^}]*))?\}/g)]
    .flatMap(([, id = '', rest]) => [id, ...(rest?.split('|').slice(0, -1) ?? [])])
    .toSorted();
}
