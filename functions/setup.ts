/** Worker-wide set-up: comes before any function is registered. */
import { app, type LogLevel } from '@azure/functions';
import './blobReference.cts';
import { redact } from '../shared/errors.ts';
import type { LogLine } from '../shared/telemetry/invocation.ts';
import { closeComposition } from './composition.ts';
import { lifetime } from './lifetime.ts';
import { processTelemetry } from './telemetry.ts';

app.setup({
  capabilities: {
    // Keeps empty event bodies and partition keys in their places, so that arrays stay aligned.
    IncludeEmptyEntriesInMessagePayload: true,
    // The host leaves out what the worker tells itself: lines would arrive twice.
    WorkerOpenTelemetryEnabled: true,
  },
});

lifetime.endGracefully(app.hook, {
  close: closeComposition,
  async flush(limitMs) {
    const lostCount = await (await processTelemetry).stop(limitMs);
    if (lostCount > 0) sayLost(lostCount);
  },
});

/** The one line that telemetry can't carry; the word in front is how the host knows its level. */
function sayLost(lostCount: number): void {
  const why = 'they could neither be sent nor kept on disk before the process ended';
  const page = 'docs/runbook.md#telemetry-is-silent';
  process.stderr.write(`Warning: ${lostCount} telemetry records are lost: ${why}; see ${page}\n`);
}

const levels: Readonly<Partial<Record<LogLevel, LogLine['level']>>> = {
  trace: 'debug',
  debug: 'debug',
  information: 'information',
  warning: 'warning',
  error: 'error',
  critical: 'critical',
};

try {
  app.hook.log((line) => {
    if (line.category !== 'user') return;
    // For every reader of the log: the host's own, too.
    line.message = redact(line.message);
    const { level, message, invocationContext } = line;
    const { functionName, invocationId } = invocationContext ?? {};
    const told = { level: levels[level] ?? 'information', message, functionName, invocationId };
    void tell(told);
  });
} catch {
  // Hosts before 4.34 have no such hook: their log goes to Application Insights by itself.
}

async function tell(line: LogLine): Promise<void> {
  (await processTelemetry).invocations.log(line);
}
