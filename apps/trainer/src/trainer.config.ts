import { serviceConfig } from '@serendip/platform-config';
import { priceConfig } from '@serendip/platform-config/prices';
import { z } from 'zod';

export const trainerConfig = z.object({
  ...serviceConfig,
  ...priceConfig,
  SERENDIP_PORT: z.coerce.number().int().min(0).max(65535).default(50056),
  SERENDIP_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(9096),
  SERENDIP_LOG: z.string().default('lmdb:.serendip/demo/log'),
  /** How long the log keeps what is archived, and how much of it at most: what is older, or more, is trimmed. */
  SERENDIP_LOG_RETENTION_HOURS: z.coerce.number().min(0).default(168),
  SERENDIP_LOG_RETENTION_GB: z.coerce.number().min(0).default(5),
  /** Seconds of gradient training of one run that names none. */
  SERENDIP_TRAINING_SECONDS: z.coerce.number().min(1).default(240),
});

export type TrainerConfig = Readonly<z.infer<typeof trainerConfig>>;
