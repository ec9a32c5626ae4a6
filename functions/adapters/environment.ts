import { err, ok, type Result } from '../primitives/result.ts';

/** `process.env`, or what a test gives instead. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Every variable that is missing or wrong, by name and never by value. */
export interface SettingsFailure {
  readonly code: 'settings';
  readonly names: readonly string[];
}

/** Whether a variable that is set may have this value. */
export type Check = (value: string) => boolean;

type Checks = Readonly<Record<string, Check>>;

/** The variables that were asked for; one that may be missing has no key then. */
export type Variables<Needed extends Checks, Optional extends Checks> = {
  readonly [Name in keyof Needed]: string;
} & { readonly [Name in keyof Optional]?: string };

export const anyText: Check = () => true;
export const httpUrl: Check = (value) => /^https?:$/.test(URL.parse(value)?.protocol ?? '');

/** A check by a pattern that matches the whole value. */
export function like(pattern: RegExp): Check {
  return (value) => pattern.test(value);
}

/**
 * Reads variables of an environment. An empty one counts as not set, since serverless.yml passes an unset option on as an
 * empty text. Done without a library of schemas: the receiving Lambda would load one for this alone, at each cold start.
 */
export function readVariables<Needed extends Checks, Optional extends Checks>(
  environment: Environment,
  needed: Needed,
  optional: Optional,
): Result<Variables<Needed, Optional>, SettingsFailure> {
  const values = Object.entries({ ...needed, ...optional }).flatMap(([name]) => {
    const value = environment[name];
    return value === undefined || value === '' ? [] : [[name, value] as const];
  });
  const read = Object.fromEntries(values);
  const missing = Object.keys(needed).filter((name) => read[name] === undefined);
  const wrong = values
    .filter(([name, value]) => !(needed[name] ?? optional[name])?.(value))
    .map(([name]) => name);
  const names = [...missing, ...wrong].toSorted();
  if (names.length > 0) return err({ code: 'settings', names });
  return ok(read as Variables<Needed, Optional>);
}
