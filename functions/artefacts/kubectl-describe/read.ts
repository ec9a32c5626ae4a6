import {
  type ClusterObject,
  type Endpoints,
  type Labels,
  labelsIn,
  milliCpu,
  type Named,
  type Pod,
  type Service,
  type Told,
} from '../cluster.ts';
import { eventIn } from './events.ts';
import { policyIn } from './policy.ts';

/** One line of a description: `Key:  value`; the key is empty in a line that goes on with the one above. */
export interface Field {
  readonly line: number;
  readonly key: string;
  readonly value: string;
}

const KEY = /^(?:- )?([A-Z][A-Za-z]*(?:[ -][A-Za-z]+){0,3}):(?:\s+(.*))?$/;

export function fieldOf(text: string, line: number): Field {
  const [, key, value = ''] = KEY.exec(text) ?? [];
  return key === undefined ? { line, key: '', value: text } : { line, key, value: value.trim() };
}

/** The descriptions among lines, one below the other: each begins with the name of its object. */
export function readDescriptions(lines: readonly string[]): readonly ClusterObject[] {
  const fields = lines.flatMap((raw, index) =>
    raw.trim() === '' ? [] : [fieldOf(raw.trim(), index + 1)],
  );
  const starts = fields.flatMap(({ key }, at) =>
    key === 'Name' &&
    /^(?:Namespace|Roles|Labels|Priority|Created on)$/.test(fields[at + 1]?.key ?? '')
      ? [at]
      : [],
  );
  // `kubectl describe … | tail` shows the events alone: whose they are is not told.
  const above = fields
    .slice(0, starts[0])
    .flatMap(({ value, line }) => eventIn(value, line, '') ?? []);
  return [...above, ...starts.flatMap((from, at) => objectsIn(fields.slice(from, starts[at + 1])))];
}

/** staging/src/k8s.io/kubectl/pkg/describe/describe.go: describeService, describePod, describeNode, describeNetworkPolicy. */
function objectsIn(fields: readonly Field[]): readonly ClusterObject[] {
  const [first] = fields;
  const of = (key: string) => fields.find((field) => field.key === key);
  if (first === undefined) return [];
  const named: Named = {
    line: first.line,
    namespace: of('Namespace')?.value ?? null,
    name: first.value,
  };
  const events = fields.flatMap(({ value, line }) => eventIn(value, line, named.name) ?? []);
  const own = objectOf(fields, named, of);
  return own.length === 0 && events.length === 0 ? [] : [...own, ...events];
}

function objectOf(
  fields: readonly Field[],
  named: Named,
  of: (key: string) => Field | undefined,
): readonly ClusterObject[] {
  if (of('PodSelector') !== undefined && of('Spec') !== undefined) return [policyIn(fields, named)];
  if (of('Session Affinity') !== undefined || (of('Endpoints') && of('IP') && of('Port')))
    return [serviceIn(fields, named, of), endpointsIn(fields, named)];
  if (of('Roles') !== undefined || of('PodCIDR') !== undefined)
    return [
      {
        ...named,
        line: of('PodCIDR')?.line ?? named.line,
        sort: 'node',
        isReady: conditionIn(fields, 'Ready'),
        internalIP: of('InternalIP')?.value ?? null,
        podCIDRs: prefixesIn(of('PodCIDRs')?.value ?? of('PodCIDR')?.value ?? ''),
      },
    ];
  if (of('Node') === undefined || of('Status') === undefined) return [];
  return [
    {
      ...named,
      sort: 'pod',
      ready: readyIn(fields),
      status: of('Status')?.value ?? null,
      ip: shown(of('IP')?.value),
      // `node-a/10.0.0.7`
      node: shown(of('Node')?.value)?.split('/')[0] ?? null,
      age: null,
      labels: labelsBehind(fields),
      dns: null,
      ports: null,
      cpuLimit: cpuLimitIn(fields),
    },
  ];
}

function serviceIn(
  fields: readonly Field[],
  named: Named,
  of: (key: string) => Field | undefined,
): Service {
  return {
    ...named,
    line: of('IP')?.line ?? named.line,
    sort: 'service',
    type: of('Type')?.value ?? null,
    clusterIP: shown(of('IP')?.value),
    age: null,
    ports: fields.flatMap(({ key, value }, at) => {
      const [, port, protocol] = /(\d{1,5})\/([A-Z]+)$/.exec(value) ?? [];
      if (key !== 'Port' || port === undefined || protocol === undefined) return [];
      const own = fields.slice(at + 1, at + 3);
      return [{ port: Number(port), protocol, ...targetOf(own), nodePort: nodePortOf(own) }];
    }),
    selector: selectorOf(of('Selector')?.value),
    externalPolicy: toldBy(of('External Traffic Policy')),
  };
}

function selectorOf(text: string | undefined): Labels | null {
  return text === undefined || text.startsWith('<') ? null : labelsIn(text);
}

function toldBy(field: Field | undefined): Told<string> | null {
  return field === undefined ? null : { value: field.value, line: field.line };
}

/** `TargetPort:  8080/TCP`, beneath its port; `http/TCP` is a name. */
function targetOf(fields: readonly Field[]) {
  const { value } = fields.find(({ key }) => key === 'TargetPort') ?? {};
  const [, text] = /^([\w-]{1,63})\/[A-Z]+$/.exec(value ?? '') ?? [];
  const isNumber = /^\d{1,5}$/.test(text ?? '');
  return {
    targetPort: isNumber ? Number(text) : null,
    targetName: isNumber ? null : (text ?? null),
  };
}

/** `NodePort:  http  30080/TCP`, beneath that. */
function nodePortOf(fields: readonly Field[]): number | null {
  const { value } = fields.find(({ key }) => key === 'NodePort') ?? {};
  const [, port] = /(\d{1,5})\/[A-Z]+$/.exec(value ?? '') ?? [];
  return port === undefined ? null : Number(port);
}

/** One line for each port; `<none>` or nothing where no address is ready. */
function endpointsIn(fields: readonly Field[], named: Named): Endpoints {
  const lists = fields.filter(({ key }) => key === 'Endpoints');
  const ready = lists.flatMap(({ value }) =>
    value.startsWith('<')
      ? []
      : (value.split(' + ')[0] ?? '').split(',').flatMap((one) => {
          const address = one
            .trim()
            .replace(/:\d{1,5}$/, '')
            .replace(/^\[|\]$/g, '');
          return address === '' ? [] : [address];
        }),
  );
  return {
    ...named,
    line: lists[0]?.line ?? named.line,
    sort: 'endpoints',
    isSlice: false,
    service: named.name,
    ready: [...new Set(ready)],
    unready: [],
    readyIsTold: lists.length > 0,
    more: Math.max(
      0,
      ...lists.map(({ value }) => Number(/ \+ (\d{1,6}) more/.exec(value)?.[1] ?? 0)),
    ),
  };
}

/** `Ready:  True` of each container, those that ran before the others among them. */
function readyIn(fields: readonly Field[]): Pod['ready'] {
  const told = fields.filter(({ key, value }) => key === 'Ready' && /^(?:True|False)$/.test(value));
  const ready = told.filter(({ value }) => value === 'True').length;
  return told.length === 0 ? null : [ready, told.length];
}

/** `cpu:  100m` below each `Limits:`; the sum over the containers, where each has one. */
function cpuLimitIn(fields: readonly Field[]): Told<number> | null {
  const containers = fields.filter(({ key }) => key === 'Image').length;
  const limits = fields.flatMap(({ key }, at) => {
    if (key !== 'Limits') return [];
    const end = fields.findIndex((field, index) => index > at && field.key !== '');
    const own = fields.slice(at + 1, end < 0 ? undefined : end);
    const cpu = own.find(({ value }) => value.startsWith('cpu:'));
    const value = milliCpu(cpu?.value.slice('cpu:'.length).trim() ?? '');
    return cpu === undefined || value === undefined ? [] : [{ value, line: cpu.line }];
  });
  const [first] = limits;
  if (first === undefined || limits.length !== containers) return null;
  return { value: limits.reduce((sum, { value }) => sum + value, 0), line: first.line };
}

/** The pairs behind `Labels:` and in the lines that go on with it. */
function labelsBehind(fields: readonly Field[]): Labels | null {
  const from = fields.findIndex(({ key }) => key === 'Labels');
  if (from < 0) return null;
  const end = fields.findIndex(({ key }, at) => at > from && key !== '');
  return new Map(
    fields.slice(from, end < 0 ? undefined : end).flatMap(({ value }) => {
      const equals = value.indexOf('=');
      return equals < 1 ? [] : [[value.slice(0, equals), value.slice(equals + 1)] as const];
    }),
  );
}

/** `Ready   True   …` in the table of conditions. */
function conditionIn(fields: readonly Field[], name: string): boolean | null {
  for (const { key, value } of fields) {
    const [word, state] = key === '' ? value.split(/\s+/) : [];
    if (word === name && /^(?:True|False|Unknown)$/.test(state ?? '')) return state === 'True';
  }
  return null;
}

function prefixesIn(text: string): readonly string[] {
  return text.split(/[,\s]+/).filter((one) => /^[\da-f.:]+\/\d{1,3}$/i.test(one));
}

function shown(text: string | undefined): string | null {
  return text === undefined || text === '' || text.startsWith('<') ? null : text;
}
