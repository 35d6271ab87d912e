import { join } from 'node:path';
import { DURABILITIES } from '@serendip/events-domain';
import { serviceConfig } from '@serendip/platform-config';
import { z } from 'zod';

export const ingestionConfig = z.object({
  ...serviceConfig,
  SERENDIP_PORT: z.coerce.number().int().min(0).max(65535).default(50051),
  SERENDIP_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(9091),
  SERENDIP_LOG: z.string().default('lmdb:.serendip/demo/log'),
  /** The least that an acknowledged event must be; a log that gives less is refused at the start. */
  SERENDIP_DURABILITY: z.enum(DURABILITIES).default('process'),
  /** Where dead letters are kept, `lmdb:PATH`; by default in a folder of the log's, or of SERENDIP_DATA_DIR where the log is no folder. */
  SERENDIP_DEAD_LETTERS: z.string().regex(/^lmdb:./, 'Say lmdb:PATH.').optional(),
  /** For chaos tests only: `early-ack` acknowledges events before they are in the log, so that killing the service loses them. Other faults are other services'. */
  SERENDIP_FAULT: z.string().optional(),
});

/** The folder of the dead letters. */
export function deadLettersPath({ SERENDIP_DEAD_LETTERS, SERENDIP_LOG, SERENDIP_DATA_DIR }: z.infer<typeof ingestionConfig>): string {
  const own = SERENDIP_DEAD_LETTERS?.slice('lmdb:'.length);
  return own ?? join(SERENDIP_LOG.startsWith('lmdb:') ? SERENDIP_LOG.slice('lmdb:'.length) : SERENDIP_DATA_DIR, 'dead-letters');
}
