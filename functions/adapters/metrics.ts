/** Counts what was answered, by status and cause; never what was pasted. */
export interface Measure {
  readonly answer: (told: {
    /** A report's status, or `failed`. */
    readonly status: string;
    readonly cause: string | null;
    /** From evidence to report. */
    readonly milliseconds: number;
  }) => void;
}

/**
 * Writes CloudWatch's embedded metric format, one JSON line an answer, which becomes metrics without a call
 * (docs.aws.amazon.com, "Specification: Embedded metric format").
 */
export function embeddedMetrics(
  write: (text: string) => void = toStandardOutput,
  now: () => number = Date.now,
): Measure {
  return {
    answer: ({ status, cause, milliseconds }) => {
      const Metrics = [
        { Name: 'Answers', Unit: 'Count' },
        { Name: 'Milliseconds', Unit: 'Milliseconds' },
      ];
      const Dimensions = [['Status'], ['Status', 'Cause']];
      const CloudWatchMetrics = [{ Namespace: 'netdx', Dimensions, Metrics }];
      write(
        JSON.stringify({
          _aws: { Timestamp: now(), CloudWatchMetrics },
          Status: status,
          Cause: cause ?? 'none',
          Answers: 1,
          Milliseconds: milliseconds,
        }),
      );
    },
  };
}

function toStandardOutput(text: string): void {
  process.stdout.write(`${text}\n`);
}
