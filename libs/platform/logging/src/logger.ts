import { isDomainError } from '@serendip/shared-errors';
import { pino, stdSerializers, type DestinationStream, type Logger as PinoLogger } from 'pino';

/** pino's logger: `logger.info({ rpc, tookMs }, 'sentence')`. Facts go into fields, never people's data. */
export type Logger = PinoLogger;

const serializeError = (error: unknown): unknown =>
  isDomainError(error)
    ? { ...stdSerializers.err(error), type: 'DomainError', code: error.code, reason: error.reason, metadata: error.metadata }
    : stdSerializers.err(error as Error);

/**
 * A logger of one service that writes JSON lines to standard output with the keys `time` (epoch ms), `level` (a word), `service`,
 * `msg`, and `err` for a failure. `level` is trace, debug, info (default), warn, error, fatal or silent.
 */
export function createLogger(service: string, level = 'info', destination?: DestinationStream): Logger {
  return pino({
    level,
    base: { service },
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: serializeError, error: serializeError },
    redact: { paths: ['key', 'secret', 'password', 'authorization', '*.secret', '*.password', '*.authorization'], censor: '[redacted]' },
  }, destination ?? pino.destination({ fd: 1, sync: true }));
}
