import { expect, test } from 'vitest';
import { embeddedMetrics } from '../functions/adapters/metrics.ts';

const NOW = Date.UTC(2026, 10, 26, 12);

function written(...told: Parameters<ReturnType<typeof embeddedMetrics>['answer']>[0][]) {
  const rows: string[] = [];
  const measure = embeddedMetrics(
    (row) => rows.push(row),
    () => NOW,
  );
  for (const one of told) measure.answer(one);
  return rows;
}

/** Units of the format that are used here (docs.aws.amazon.com, "Specification: Embedded metric format", MetricDatum). */
const UNITS = ['Count', 'Milliseconds'];

/** What CloudWatch would not read as metrics, by the rules of that specification. */
function faultsOf(row: string): readonly string[] {
  const root = JSON.parse(row) as Record<string, unknown>;
  const about = root._aws as {
    readonly Timestamp: unknown;
    readonly CloudWatchMetrics: readonly {
      readonly Namespace: string;
      readonly Dimensions: readonly (readonly string[])[];
      readonly Metrics: readonly { readonly Name: string; readonly Unit: string }[];
    }[];
  };
  const directives = about.CloudWatchMetrics.flatMap(({ Namespace, Dimensions, Metrics }) => [
    ...(/^[\w./#:-]{1,255}$/.test(Namespace) ? [] : [`namespace ${Namespace}`]),
    ...Dimensions.flatMap((names) => [
      ...(names.length <= 30 ? [] : ['too many dimensions']),
      ...names.filter((name) => !isDimension(root[name])).map((name) => `dimension ${name}`),
    ]),
    ...Metrics.flatMap(({ Name, Unit }) => [
      ...(typeof root[Name] === 'number' && Number.isFinite(root[Name]) ? [] : [`value ${Name}`]),
      ...(UNITS.includes(Unit) ? [] : [`unit ${Unit}`]),
    ]),
  ]);
  return [
    ...(row.includes('\n') ? ['more than one line'] : []),
    ...(Number.isInteger(about.Timestamp) ? [] : ['timestamp']),
    ...directives,
  ];
}

const isDimension = (value: unknown) =>
  typeof value === 'string' && value.length >= 1 && value.length <= 1024;

test('each answer is one line that CloudWatch reads as metrics', () => {
  const rows = written(
    { status: 'diagnosed', cause: 'conntrack-table-full', milliseconds: 12.5 },
    { status: 'failed', cause: null, milliseconds: 0 },
  );
  expect(rows.map(faultsOf)).toEqual([[], []]);
  expect(rows.map((row) => JSON.parse(row))).toMatchObject([
    { Status: 'diagnosed', Cause: 'conntrack-table-full', Answers: 1, Milliseconds: 12.5 },
    { Status: 'failed', Cause: 'none', Answers: 1, Milliseconds: 0 },
  ]);
});

test('answers can be counted by status and by cause', () => {
  const [row = ''] = written({ status: 'healthy', cause: null, milliseconds: 1 });
  expect(JSON.parse(row)._aws).toMatchObject({
    Timestamp: NOW,
    CloudWatchMetrics: [{ Namespace: 'netdx', Dimensions: [['Status'], ['Status', 'Cause']] }],
  });
});

test('a line says how an answer came out and nothing else', () => {
  const told = { status: 'diagnosed', cause: 'x', milliseconds: 1, text: 'pasted' };
  const [row = ''] = written(told);
  expect(Object.keys(JSON.parse(row)).toSorted()).toEqual(
    ['_aws', 'Answers', 'Cause', 'Milliseconds', 'Status'].toSorted(),
  );
});

test('the check of a line sees what CloudWatch would pass over', () => {
  const [row = ''] = written({ status: '', cause: null, milliseconds: Number.NaN });
  expect(faultsOf(row)).toEqual(['dimension Status', 'dimension Status', 'value Milliseconds']);
});
