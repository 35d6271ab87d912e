import { serviceConfig } from '@serendip/platform-config';
import { z } from 'zod';

export const embeddingConfig = z.object({
  ...serviceConfig,
  SERENDIP_PORT: z.coerce.number().int().min(0).max(65535).default(50053),
  SERENDIP_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(9093),
  SERENDIP_FEATURE_STORE_TARGET: z.string().default('127.0.0.1:50052'),
});

export type EmbeddingConfig = z.infer<typeof embeddingConfig>;
