/** Wraps a handler so that each of its invocations is told of, under what the host tells of it. */
import type { InvocationContext } from '@azure/functions';
import { messageOf, redact, safeError } from '../shared/errors.ts';
import type { Invocation } from '../shared/telemetry/invocation.ts';
import { processTelemetry } from './telemetry.ts';

type Handler<Input> = (input: Input, context: InvocationContext) => unknown;

/** @returns the trace of the one thing an invocation is about; `undefined` where it has none. */
type RootOf<Input> = (input: Input, context: InvocationContext) => Promise<string | undefined>;

let isProblemTold = false;

export function traced<Input>(
  trigger: Invocation['trigger'],
  handler: Handler<Input>,
  rootOf?: RootOf<Input>,
): (input: Input, context: InvocationContext) => Promise<unknown> {
  return async (input, context) => {
    const { invocations, problem } = await processTelemetry;
    if (problem !== undefined && !isProblemTold) {
      isProblemTold = true;
      context.error(JSON.stringify({ noTelemetry: problem }));
    }
    const { functionName, invocationId, traceContext } = context;
    const invocation = {
      functionName,
      invocationId,
      trigger,
      hostTraceparent: traceContext?.traceParent ?? '',
      // What keeps it from being known is met again by the handler.
      root: await rootOf?.(input, context).catch(() => undefined),
    };
    maskLog(context);
    try {
      return await invocations.run(invocation, async () => handler(input, context));
    } catch (error) {
      // The host writes message and stack to its own log.
      throw safeError(error);
    }
  };
}

const logMethods = ['trace', 'debug', 'info', 'warn', 'error', 'log'] as const;

/** Here and not in the worker's log hook alone: older hosts have no such hook. */
function maskLog(context: InvocationContext): void {
  for (const method of logMethods) {
    const write = context[method].bind(context);
    context[method] = (...said: unknown[]) => write(...said.map(masked));
  }
}

function masked(said: unknown): unknown {
  return redact(said instanceof Error ? messageOf(said) : String(said));
}
