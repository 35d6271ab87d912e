import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigWatcher } from '@serendip/platform-config';
import type { Logger } from '@serendip/platform-logging';
import { StoredFallbackList } from '@serendip/serving-adapters';

const EVERY_MS = 10_000;
/** Soon after the start, when there is no list yet. */
const FIRST_MS = 500;

/** Keeps the fallback list fresh while there is somebody to ask. */
@Injectable()
export class FallbackRefresh implements OnModuleInit, OnApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;

  constructor(private readonly list: StoredFallbackList, private readonly config: ConfigWatcher, private readonly logger: Logger) {}

  async onModuleInit(): Promise<void> {
    await this.list.load();
    this.plan(FIRST_MS);
  }

  onApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  private plan(delayMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.refresh(), delayMs);
    this.timer.unref();
  }

  private async refresh(): Promise<void> {
    const tenants = this.config.current.tenants.map(({ id }) => id);
    await this.list.refresh(tenants).catch((error: unknown) => this.logger.debug({ err: error }, 'the fallback list was not refreshed'));
    this.plan(tenants.every((tenant) => this.list.items(tenant).length > 0) ? EVERY_MS : FIRST_MS);
  }
}
