import {
  defineArtefact,
  found,
  type Local,
  missing,
  type Parsed,
  type Strength,
} from './define.ts';

/** What a provider's NAT says of its ports: entries of its log, and metrics of connections or packets that got none. */
interface NatReport {
  readonly entries: readonly { readonly line: number; readonly dropped: boolean }[];
  readonly metrics: readonly { readonly line: number; readonly refused: number }[];
}

/**
 * The NAT that a cloud puts before its machines: Cloud NAT's log (`gcloud logging read`, YAML or JSON: allocation_status
 * OK or DROPPED) and its metric dropped_sent_packets_count with the reason OUT_OF_RESOURCES, Azure's SNAT Connection Count
 * of state Failed (the portal's words or `az monitor metrics list`), and ErrorPortAllocation of an AWS NAT gateway.
 */
export const natGateway = defineArtefact({
  kind: 'nat-gateway',
  title: 'Cloud NAT log, Azure SNAT metrics, AWS ErrorPortAllocation',
  ask: 'az monitor metrics list --resource LB-ID --metric SnatConnectionCount --aggregation Total --filter "ConnectionState eq \'Failed\'" --interval PT5M -o table',
  hint: /\bgcloud\s+logging\s+read\b[^|;&]{0,300}nat_|\baz\s+monitor\s+metrics\s+list\b[^|;&]{0,400}[Ss][Nn][Aa][Tt]ConnectionCount|\baws\s+cloudwatch\s+get-metric-statistics\b[^|;&]{0,400}ErrorPortAllocation/,
  anywhere: true,
  recognise,
  continues: (line) => CONTINUED.some((shape) => shape.test(line.trim())),
  parse,
  size: ({ entries, metrics }) => ({ count: entries.length + metrics.length, unit: 'entries' }),
  facts: {
    refused: {
      type: 'count',
      is: 'how many packets or connections the NAT says it had no port for',
      of: refused,
    },
  },
});

const STATUS = /"?allocation_status"?\s*:\s*"?(OK|DROPPED)\b/;
/** The fields of a log entry; as JSON they are quoted, and brackets stand alone. */
const FIELD =
  /^(?:- )?"?(?:insertId|jsonPayload|connection|dest_ip|dest_port|nat_ip|nat_port|src_ip|src_port|protocol|endpoint|project_id|region|vm_name|zone|gateway_identifiers|gateway_name|router_name|vpc|subnetwork_name|vpc_name|destination|instance|gke_cluster|geo_location|asn|city|continent|country|labels|logName|receiveTimestamp|timestamp|resource|type|gateway_id|router_id|Label|Datapoints|Timestamp|Unit)"?\s*:|^[\]{}[,]{1,3}$/;
/** An entry of Cloud Logging that is not text; only that of the NAT can be read. */
const ENTRY = /^(?:- )?"?(?:insertId"?\s*:\s*\S|jsonPayload"?\s*:)/;
/** Fields that few other outputs have; those that a log of flows has as well are weak. */
const OWN_FIELD =
  /^(?:- )?"?(?:nat_ip|nat_port|gateway_identifiers|gateway_name|router_name|Datapoints)"?\s*:|^"Unit": "Count"$/;
const SHARED_FIELD = /^(?:- )?"?(?:dest_ip|dest_port|src_ip|src_port|vm_name|Timestamp)"?\s*:/;
const DATAPOINT =
  /^"Sum"\s*:\s*(\d{1,12})(?:\.\d{1,3})?,?$|^DATAPOINTS\s+(\d{1,12})(?:\.\d{1,3})?\s/;
const AWS_LABEL =
  /^"Label"\s*:\s*"ErrorPortAllocation"|^ErrorPortAllocation$|^\|\s*Label\s*\|\s*ErrorPortAllocation\s*\|$/;
/** `--output table`: rows of values, titles and headings between bars. */
const AWS_ROW = /^\|\|\s*(\d{1,12})(?:\.\d{1,3})?\s*\|\s*\d{4}-\d\d-\d\dT\S+\s*\|\s*Count\s*\|\|$/;
const AWS_HEADING =
  /^\|{1,2}\s*(?:GetMetricStatistics|Datapoints|Sum\s*\|\s*Timestamp\s*\|\s*Unit)\s*\|{1,2}$/;
const EDGE = /^\|?\+?[-+]{3,}\+?\|?$/;
const CONTINUED = [FIELD, DATAPOINT, EDGE];
/** What somebody plans or is warned of is no reading. */
const NO_READING = /[<>≥]|\b(?:threshold|alert|alarm|if|should|when)\b/i;

function recognise(line: string): Strength {
  const text = line.trim();
  if (text.includes('allocation_status') && STATUS.test(text)) return 'strong';
  if (metricOf(text) !== undefined || AWS_LABEL.test(text)) return 'strong';
  if (ENTRY.test(text) || OWN_FIELD.test(text) || DATAPOINT.test(text)) return 'strong';
  if (AWS_ROW.test(text) || AWS_HEADING.test(text)) return 'strong';
  return SHARED_FIELD.test(text) ? 'weak' : 'none';
}

/** The number that a line with a metric of refused connections gives; undefined for any other line. */
function metricOf(text: string): number | undefined {
  const azure = /snat[ _]?connection[ _]?count/i.exec(text);
  const google = azure === null ? text.indexOf('dropped_sent_packets_count') : -1;
  if ((azure === null && google < 0) || text.length > LONGEST || NO_READING.test(text))
    return undefined;
  const rest = text.slice(azure?.index ?? google);
  const state = azure === null ? /OUT_OF_RESOURCES/.exec(rest) : /\bfailed\b/i.exec(rest);
  if (state === null) return undefined;
  const after = rest.slice(state.index + state[0].length);
  const [, shown] =
    /[:=]\s*(\d{1,3}(?:[ ,'’]\d{3})+|\d{1,12})(?![\d:])/.exec(after) ??
    /^\s+(\d{1,12})(?:\.\d+)?\s*$/.exec(after) ??
    [];
  return shown === undefined ? undefined : Number(shown.replace(/\D/g, ''));
}

const LONGEST = 400;

function parse(lines: readonly string[]): Parsed<NatReport> | undefined {
  const entries: { line: number; dropped: boolean }[] = [];
  const metrics: { line: number; refused: number }[] = [];
  const unread: number[] = [];
  let isAws = false;
  for (const [index, raw] of lines.entries()) {
    const text = raw.trim();
    const line = index + 1;
    if (text === '') continue;
    const status = STATUS.exec(text)?.[1];
    const refused = metricOf(text) ?? (isAws ? datapointOf(text) : undefined);
    if (AWS_LABEL.test(text)) isAws = true;
    else if (status !== undefined) entries.push({ line, dropped: status === 'DROPPED' });
    else if (refused !== undefined) metrics.push({ line, refused });
    else if (!FIELD.test(text) && !AWS_HEADING.test(text) && !EDGE.test(text)) unread.push(line);
  }
  return entries.length + metrics.length === 0
    ? undefined
    : { content: { entries, metrics }, unread };
}

function datapointOf(text: string): number | undefined {
  const [, json, plain] = DATAPOINT.exec(text) ?? [];
  const sum = json ?? plain ?? AWS_ROW.exec(text)?.[1];
  return sum === undefined ? undefined : Number(sum);
}

/** A log without a drop proves nothing: Cloud NAT leaves entries out when there are many. */
function refused({ entries, metrics }: NatReport): Local<number> {
  const dropped = entries.filter((entry) => entry.dropped);
  const bad = metrics.filter((metric) => metric.refused > 0);
  const total = bad.reduce((sum, metric) => sum + metric.refused, 0);
  if (total + dropped.length > 0)
    return found(
      total > 0 ? total : dropped.length,
      [...dropped, ...bad].slice(0, MOST_LINES).map(({ line }) => line),
    );
  return metrics.length === 0
    ? missing('the log shows no drop, and may leave some out')
    : found(
        0,
        metrics.slice(0, MOST_LINES).map(({ line }) => line),
      );
}

const MOST_LINES = 4;
