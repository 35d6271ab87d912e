import { DomainError } from '@serendip/shared-errors';
import { z } from 'zod';

/**
 * Reads a configuration from the environment: checked once, frozen. Throws INVALID_ARGUMENT/CONFIG_INVALID that lists every
 * fault. Empty variables count as not set.
 */
export function loadConfig<T extends z.ZodType>(schema: T, env: NodeJS.ProcessEnv = process.env): Readonly<z.infer<T>> {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = schema.safeParse(given);
  if (result.success) return Object.freeze(result.data) as Readonly<z.infer<T>>;
  const faults = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  throw new DomainError('INVALID_ARGUMENT', 'CONFIG_INVALID', `The environment is not a valid configuration. ${faults.join('; ')}.`);
}

const port = z.coerce.number().int().min(0).max(65535);

/** What every service is told; spread into a service's schema. */
export const serviceConfig = {
  SERENDIP_HOST: z.string().default('127.0.0.1'),
  /** Zero for any free port. */
  SERENDIP_PORT: port.default(0),
  SERENDIP_ADMIN_PORT: port.default(0),
  SERENDIP_OBJECTS: z.string().default('file:.serendip/demo/objects'),
  SERENDIP_CONTROL_TARGET: z.string().default('127.0.0.1:50055'),
  SERENDIP_DATA_DIR: z.string().default('.serendip/demo'),
  SERENDIP_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
};
