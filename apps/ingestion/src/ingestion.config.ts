import { serviceConfig } from '@serendip/platform-config';
import { z } from 'zod';

export const ingestionConfig = z.object({
  ...serviceConfig,
  SERENDIP_PORT: z.coerce.number().int().min(0).max(65535).default(50051),
  SERENDIP_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(9091),
  SERENDIP_LOG: z.string().default('lmdb:.serendip/demo/log'),
  /** For chaos tests only: `early-ack` acknowledges events before they are in the log, so that killing the service loses them. Other faults are other services'. */
  SERENDIP_FAULT: z.string().optional(),
});
