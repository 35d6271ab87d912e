import { serviceConfig } from '@serendip/platform-config';
import { z } from 'zod';

export const featureStoreConfig = z.object({
  ...serviceConfig,
  SERENDIP_PORT: z.coerce.number().int().min(0).max(65535).default(50052),
  SERENDIP_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(9092),
  SERENDIP_INGESTION_TARGET: z.string().default('127.0.0.1:50051'),
  SERENDIP_LOG: z.string().default('lmdb:.serendip/demo/log'),
  /** host:port at which other replicas reach this one, where the state is shared. */
  SERENDIP_ADVERTISED_ADDRESS: z.string().optional(),
  SERENDIP_STATE: z.string().default('lmdb:.serendip/demo/state'),
  /** Milliseconds between two looks at which items' statistics have changed. */
  SERENDIP_STATISTICS_EVERY_MS: z.coerce.number().int().min(1).max(60_000).default(1000),
  /** For chaos tests only: `no-dedupe` applies repeats again, `cursor-apart` commits a batch's cursor before the batch. */
  SERENDIP_FAULT: z.string().optional(),
});
