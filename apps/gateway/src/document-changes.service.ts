import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigWatcher } from '@serendip/platform-config';
import type { Logger } from '@serendip/platform-logging';
import { CachedDocumentReader } from '@serendip/serving-adapters';

const RETRY_MS = 250;

/** Keeps the gateway's documents current: one stream of changes for each tenant, begun again whenever it ends. */
@Injectable()
export class DocumentChanges implements OnModuleInit, OnApplicationShutdown {
  private readonly followed = new Map<string, AbortController>();
  private stopWatching: () => void = () => undefined;

  constructor(private readonly documents: CachedDocumentReader, private readonly config: ConfigWatcher, private readonly logger: Logger) {}

  onModuleInit(): void {
    this.followAll();
    this.stopWatching = this.config.onChange(() => this.followAll());
  }

  onApplicationShutdown(): void {
    this.stopWatching();
    for (const controller of this.followed.values()) controller.abort();
  }

  private followAll(): void {
    for (const { id } of this.config.current.tenants) {
      if (this.followed.has(id)) continue;
      const controller = new AbortController();
      this.followed.set(id, controller);
      void this.follow(id, controller.signal);
    }
  }

  private async follow(tenant: string, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.documents.follow(tenant, signal).catch((error: unknown) => this.logger.debug({ err: error, tenant }, 'Changes of documents are not followed now.'));
      await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
