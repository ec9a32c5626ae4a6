import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { read } from '../functions/intake/read.ts';
import { jsonable } from './support/compact-json.ts';

// Each pair was printed by iproute2 6.1 of one namespace, once as text and once with `-j`; the JSON went through jq.
test.each(['address', 'link', 'neighbour', 'route', 'route-get', 'rule'])(
  '%s is the same, printed as text and in JSON, behind jq too',
  (kind) => {
    const json = fixture(`${kind}.json`);
    const compact = JSON.stringify(JSON.parse(json));
    const text = contentOf(kind, fixture(`${kind}.txt`));
    expect(contentOf(kind, json)).toEqual(text);
    expect(contentOf(kind, compact)).toEqual(text);
    expect(contentOf(kind, `ops@gw1:~$ ip -j x | jq -c\n${compact}`)).toEqual(text);
  },
);

test('JSON that is cut keeps the objects before the cut, and lists the lines behind them', () => {
  const whole = fixture('route-of-two-lists.json').split('\n');
  const cut = whole.slice(0, 24);
  const [routes] = read([{ name: null, text: cut.join('\n') }]).evidence;
  expect(routes?.artefact.kind).toBe('route');
  expect(contentOf('route', cut.join('\n'))).toMatchObject({
    routes: [
      { destination: '203.0.113.0/24' },
      { destination: 'default' },
      { destination: '10.42.0.0/24' },
    ],
  });
  expect(routes?.unread.length).toBeGreaterThan(0);
});

test('an output in text and one in JSON below it are told apart', () => {
  const both = `${fixture('route.txt')}${fixture('neighbour.json')}`;
  const { evidence, outside } = read([{ name: null, text: both }]);
  expect(evidence.map(({ artefact }) => artefact.kind)).toEqual(['route', 'neighbour']);
  expect([...outside, ...evidence.flatMap(({ unread }) => unread)]).toEqual([]);
});

test('an object of Kubernetes below an output of ip keeps its first line', () => {
  const pod = JSON.stringify(
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0', namespace: 'shop' } },
    null,
    4,
  );
  const { evidence } = read([{ name: null, text: `${fixture('route.txt')}${pod}\n` }]);
  expect(evidence.map(({ artefact }) => artefact.kind)).toEqual(['route', 'kubectl-object']);
});

function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/ip-json/${name}`, import.meta.url), 'utf8');
}

/** What was read, without the lines it was read from. */
function contentOf(kind: string, text: string): unknown {
  const { evidence, outside } = read([{ name: null, text }]);
  expect(evidence.map(({ artefact }) => artefact.kind)).toEqual([kind]);
  expect(outside).toEqual([]);
  return withoutLines(jsonable(evidence[0]?.content));
}

function withoutLines(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLines);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([name]) => !/^(?:line|lastLine|counterLines)$/.test(name),
  );
  return Object.fromEntries(kept.map(([name, one]) => [name, withoutLines(one)]));
}
