/**
 * What a set of routes is to the dispatcher. The cloud's Prediction API is one, the exported
 * container's routes another; further ones join in `startPredictionEndpoint.ts`.
 */
import type { Call } from '../../http/call.ts';
import type { Reply } from '../../http/reply.ts';
import type { Identity } from '../identity.ts';

/** One call that a set of routes knows how to answer. */
export interface Route {
  /** As the service names it, such as `ClassifyImageUrlWithNoStore`. */
  readonly operation: string;
  /** Whether it is a prediction: counted, and met by faults. */
  readonly isPrediction: boolean;
  /** Whose answer a fault distorts. */
  readonly identity: Identity;
  answer(): Promise<Reply> | Reply;
  /** Puts on what every answer of this set wears, faulty ones too. */
  dress(reply: Reply): Reply;
}

/** @returns `undefined` for calls of others. */
export type RouteSet = (call: Call) => Route | undefined;
