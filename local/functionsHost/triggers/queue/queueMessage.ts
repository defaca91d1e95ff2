/** A queue message as the function sees it. */
import type { DequeuedMessageItem } from '@azure/storage-queue';
import {
  bodyMetadata,
  int64,
  jsonData,
  type Metadata,
  offsetTime,
  stringData,
} from '../../app/typedData.ts';
import type { Int64Dialect } from '../../options.ts';

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** @returns `undefined` where the text isn't base64 although the host expects it */
export function decodeBody(text: string, encoding: 'base64' | 'none'): string | undefined {
  if (encoding === 'none') return text;
  return base64.test(text) ? Buffer.from(text, 'base64').toString('utf8') : undefined;
}

/** Fields of a JSON body come last: they override the system's, as on the real host. */
export function queueMetadata(
  item: DequeuedMessageItem,
  body: string,
  dialect: Int64Dialect,
): Metadata {
  return {
    QueueTrigger: stringData(body),
    DequeueCount: { int: int64(item.dequeueCount, dialect) },
    ExpirationTime: jsonData(offsetTime(item.expiresOn)),
    Id: stringData(item.messageId),
    InsertionTime: jsonData(offsetTime(item.insertedOn)),
    NextVisibleTime: jsonData(offsetTime(item.nextVisibleOn)),
    PopReceipt: stringData(item.popReceipt),
    ...bodyMetadata(body),
  };
}
