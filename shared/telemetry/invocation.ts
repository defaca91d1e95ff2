/** The port to telling of an invocation: its own span, and the lines it logs. */
import type { AttributeValue } from './catalogue/attributes.ts';

export interface Invocation {
  readonly functionName: string;
  readonly invocationId: string;
  readonly trigger: 'blob' | 'eventHub' | 'queue' | 'timer' | 'http';
  /** The host's own span; empty where it has none. */
  readonly hostTraceparent: string;
  /** What it is about, where that is one thing with a trace of its own. */
  readonly root?: string | undefined;
}

export interface LogLine {
  readonly level: AttributeValue<'logLevel'>;
  readonly message: string;
  readonly functionName: string | undefined;
  readonly invocationId: string | undefined;
}

export interface InvocationTelemetry {
  /**
   * Under the host's span where the host keeps that; a request of its own elsewhere.
   *
   * @throws whatever the work throws; the invocation counts as failed then.
   */
  run<Result>(invocation: Invocation, work: () => Promise<Result>): Promise<Result>;
  log(line: LogLine): void;
}

export const silentInvocations: InvocationTelemetry = {
  run: (_invocation, work) => work(),
  log: () => {},
};
