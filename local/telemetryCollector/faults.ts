/** Ways in which ingestion goes wrong, by name, and which of them the next request meets. */
import { z } from 'zod';

const common = {
  /** So many requests; all until cleared where absent. */
  count: z.int().min(1).optional(),
  /** Of the requests, from 0 to 1. */
  share: z.number().gt(0).max(1).default(1),
};

const statuses = [400, 401, 402, 403, 404, 408, 413, 429, 439, 500, 502, 503] as const;

export const telemetryFaultSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: z.literal(statuses),
    retryAfterSeconds: z.int().min(0).optional(),
    ...common,
  }),
  /** 206: the first of the items, that share of them, are refused. */
  z.strictObject({
    kind: z.literal('partial'),
    itemStatus: z.int().min(400).max(599).default(500),
    itemShare: z.number().gt(0).max(1).default(0.5),
    ...common,
  }),
  /** Taken, never answered. */
  z.strictObject({ kind: z.literal('hang'), ...common }),
  /** The connection is cut without an answer. */
  z.strictObject({ kind: z.literal('reset'), ...common }),
  z.strictObject({ kind: z.literal('slow'), delayMs: z.int().min(1).max(60_000), ...common }),
]);

export type TelemetryFault = z.output<typeof telemetryFaultSchema>;

interface Rule {
  readonly fault: TelemetryFault;
  leftCount: number;
  owedRatio: number;
}

export type TelemetryFaults = ReturnType<typeof telemetryFaults>;

export function telemetryFaults() {
  let rules: Rule[] = [];
  return {
    add(fault: TelemetryFault): void {
      rules.push({ fault, leftCount: fault.count ?? Number.POSITIVE_INFINITY, owedRatio: 0 });
    },
    clear(): void {
      rules = [];
    },
    list: (): readonly TelemetryFault[] => rules.map(({ fault }) => fault),
    /** @returns the first that meets this request, used up by one. */
    take(): TelemetryFault | undefined {
      const rule = rules.find(isDue);
      if (!rule) return undefined;
      rule.leftCount -= 1;
      rules = rules.filter(({ leftCount }) => leftCount > 0);
      return rule.fault;
    },
  };
}

function isDue(rule: Rule): boolean {
  rule.owedRatio += rule.fault.share;
  if (rule.owedRatio < 1 - 1e-9) return false;
  rule.owedRatio -= 1;
  return true;
}
