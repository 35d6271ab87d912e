import { join } from 'node:path';
import { DURABILITIES } from '@serendip/events-domain';
import { serviceConfig } from '@serendip/platform-config';
import { isRedisUrl } from '@serendip/platform-redis';
import { z } from 'zod';

export const ingestionConfig = z.object({
  ...serviceConfig,
  SERENDIP_PORT: z.coerce.number().int().min(0).max(65535).default(50051),
  SERENDIP_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(9091),
  SERENDIP_LOG: z.string().default('lmdb:.serendip/demo/log'),
  /** The least that an acknowledged event must be; a log that gives less is refused at the start. */
  SERENDIP_DURABILITY: z.enum(DURABILITIES).default('process'),
  /** Where dead letters are kept, `lmdb:PATH` or the URL of a Redis; by default beside the log, or in a folder of SERENDIP_DATA_DIR where the log is in Kafka. */
  SERENDIP_DEAD_LETTERS: z.string().optional(),
  /** For chaos tests only: `early-ack` acknowledges events before they are in the log, so that killing the service loses them. Other faults are other services'. */
  SERENDIP_FAULT: z.string().optional(),
});

/** The URL of the dead letters. */
export function deadLettersUrl({ SERENDIP_DEAD_LETTERS, SERENDIP_LOG, SERENDIP_DATA_DIR }: z.infer<typeof ingestionConfig>): string {
  if (SERENDIP_DEAD_LETTERS !== undefined) return SERENDIP_DEAD_LETTERS;
  if (isRedisUrl(SERENDIP_LOG)) return SERENDIP_LOG;
  return `lmdb:${join(SERENDIP_LOG.startsWith('lmdb:') ? SERENDIP_LOG.slice('lmdb:'.length) : SERENDIP_DATA_DIR, 'dead-letters')}`;
}
