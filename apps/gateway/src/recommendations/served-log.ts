import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Logger } from '@serendip/platform-logging';
import { Clients } from '../clients.js';
import type { EventMessage } from '../events/event.mapper.js';

const MOST_WAITING = 2000;
const FLUSH_MS = 100;
const MOST_AT_ONCE = 100;

/** Sends served slates to the log after the answer; what can't be sent in time is dropped and counted, never waited for. */
@Injectable()
export class ServedLog implements OnModuleInit, OnApplicationShutdown {
  private waiting: EventMessage[] = [];
  private timer: NodeJS.Timeout | undefined;
  private flushing = false;
  dropped = 0;

  constructor(private readonly clients: Clients, private readonly logger: Logger) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flush();
  }

  add(event: EventMessage): void {
    if (this.waiting.length >= MOST_WAITING) this.dropped++;
    else this.waiting.push(event);
  }

  private async flush(): Promise<void> {
    if (this.flushing || this.waiting.length === 0) return;
    this.flushing = true;
    const batch = this.waiting.splice(0, MOST_AT_ONCE);
    try {
      for (const [tenant, events] of Map.groupBy(batch, (event) => event.tenant ?? '')) await this.clients.ingestion.writeEvents({ tenant, events });
    } catch (error) {
      this.dropped += batch.length;
      this.logger.debug({ err: error, dropped: batch.length }, 'served slates were not logged');
    } finally {
      this.flushing = false;
    }
  }
}
