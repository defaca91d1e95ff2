/** What the processes around a measured app are told. */
import { z } from 'zod';

export const certificateSchema = z.object({
  cert: z.string(),
  key: z.string(),
  authorityPem: z.string(),
});

export const orderSchema = z.object({ certificate: certificateSchema.optional() });
