import {
  type ClusterObject,
  type Labels,
  labelsIn,
  milliCpu,
  type Named,
  type ServicePort,
} from '../cluster.ts';
import { alignedCells, isAlignedHead } from './aligned.ts';
import { type Column, cellsOf, columnOf, columnsIn, moreColumns } from './columns.ts';

/** What kubectl's tables are of (pkg/printers/internalversion/printers.go, AddHandlers), told by the columns they have. */
type Sort = Exclude<ClusterObject['sort'], 'policy' | 'proxy' | 'workload' | 'dns-settings'>;

const AGE = String.raw`(?:\d{1,5}[smhdy]){1,3}`;
const NAME = String.raw`(?:[a-z0-9][a-z0-9-]{0,62}\s+)?[a-z0-9][\w.:/-]{0,252}`;
const ADDRESS = String.raw`\[?[\da-fA-F.:]{2,45}\]?`;

/** Rows that prove themselves without a headline. */
const ROWS: readonly (readonly [Sort, RegExp, readonly string[]])[] = [
  [
    'pod',
    new RegExp(
      String.raw`^${NAME}\s+\d{1,3}\/\d{1,3}\s+[A-Z][\w:/-]{2,40}\s+\d{1,6}(?:\s\(${AGE} ago\))?\s+${AGE}(?:\s|$)`,
    ),
    [
      'NAME',
      'READY',
      'STATUS',
      'RESTARTS',
      'AGE',
      'IP',
      'NODE',
      'NOMINATED NODE',
      'READINESS GATES',
    ],
  ],
  [
    'service',
    new RegExp(
      String.raw`^${NAME}\s+(?:ClusterIP|NodePort|LoadBalancer|ExternalName)\s+(?:None|<none>|${ADDRESS})\s+\S{1,253}\s+\S{1,253}\s+${AGE}(?:\s|$)`,
    ),
    ['NAME', 'TYPE', 'CLUSTER-IP', 'EXTERNAL-IP', 'PORT(S)', 'AGE', 'SELECTOR'],
  ],
  [
    'endpoints',
    new RegExp(
      String.raw`^${NAME}\s+(?:IPv4|IPv6)\s+[\d,]{1,99}\s+(?:<unset>|${ADDRESS})\S{0,999}(?:\s\+\s\d{1,6}\smore\S{0,3})?\s+${AGE}$`,
    ),
    ['NAME', 'ADDRESSTYPE', 'PORTS', 'ENDPOINTS', 'AGE'],
  ],
  [
    'endpoints',
    new RegExp(
      String.raw`^${NAME}\s+${ADDRESS}:\d{1,5}(?:,\S{0,999})?(?:\s\+\s\d{1,6}\smore\S{0,3})?\s+${AGE}$`,
    ),
    ['NAME', 'ENDPOINTS', 'AGE'],
  ],
  [
    'node',
    new RegExp(
      String.raw`^[a-z0-9][\w.-]{0,252}\s+(?:Not)?Ready(?:,SchedulingDisabled)?\s+\S{1,99}\s+${AGE}\s+v\d+\.\d+`,
    ),
    [
      ...['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION', 'INTERNAL-IP', 'EXTERNAL-IP', 'OS-IMAGE'],
      ...['KERNEL-VERSION', 'CONTAINER-RUNTIME'],
    ],
  ],
  [
    'event',
    new RegExp(
      String.raw`^(?:[a-z0-9][a-z0-9-]{0,62}\s+)?${AGE}\s+(?:Normal|Warning)\s+[A-Z]\w{1,80}\s+[a-z]\w{1,60}\/\S{1,253}\s+\S`,
    ),
    ['LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'],
  ],
];

/** Whether a line is a row that needs no headline, or a headline. */
export function isTableLine(text: string): boolean {
  return headIn(text) !== undefined || rowAlone(text) !== undefined;
}

/** The columns of a headline of a table that is read here, or of any that ends in AGE. */
export function headIn(text: string): readonly Column[] | undefined {
  const columns = columnsIn(text);
  if (columns === undefined) return undefined;
  return sortOf(columns) !== 'other' || columns.at(-1)?.name === 'AGE' ? columns : undefined;
}

/** How many lines from a place on are rows of the table whose line stands before it. */
export function rowsBehind(at: (index: number) => string, from: number, length: number): number {
  const head = at(from - 1).trim();
  let columns = headIn(head);
  if (columns === undefined) return isAlignedHead(head) ? alignedBehind(head, at, from, length) : 0;
  let index = from;
  for (; index < length; index += 1) {
    const text = at(index).trim();
    const more = text === '' ? undefined : moreColumns(text);
    if (index === from && more !== undefined) columns = [...columns, ...more];
    else if (text === '' || !(isRow(text, columns) || isAlignedRow(head, columns, text))) break;
  }
  return index - from;
}

function alignedBehind(
  head: string,
  at: (index: number) => string,
  from: number,
  length: number,
): number {
  let index = from;
  while (index < length && alignedCells(head, at(index).trim()) !== undefined) index += 1;
  return index - from;
}

function isRow(text: string, columns: readonly Column[]): boolean {
  return cellsOf(text, columns) !== undefined || isRowEnd(text);
}

/** Cells of custom resources may hold nothing, or several words. */
function isAlignedRow(head: string, columns: readonly Column[], text: string): boolean {
  return sortOf(columns) === 'other' && alignedCells(head, text) !== undefined;
}

/** What was broken off a row at the edge of the terminal. */
function isRowEnd(text: string): boolean {
  return /^(?:<none>\s*)+$/.test(text);
}

/** Reads tables, one below the other, with or without their headlines. */
export function readTables(lines: readonly string[]) {
  const objects: ClusterObject[] = [];
  const unread: number[] = [];
  let columns: readonly Column[] | undefined;
  let title = '';
  let isHead = false;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    if (text === '') continue;
    const head = headIn(text);
    const more: readonly Column[] | undefined = isHead ? moreColumns(text) : undefined;
    isHead = head !== undefined;
    if (head !== undefined || isAlignedHead(text)) {
      columns = head;
      title = text;
    } else if (columns !== undefined && more !== undefined) columns = [...columns, ...more];
    else if (columns === undefined || !isRowEnd(text)) {
      const object =
        objectIn(text, index + 1, columns) ?? customIn(title, text, index + 1, columns);
      if (object === undefined) unread.push(index + 1);
      else objects.push(object);
    }
  }
  return { objects, unread };
}

function objectIn(
  text: string,
  line: number,
  columns: readonly Column[] | undefined,
): ClusterObject | undefined {
  const cells = columns === undefined ? undefined : cellsOf(text, columns);
  if (columns !== undefined && cells !== undefined) return toObject(sortOf(columns), cells, line);
  const alone = rowAlone(text);
  return alone === undefined ? undefined : toObject(alone.sort, alone.cells, line);
}

function customIn(
  head: string,
  text: string,
  line: number,
  columns: readonly Column[] | undefined,
): ClusterObject | undefined {
  if (head === '' || (columns !== undefined && sortOf(columns) !== 'other')) return undefined;
  const cells = alignedCells(head, text);
  return cells && toObject('other', cells, line);
}

function rowAlone(text: string) {
  // Nearly every line of other outputs ends here.
  if (!HAS_AGE.test(text)) return undefined;
  const shape = ROWS.find(([, row]) => row.test(text));
  if (shape === undefined) return undefined;
  const [sort, , names] = shape;
  const cells =
    cellsOf(text, names.map(columnOf)) ?? cellsOf(text, ['NAMESPACE', ...names].map(columnOf));
  return cells === undefined ? undefined : { sort, cells };
}

const HAS_AGE = /(?:^|\s)\d{1,5}[smhdy](?:\d{1,3}[smhdy])?(?:\s|$)/;

function sortOf(columns: readonly Column[]): Sort {
  const has = (name: string) => columns.some((column) => column.name === name);
  if (has('CPU(cores)') && !has('CPU%')) return 'usage';
  if (has('CLUSTER-IP')) return 'service';
  if (has('ENDPOINTS')) return 'endpoints';
  if (has('RESTARTS')) return 'pod';
  if (has('PODCIDR') || has('PODCIDRS') || (has('ROLES') && has('VERSION'))) return 'node';
  return has('REASON') && has('MESSAGE') ? 'event' : 'other';
}

type Cells = ReadonlyMap<string, string>;

function toObject(sort: Sort, cells: Cells, line: number): ClusterObject | undefined {
  const named = namedIn(cells, line);
  switch (sort) {
    case 'event':
      return eventIn(cells, line);
    case 'service':
      return (
        named && {
          ...named,
          sort,
          type: shown(cells.get('TYPE')),
          clusterIP: shown(cells.get('CLUSTER-IP')),
          ports: portsIn(cells.get('PORT(S)') ?? ''),
          selector: labelsOf(shown(cells.get('SELECTOR'))),
          externalPolicy: null,
          age: shown(cells.get('AGE')),
        }
      );
    case 'endpoints':
      return named && endpointsIn(cells, named);
    case 'pod':
      return (
        named && {
          ...named,
          sort,
          ready: readyIn(cells.get('READY')),
          status: shown(cells.get('STATUS')),
          ip: shown(cells.get('IP')),
          node: shown(cells.get('NODE')),
          age: shown(cells.get('AGE')),
          labels: labelsOf(cells.get('LABELS') ?? null),
          dns: null,
          ports: null,
          cpuLimit: null,
        }
      );
    case 'node':
      return (
        named && {
          ...named,
          sort,
          isReady: cells.get('STATUS')?.split(',').includes('Ready') ?? null,
          internalIP: shown(cells.get('INTERNAL-IP') ?? cells.get('INTERNALIP') ?? cells.get('IP')),
          podCIDRs: prefixesIn(cells.get('PODCIDRS') ?? cells.get('PODCIDR') ?? ''),
        }
      );
    case 'usage': {
      const cpu = milliCpu(cells.get('CPU(cores)') ?? '');
      return named && cpu !== undefined ? { ...named, sort, cpu } : undefined;
    }
    case 'other':
      return named && { ...named, sort };
    default:
      return sort satisfies never;
  }
}

/** With several kinds in one command kubectl writes `service/kube-dns`. */
function namedIn(cells: Cells, line: number): Named | undefined {
  // With `--containers` the container's name stands beside the pod's.
  const name = cells.get('POD') ?? cells.get('NAME');
  if (name === undefined) return undefined;
  return {
    line,
    namespace: cells.get('NAMESPACE') ?? null,
    name: name.slice(name.lastIndexOf('/') + 1),
  };
}

function endpointsIn(cells: Cells, named: Named): ClusterObject | undefined {
  const text = cells.get('ENDPOINTS');
  if (text === undefined) return undefined;
  const isSlice = cells.has('ADDRESSTYPE');
  const [list = '', more] = text.split(' + ');
  // The list may go on where the row broke off.
  const isCut = !cells.has('AGE') && !list.startsWith('<');
  const ready = list.startsWith('<') ? [] : list.split(',').flatMap((one) => addressOf(one) ?? []);
  return {
    ...named,
    sort: 'endpoints',
    isSlice,
    service: isSlice ? null : named.name,
    ready: [...new Set(ready)],
    unready: [],
    readyIsTold: !isSlice,
    more: more === undefined ? (isCut ? 1 : 0) : Number.parseInt(more, 10),
  };
}

/** The address of `10.0.0.7:53`, `[2001:db8::7]:53` or `10.0.0.7`. */
function addressOf(text: string): string | undefined {
  const bracketed = /^\[([^\]]+)\]/.exec(text)?.[1];
  const bare =
    bracketed ?? (text.split(':').length === 2 ? text.slice(0, text.indexOf(':')) : text);
  return bare === '' ? undefined : bare;
}

function eventIn(cells: Cells, line: number): ClusterObject | undefined {
  const [reason, message] = [cells.get('REASON'), cells.get('MESSAGE')];
  if (reason === undefined || message === undefined) return undefined;
  return { sort: 'event', line, reason, message, object: cells.get('OBJECT') ?? null };
}

/** `53/UDP,53/TCP,8080:30080/TCP`. */
function portsIn(text: string): readonly ServicePort[] {
  return text.split(',').flatMap((one) => {
    const [, port, node, protocol] = /^(\d{1,5})(?::(\d{1,5}))?\/([A-Z]+)$/.exec(one) ?? [];
    if (port === undefined || protocol === undefined) return [];
    const nodePort = node === undefined ? null : Number(node);
    return [{ port: Number(port), protocol, targetPort: null, targetName: null, nodePort }];
  });
}

function readyIn(text: string | undefined): readonly [number, number] | null {
  const [, ready, all] = /^(\d+)\/(\d+)$/.exec(text ?? '') ?? [];
  return ready === undefined || all === undefined ? null : [Number(ready), Number(all)];
}

/** custom-columns prints a list as `[10.42.0.0/24 2001:db8::/64]` or with commas. */
function prefixesIn(text: string): readonly string[] {
  return text
    .replace(/^\[|\]$/g, '')
    .split(/[ ,]/)
    .filter((one) => one !== '' && one !== '<none>');
}

function labelsOf(text: string | null): Labels | null {
  return text === null ? null : labelsIn(text);
}

function shown(text: string | undefined): string | null {
  return text === undefined || text === '' || text.startsWith('<') ? null : text;
}
