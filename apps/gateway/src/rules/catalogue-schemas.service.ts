import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigWatcher } from '@serendip/platform-config';
import type { CatalogueSchema } from '@serendip/platform-expressions';
import type { Logger } from '@serendip/platform-logging';
import { GrpcCatalogueSchemas } from '@serendip/serving-adapters';

const EVERY_MS = 2000;
const TIMEOUT_MS = 1000;

/** Keeps what attributes each tenant's items have, as long as there is somebody to ask. */
@Injectable()
export class CatalogueSchemas implements OnModuleInit, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly schemas: GrpcCatalogueSchemas, private readonly config: ConfigWatcher, private readonly logger: Logger) {}

  onModuleInit(): void {
    void this.refresh();
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** Undefined while it is not known: then items may have any attribute. */
  of(tenant: string): CatalogueSchema | undefined {
    return this.schemas.of(tenant);
  }

  private async refresh(): Promise<void> {
    await Promise.all(this.config.current.tenants.map(({ id }) => this.schemas.refresh(id, { timeoutMs: TIMEOUT_MS })
      .catch((error: unknown) => this.logger.debug({ err: error, tenant: id }, 'the catalogue was not described'))));
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.refresh(), EVERY_MS);
    this.timer.unref();
  }
}
