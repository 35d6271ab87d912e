import type { LoggerService } from '@nestjs/common';
import type { Logger } from '@serendip/platform-logging';

/** Nest's own messages in our logs: its progress is for debugging, its warnings and errors stay what they are. */
export class NestLogger implements LoggerService {
  constructor(private readonly logger: Logger) {}

  log(message: unknown): void {
    this.logger.debug(String(message));
  }

  debug(message: unknown): void {
    this.logger.debug(String(message));
  }

  verbose(message: unknown): void {
    this.logger.trace(String(message));
  }

  warn(message: unknown): void {
    this.logger.warn(String(message));
  }

  error(message: unknown, stack?: unknown): void {
    this.logger.error({ err: message instanceof Error ? message : undefined, stack }, String(message));
  }

  fatal(message: unknown, stack?: unknown): void {
    this.logger.fatal({ err: message instanceof Error ? message : undefined, stack }, String(message));
  }
}
