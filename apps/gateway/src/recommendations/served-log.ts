import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Logger } from '@serendip/platform-logging';
import { Clients } from '../clients.js';
import type { EventMessage } from '../events/event.mapper.js';
import { Metrics } from '../metrics.js';

interface Waiting {
  readonly event: EventMessage;
  readonly traceId: string | undefined;
}

const MOST_WAITING = 2000;
/** What is sent together is appended, noticed and read together: for few slates a second that costs more than the slates. */
const FLUSH_MS = 500;
const MOST_AT_ONCE = 100;

/** Sends served slates to the log after the answer; what can't be sent in time is dropped and counted, never waited for. */
@Injectable()
export class ServedLog implements OnModuleInit, OnApplicationShutdown {
  private waiting: Waiting[] = [];
  private timer: NodeJS.Timeout | undefined;
  private flushing: Promise<void> | undefined;

  constructor(private readonly clients: Clients, private readonly metrics: Metrics, private readonly logger: Logger) {}

  onModuleInit(): void {
    this.timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.flushing;
    await this.flush();
  }

  /** @param traceId of the request that was answered. */
  add(event: EventMessage, traceId?: string): void {
    if (this.waiting.length >= MOST_WAITING) return this.metrics.servedDropped(1);
    this.waiting.push({ event, traceId });
    if (this.waiting.length >= MOST_AT_ONCE) void this.flush();
  }

  /** Resolves when nothing waits any more, or at the first failure. */
  flush(): Promise<void> {
    return (this.flushing ??= this.sendAll().finally(() => { this.flushing = undefined; }));
  }

  private async sendAll(): Promise<void> {
    let sent = true;
    while (sent && this.waiting.length > 0) {
      const batch = this.waiting.splice(0, MOST_AT_ONCE);
      const results = await Promise.all([...Map.groupBy(batch, ({ event }) => event.tenant ?? '')].map(([tenant, slates]) => this.send(tenant, slates)));
      sent = results.every(Boolean);
    }
  }

  private async send(tenant: string, slates: readonly Waiting[]): Promise<boolean> {
    try {
      await this.clients.ingestion.writeEvents({ tenant, events: slates.map(({ event }) => event) }, { traceId: slates[0]?.traceId });
      return true;
    } catch (err) {
      this.metrics.servedDropped(slates.length);
      this.logger.debug({ err, dropped: slates.length }, 'served slates were not logged');
      return false;
    }
  }
}
