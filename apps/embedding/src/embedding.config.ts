import { serviceConfig } from '@serendip/platform-config';
import { DEVICE_CHOICES } from '@serendip/platform-runtimes';
import { z } from 'zod';

export const embeddingConfig = z.object({
  ...serviceConfig,
  SERENDIP_PORT: z.coerce.number().int().min(0).max(65535).default(50053),
  SERENDIP_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(9093),
  SERENDIP_FEATURE_STORE_TARGET: z.string().default('127.0.0.1:50052'),
  /** Where retrievers are searched; `auto` is where each of them is searched quickest. */
  SERENDIP_RETRIEVAL_DEVICE: z.enum(DEVICE_CHOICES).default('auto'),
});

export type EmbeddingConfig = z.infer<typeof embeddingConfig>;
