/** What lies on the host's internal queue between the webhook and the function. */
import { z } from 'zod';

const blobMessageSchema = z.object({
  Type: z.string().optional(),
  /** `null` where the caller named none: no host survives that. */
  FunctionId: z.string().nullish(),
  BlobType: z.string(),
  ContainerName: z.string(),
  BlobName: z.string(),
  ETag: z.string().nullish(),
});

export type BlobMessage = z.output<typeof blobMessageSchema>;

export const functionIdOf = (name: string) => `Host.Functions.${name}`;

export function encodeBlobMessage(message: Omit<BlobMessage, 'Type'>): string {
  return Buffer.from(JSON.stringify({ Type: 'BlobTrigger', ...message })).toString('base64');
}

/** @throws Error where it is none. */
export function decodeBlobMessage(text: string): BlobMessage {
  return blobMessageSchema.parse(JSON.parse(Buffer.from(text, 'base64').toString('utf8')));
}
