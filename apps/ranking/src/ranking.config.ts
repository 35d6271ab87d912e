import { serviceConfig } from '@serendip/platform-config';
import { priceConfig } from '@serendip/platform-config/prices';
import { DEVICE_CHOICES } from '@serendip/platform-runtimes';
import { z } from 'zod';

export const rankingConfig = z.object({
  ...serviceConfig,
  ...priceConfig,
  SERENDIP_PORT: z.coerce.number().int().min(0).max(65535).default(50054),
  SERENDIP_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(9094),
  SERENDIP_FEATURE_STORE_TARGET: z.string().default('127.0.0.1:50052'),
  /** Where models run; `auto` is where each of them is quickest. */
  SERENDIP_RANKER_DEVICE: z.enum(DEVICE_CHOICES).default('auto'),
  /** Runs of every version that go on at the same time on the processor. One has no thread of its own and costs least; more have one each. */
  SERENDIP_RANKER_SESSIONS: z.coerce.number().int().min(1).max(64).default(1),
  /** What the files of all loaded versions may take together; a version beyond that is refused. */
  SERENDIP_RANKER_MEMORY_MIB: z.coerce.number().int().min(1).default(2048),
  /** How long a request may wait for others to share a run with, though a session is free: worth something on a card. */
  SERENDIP_RANKER_MAX_DELAY_MS: z.coerce.number().min(0).max(100).default(0),
});
