import { ok, type Result } from '../primitives/result.ts';
import type { Language } from '../report/schema.ts';
import { record } from './slack-bodies.ts';
import { type CallOptions, type Refusal, type SlackCall, slackCall } from './slack-call.ts';

/** What the receiving side asks of Slack: a form, in the language of the person who wants it. */
export interface SlackForms {
  readonly languageOf: (user: string) => Promise<Language | null>;
  readonly openView: (trigger: string, view: object) => Promise<Result<null, Refusal>>;
  readonly updateView: (id: string, hash: string, view: object) => Promise<Result<null, Refusal>>;
}

/** A form has to open within three seconds of the click: one try. */
const PATIENCE = { timeoutMs: 1500, retries: 0 };

/** Forms alone: the receiving side starts without what reads files and threads. */
export function slackForms(options: Pick<CallOptions, 'token' | 'fetch' | 'log'>): SlackForms {
  return formsOver(slackCall({ ...options, ...PATIENCE }));
}

export function formsOver(call: SlackCall): SlackForms {
  const done = async (...[method, args]: Parameters<SlackCall>) => {
    const answer = await call(method, args);
    return answer.ok ? ok(null) : answer;
  };
  return {
    languageOf: languages(call),
    openView: (trigger, view) => done('views.open', { trigger_id: trigger, view }),
    updateView: (id, hash, view) => done('views.update', { view_id: id, hash, view }),
  };
}

const LANGUAGE_MS = 86_400_000;
const MOST_LANGUAGES = 5000;

/** People's languages, each asked for once a day; not knowing one is never worth a failure. */
function languages(call: SlackCall): SlackForms['languageOf'] {
  const known = new Map<string, { readonly at: number; readonly language: Language | null }>();
  return async (user) => {
    const remembered = known.get(user);
    if (remembered !== undefined && Date.now() - remembered.at < LANGUAGE_MS) {
      return remembered.language;
    }
    const answer = await call('users.info', { user, include_locale: true }).catch(() => null);
    if (answer === null) return null;
    const locale = answer.ok ? record(answer.value.user).locale : null;
    const chinese = typeof locale === 'string' && locale.toLowerCase().startsWith('zh');
    const language = typeof locale !== 'string' ? null : chinese ? 'zh' : 'en';
    if (known.size >= MOST_LANGUAGES) known.clear();
    known.set(user, { at: Date.now(), language });
    return language;
  };
}
