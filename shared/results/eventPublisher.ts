/** The port to event consumers: resolves once the hub holds the event. */
import type { ResultEvent } from './resultEvent.ts';

export interface EventPublisher {
  /** @throws PipelineError `EVENTS_UNAVAILABLE` */
  publish(event: ResultEvent): Promise<void>;
  /** @throws PipelineError `EVENTS_UNAVAILABLE` */
  ping(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
