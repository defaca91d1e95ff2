/** Telemetry that goes nowhere: where no connection string is set, and where nobody listens. */
import type { Telemetry } from './telemetry.ts';
import { rootTraceparent } from './traceparent.ts';

export const silent: Telemetry = {
  count: () => {},
  record: () => {},
  event: () => {},
  availability: () => {},
  span: (_name, traceparent, work) => work({ traceparent, note: () => {}, fail: () => {} }),
  rootOf: (subject) => rootTraceparent(subject, 0),
};
