import { mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Built, buildLambdas } from '../../scripts/build.ts';

/** The Lambdas as they are deployed: bundled afresh into a directory of their own, and loaded from there. */
export interface BuiltLambdas {
  readonly slack: typeof import('../../functions/slack.ts');
  readonly diagnose: typeof import('../../functions/diagnose.ts');
  readonly runbook: typeof import('../../functions/runbook.ts');
  readonly built: Built;
  /** Holds the bundle of the worker and its catalogue. */
  readonly directory: string;
  readonly remove: () => Promise<void>;
}

export async function builtLambdas(): Promise<BuiltLambdas> {
  const parent = await mkdtemp(join(tmpdir(), 'netdx-dist-'));
  const built = await buildLambdas(parent);
  return {
    ...loadLambdas(parent),
    built,
    directory: join(parent, 'diagnose'),
    remove: () => rm(parent, { recursive: true }),
  };
}

/** Loads bundles that stand in `directory`. */
export function loadLambdas(
  directory: string,
): Pick<BuiltLambdas, 'slack' | 'diagnose' | 'runbook'> {
  const load = createRequire(join(directory, 'x.cjs'));
  return {
    slack: load(join(directory, 'slack', 'index.cjs')),
    diagnose: load(join(directory, 'diagnose', 'index.cjs')),
    runbook: load(join(directory, 'runbook', 'index.cjs')),
  };
}
