/** What has been asked and answered so far, control calls left out. */
import type { Reply } from '../http/reply.ts';

export interface EndpointStats {
  /** Prediction calls that arrived, answered or not. */
  readonly calls: number;
  /** Calls answered 200, faulty answers included. */
  readonly answered: number;
  /** Calls answered 429, by the quota or by a fault. */
  readonly throttled: number;
  /** Calls that met a fault. */
  readonly faulted: number;
  /** Calls under way now, and the most there were at once. */
  readonly inFlight: number;
  readonly maxInFlight: number;
  /** Count per HTTP status; `hang`, `reset` and the like for calls that got none. */
  readonly byStatus: Readonly<Record<string, number>>;
}

export interface StatsKeeper {
  arrived(): void;
  left(reply: Reply, isFaulted: boolean): void;
  readonly snapshot: () => EndpointStats;
}

export function statsKeeper(): StatsKeeper {
  const byStatus: Record<string, number> = {};
  let calls = 0;
  let faulted = 0;
  let inFlight = 0;
  let maxInFlight = 0;
  return {
    arrived() {
      calls += 1;
      inFlight += 1;
      maxInFlight = Math.max(maxInFlight, inFlight);
    },
    left(reply, isFaulted) {
      inFlight -= 1;
      if (isFaulted) faulted += 1;
      const status = reply.kind === 'answer' ? String(reply.httpStatus) : reply.kind;
      byStatus[status] = (byStatus[status] ?? 0) + 1;
    },
    snapshot() {
      const answered = byStatus['200'] ?? 0;
      const throttled = byStatus['429'] ?? 0;
      return {
        calls,
        answered,
        throttled,
        faulted,
        inFlight,
        maxInFlight,
        byStatus: { ...byStatus },
      };
    },
  };
}
