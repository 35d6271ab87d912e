import { serviceConfig } from '@serendip/platform-config';
import { z } from 'zod';

export const rankingConfig = z.object({
  ...serviceConfig,
  SERENDIP_PORT: z.coerce.number().int().min(0).max(65535).default(50054),
  SERENDIP_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(9094),
  SERENDIP_FEATURE_STORE_TARGET: z.string().default('127.0.0.1:50052'),
  /** Sessions of one thread each for every version: runs that go on at the same time. */
  SERENDIP_RANKER_SESSIONS: z.coerce.number().int().min(1).max(64).default(2),
});
