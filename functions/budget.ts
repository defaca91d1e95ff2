/** How long an invocation may go on, well inside the host's `functionTimeout`. */
import type { Budget } from '../shared/pipeline/deps.ts';
import type { Composition } from './compose.ts';
import { lifetime } from './lifetime.ts';

/** Time to write outcomes and park what is left, once the last photo was started. */
const closingMs = 15_000;

export async function withBudget<Result>(
  { settings, deps }: Composition,
  work: (budget: Budget) => Promise<Result>,
): Promise<Result> {
  const { INVOCATION_BUDGET_MS: budgetMs, PREDICTION_TIMEOUT_MS: callMs } = settings;
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), budgetMs + callMs + closingMs);
  try {
    const startUntilMs = deps.clock.nowMs() + budgetMs;
    return await work({ startUntilMs, signal: controller.signal, stopping: lifetime.stopping });
  } finally {
    clearTimeout(timer);
  }
}
