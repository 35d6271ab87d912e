import { serviceConfig } from '@serendip/platform-config';
import { z } from 'zod';

export const controlConfig = z.object({
  ...serviceConfig,
  SERENDIP_PORT: z.coerce.number().int().min(0).max(65535).default(50055),
  SERENDIP_ADMIN_PORT: z.coerce.number().int().min(0).max(65535).default(9095),
  /** postgres://… for a server, embedded:<directory> to start one here. */
  SERENDIP_CONTROL_DATABASE: z.string().regex(/^(postgres(ql)?:\/\/|embedded:.+)/, 'postgres://… or embedded:<directory>').default('embedded:.serendip/demo/postgres'),
});
