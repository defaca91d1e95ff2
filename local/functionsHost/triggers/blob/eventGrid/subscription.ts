/** Which events a subscription lets through, and how it writes them. */
import { z } from 'zod';
import { type BlobEvent, blobApis, blobEventTypes, eventSchemas, subjectOf } from './blobEvent.ts';

/** The defaults are those of a new subscription to created blobs: without advanced filters. */
export const subscriptionSchema = z.strictObject({
  schema: z.enum(eventSchemas).default('eventGrid'),
  eventTypes: z.array(z.enum(blobEventTypes)).default(['Microsoft.Storage.BlobCreated']),
  /** Advanced filter on `data.api`. */
  apis: z.array(z.enum(blobApis)).optional(),
  /** Advanced filter on `data.contentLength`. */
  contentLengthAbove: z.int().optional(),
  /** Default: that of the container in the function's path. */
  subjectBeginsWith: z.string().optional(),
  subjectEndsWith: z.string().default(''),
});

export type Subscription = z.output<typeof subscriptionSchema>;

/** @param container - of the function's path. */
export function letsThrough(
  subscription: Subscription,
  container: string,
  event: BlobEvent,
): boolean {
  const { eventTypes, apis, contentLengthAbove, subjectEndsWith } = subscription;
  const subject = subjectOf(event);
  const { subjectBeginsWith = `/blobServices/default/containers/${container}/` } = subscription;
  return (
    eventTypes.includes(event.type) &&
    (apis === undefined || apis.includes(event.api)) &&
    (contentLengthAbove === undefined || event.contentLength > contentLengthAbove) &&
    // Event Grid compares subjects without regard to capitals.
    subject.toLowerCase().startsWith(subjectBeginsWith.toLowerCase()) &&
    subject.toLowerCase().endsWith(subjectEndsWith.toLowerCase())
  );
}
