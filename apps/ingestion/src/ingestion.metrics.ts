import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { AppendBuffer } from './append-buffer.js';

/** What ingestion counts. */
export class IngestionMetrics {
  private readonly events: Counter<'outcome' | 'reason'>;
  private readonly append: Histogram;
  private readonly sizes: Histogram;

  constructor(registry: Registry, buffer: AppendBuffer) {
    const registers = [registry];
    this.events = new Counter({ name: 'serendip_events_total', help: 'Events by what became of them.', labelNames: ['outcome', 'reason'], registers });
    this.append = new Histogram({ name: 'serendip_log_append_seconds', help: 'Time until appended events are durable.', registers, buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1] });
    this.sizes = new Histogram({ name: 'serendip_event_batch_size', help: 'Events of one request.', registers, buckets: [1, 5, 10, 50, 100, 500] });
    new Gauge({ name: 'serendip_events_waiting', help: 'Events that wait for the log.', registers, collect() { this.set(buffer.events); } });
  }

  batch(results: readonly { readonly reason?: string | undefined }[], seconds: number): void {
    this.sizes.observe(results.length);
    this.append.observe(seconds);
    for (const { reason } of results) this.events.inc({ outcome: reason ? 'rejected' : 'accepted', reason: reason ?? '' });
  }
}
