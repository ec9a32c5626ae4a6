import type { Language } from '../report/schema.ts';
import type { Cases } from './case.ts';
import type { Core } from './core.ts';
import type { Workspace } from './installations.ts';
import type { Job } from './job.ts';
import type { Log } from './log.ts';
import type { Measure } from './metrics.ts';
import type { SlackApi } from './slack-api.ts';
import type { Store } from './store.ts';

/** What the answering side needs from the world. */
export interface WorkerPorts {
  /** Slack with the token of that workspace. Rejects where the app is not installed there. */
  readonly slackFor: (workspace: Workspace) => Promise<SlackApi>;
  readonly core: Core;
  readonly store: Store;
  readonly cases: Cases;
  /** Jobs that will not be tried again, with the reason. */
  readonly dead: (job: Job, reason: string) => Promise<void>;
  /** The app is gone from a workspace: what gave access to it is to be forgotten. */
  readonly uninstalled: (workspace: Workspace) => Promise<void>;
  readonly language: Language;
  readonly log: Log;
  readonly measure: Measure;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

/** One piece of work on the desk: the world, Slack as its workspace sees it, and the name its answer bears. */
export interface Desk extends WorkerPorts {
  readonly slack: SlackApi;
  /** Eight hexadecimal digits, in the ids of our blocks and in the log. */
  readonly id: string;
  readonly languageOf: (user: string) => Promise<Language>;
}
