import type { Following } from '../../captures/follow.ts';
import { unservedAt } from '../../facts/unserved.ts';
import type { Symptom } from '../symptoms.ts';

/** Connections that a server refused, or took and then never said anything on. */
export function unservedConnections({ points }: Following): readonly Symptom[] {
  return points.flatMap((point) =>
    unservedAt(point).map(
      ({ flow: { server }, outcome, at }): Symptom => ({
        id: 'connection-failed',
        host: point.host,
        target: `${server.host}:${server.port}`,
        outcome,
        server: null,
        at,
      }),
    ),
  );
}
