/** What the host leaves in its poison queue of an upload event that it gave up on; the part we need. */
import * as z from 'zod';

/** Source: azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.Storage.Blobs, read 2026-11-25. */
export const poisonedUploadSchema = z.object({
  ContainerName: z.string(),
  BlobName: z.string(),
  ETag: z.string().optional(),
});
