import { callAws, type Transport } from './aws-call.ts';
import type { AwsAccess, Secret } from './settings.ts';
import { record } from './slack-bodies.ts';

const FRESH_MS = 5 * 60_000;

/**
 * Gives a secret's value; a parameter is asked for once and again after five minutes, so that a rotated secret is taken
 * up without a deployment. A failed look-up is not remembered.
 */
export function secretReader(
  secret: Secret,
  access: AwsAccess,
  now: () => number,
  transport?: Transport,
): () => Promise<string> {
  let kept: { readonly at: number; readonly value: Promise<string> } | undefined;
  return () => {
    if (secret.kind === 'value') return Promise.resolve(secret.value);
    if (kept !== undefined && now() - kept.at < FRESH_MS) return kept.value;
    const asked = { at: now(), value: readParameter(secret.name, access, now, transport) };
    kept = asked;
    asked.value.catch(() => {
      if (kept === asked) kept = undefined;
    });
    return asked.value;
  };
}

async function readParameter(
  name: string,
  access: AwsAccess,
  now: () => number,
  transport?: Transport,
): Promise<string> {
  const body = await callAws(
    {
      service: 'ssm',
      endpoint: `https://ssm.${access.region}.amazonaws.com/`,
      target: 'AmazonSSM.GetParameter',
      contentType: 'application/x-amz-json-1.1',
      body: JSON.stringify({ Name: name, WithDecryption: true }),
    },
    access,
    now,
    transport,
  );
  const { Value: value } = record(record(body).Parameter);
  if (typeof value !== 'string' || value === '') throw new Error('the parameter has no value');
  return value;
}
