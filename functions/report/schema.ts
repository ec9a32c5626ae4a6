import * as z from 'zod';
import { SENDERS } from '../facts/resolver.ts';

/**
 * The report: what every face is rendered from and what outside tools may rely on.
 * Fields may be added; none is renamed or dropped without a new `schema` number.
 */

const place = z.object({ host: z.nullable(z.string()), interface: z.nullable(z.string()) });

const evidence = z.object({
  artefact: z.string(),
  line: z.int(),
  /** The pasted line, unaltered. */
  quote: z.string(),
  says: z.string(),
});

const where = z.object({
  /** The last point that saw the packet, in the direction it travelled. */
  from: z.nullable(place),
  /** The first point that did not. */
  to: z.nullable(place),
  direction: z.enum(['request', 'response']),
});

const remedy = z.object({
  key: z.string(),
  title: z.string(),
  steps: z.array(z.string()),
  /** What is done otherwise on some distribution. */
  variants: z.array(z.string()),
  commands: z.array(z.string()),
  cost: z.string(),
  risk: z.string(),
  prefer_when: z.string(),
  verify: z.string(),
  rollback: z.string(),
});

const finding = z.object({
  cause: z.string(),
  title: z.string(),
  /** What it means, in one or two sentences; fit for a chat line. */
  summary: z.string(),
  role: z.enum(['root-cause', 'contributing', 'resolved']),
  confidence: z.enum(['confirmed', 'likely', 'possible']),
  where: z.nullable(where),
  evidence: z.array(evidence),
  /** What looks like this and is not: shown beside the finding. */
  not_this_when: z.array(z.string()),
  remedies: z.array(remedy),
  runbook: z.nullable(z.string()),
  sources: z.array(z.string()),
});

const artefact = z.object({
  id: z.string(),
  kind: z.string(),
  host: z.nullable(z.string()),
  interface: z.nullable(z.string()),
  /** First and last line, 1-based, in the input. */
  lines: z.tuple([z.int(), z.int()]),
  source: z.nullable(z.string()),
  summary: z.string(),
  /** What in it could not be read, each with its line. */
  warnings: z.array(z.string()),
});

const sighting = z.object({
  host: z.nullable(z.string()),
  interface: z.nullable(z.string()),
  time: z.nullable(z.string()),
});

const vanished = z.object({
  protocol: z.string(),
  /** The DNS id, else null. */
  id: z.nullable(z.int()),
  ip_id: z.nullable(z.int()),
  qtype: z.nullable(z.string()),
  qname: z.nullable(z.string()),
  flow: z.string(),
  direction: z.enum(['request', 'response']),
  seen: sighting,
  missing: place,
  control: z.nullable(
    z.object({ ip_id: z.nullable(z.int()), id: z.nullable(z.int()), seen: sighting }),
  ),
  retried_after_ms: z.nullable(z.number()),
  /** The captures end too soon to tell a lost answer from one that came late. */
  may_be_late: z.boolean(),
  /** Whose way of repeating packets this is; null where two would repeat them so. */
  resent_by: z.nullable(z.enum(SENDERS)),
});

const clock = z.object({
  host: z.string(),
  /** The host whose clock serves as zero. */
  reference: z.string(),
  /** How far `host` is ahead of the reference. */
  ahead_ms: z.number(),
  /** Half the round trip between the two points: the error of `ahead_ms`, in the middle of the time that both captured. */
  error_ms: z.number(),
  /** Microseconds that `host` gains on the reference every second, with its error; null where no drift is proved. */
  drift_ppm: z.nullable(z.number()),
  drift_error_ppm: z.nullable(z.number()),
  /** Seconds over which the drift was watched. */
  drift_over_s: z.nullable(z.number()),
});

const hop = z.object({ ...place.shape, ttl: z.nullable(z.int()), packets: z.int() });

/** One flow drawn over the points of its path: each packet with its times on one corrected clock. */
const ladder = z.object({
  points: z.array(place),
  rows: z.array(
    z.object({
      carries: z.enum(['dns', 'tcp', 'icmp', 'arp']),
      /** The question's type, `SYN`, `SYN-ACK`, `RST`, `echo`, `reply`, `refused` (an ICMP error), `ARP`, `1448 B`. */
      label: z.string(),
      direction: z.enum(['request', 'response']),
      /** 0 for the first try. */
      attempt: z.int(),
      /** Milliseconds since the flow's first packet, by point; null where it was not seen or has no time. */
      times: z.array(z.nullable(z.number())),
      seen: z.array(z.boolean()),
      /** The point that should have seen it and did not; null when it was not lost. */
      lost_at: z.nullable(z.int()),
      /** A tunnel that it should have entered and went round; null when it did not. */
      bypassed: z.nullable(z.int()),
      /** Where the last point is not captured: it passed between that end and the point before it, or nothing tells. */
      beyond: z.nullable(z.enum(['passed', 'unknown'])),
    }),
  ),
  /** The last point is the other end of the flow, where nothing was captured. */
  uncaptured: z.boolean(),
  /** Packets of the flow that did not fit. */
  omitted: z.int(),
});

const ruledOut = z.object({
  cause: z.string(),
  /** The cause for people. */
  title: z.string(),
  because: z.string(),
  evidence: z.array(evidence),
  /** The cause found that its signs follow from; null where it is refuted. The evidence then shows its own signs. */
  explained_by: z.nullable(z.string()),
});

const ask = z.object({
  command: z.string(),
  host: z.nullable(z.string()),
  why: z.string(),
  settles: z.array(z.string()),
});

const compared = z.object({
  before: z.string(),
  after: z.string(),
  says: z.string(),
  rows: z.array(
    z.object({ counter: z.string(), before: z.int(), after: z.int(), change: z.nullable(z.int()) }),
  ),
});

/** Something that looks alarming and is not, with its lines. */
const harmless = z.object({ id: z.string(), says: z.string(), evidence: z.array(evidence) });

export const reportSchema = z.object({
  schema: z.literal('netdx.report/1'),
  language: z.enum(['en', 'zh']),
  status: z.enum(['diagnosed', 'suspected', 'resolved', 'healthy', 'unrecognised']),
  headline: z.string(),
  artefacts: z.array(artefact),
  findings: z.array(finding),
  vanished: z.array(vanished),
  /** Questions without an answer in captures that end too soon to tell a lost one from a late one. */
  unanswered: z.array(vanished),
  clocks: z.array(clock),
  path: z.array(hop),
  ladder: z.nullable(ladder),
  ruled_out: z.array(ruledOut),
  harmless: z.array(harmless),
  ask: z.array(ask),
  compared: z.nullable(compared),
  /** Every line of the input: read, or listed as unread. */
  coverage: z.object({
    lines: z.int(),
    read: z.int(),
    unread: z.array(z.object({ source: z.nullable(z.string()), line: z.int(), quote: z.string() })),
    unread_total: z.int(),
  }),
  timing: z.optional(
    z.object({ parse_ms: z.number(), rules_ms: z.number(), total_ms: z.number() }),
  ),
});

export type Report = z.infer<typeof reportSchema>;
export type Language = Report['language'];
export type Status = Report['status'];
export type ReportFinding = Report['findings'][number];
export type ReportEvidence = ReportFinding['evidence'][number];
export type ReportRemedy = ReportFinding['remedies'][number];
export type ReportAsk = Report['ask'][number];
