import type { ClusterEvent } from '../cluster.ts';

const AGE = String.raw`(?:<unknown>|<invalid>|(?:\d{1,5}[smhdy]){1,3})`;
/** `Warning  Unhealthy  3m55s (x9 over 4m38s)  kubelet, node-a  Readiness probe failed: …` */
const ROW = new RegExp(
  String.raw`^(?:Normal|Warning)\s+([A-Z]\w{1,80})\s+${AGE}(?:\s+\(x\d{1,9} over ${AGE}\))?\s+([\w.-]{1,80}(?:, [\w.-]{1,253})?)\s+(\S.*)$`,
);

/** A row of the events at the end of a description; undefined when the text is none. */
export function eventIn(text: string, line: number, object: string): ClusterEvent | undefined {
  const [, reason, , message] = ROW.exec(text) ?? [];
  return reason === undefined || message === undefined
    ? undefined
    : { sort: 'event', line, reason, message, object };
}
