import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { AcceptedBatch } from './accept-events.js';
import type { AppendBuffer } from './append-buffer.js';
import type { ImportTurns } from './import-turns.js';

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const sizeBuckets = [1, 5, 10, 50, 100, 500];

/** What ingestion counts. */
export class IngestionMetrics {
  private readonly events: Counter<'outcome' | 'reason'>;
  private readonly append: Histogram;
  private readonly sizes: Histogram;
  private readonly deadLetters: Counter<'outcome'>;

  constructor(registry: Registry, buffer: AppendBuffer, turns: ImportTurns) {
    const registers = [registry];
    this.events = new Counter({ name: 'serendip_events_total', help: 'Events by what became of them.', labelNames: ['outcome', 'reason'], registers });
    this.append = new Histogram({ name: 'serendip_log_append_seconds', help: 'Time until appended events are durable.', registers, buckets: secondsBuckets });
    this.sizes = new Histogram({ name: 'serendip_event_batch_size', help: 'Events of one request.', registers, buckets: sizeBuckets });
    this.deadLetters = new Counter({
      name: 'serendip_dead_letters_total', help: 'Refusals: kept; dropped because too many waited or the store failed; removed because newer ones came or they were too old.', labelNames: ['outcome'], registers,
    });
    const gauge = (name: string, help: string, value: () => number): Gauge => new Gauge({ name, help, registers, collect() { this.set(value()); } });
    gauge('serendip_events_waiting', 'Events that wait for the log.', () => buffer.size.events);
    gauge('serendip_events_waiting_bytes', 'Bytes of the events that wait for the log.', () => buffer.size.bytes);
    gauge('serendip_import_batches_waiting', 'Batches of imports that wait for their turn.', () => turns.waiting);
  }

  /** Counts a batch that is durable. */
  count({ records, results, refused }: AcceptedBatch): void {
    this.sizes.observe(results.length);
    if (records.length > 0) this.events.inc({ outcome: 'accepted', reason: '' }, records.length);
    for (const [reason, group] of Map.groupBy(refused, ({ fault }) => fault.reason)) this.events.inc({ outcome: 'rejected', reason }, group.length);
  }

  countDeadLetters(outcome: 'kept' | 'dropped' | 'removed', count: number): void {
    this.deadLetters.inc({ outcome }, count);
  }

  /** Measures an append that succeeds. */
  async timed<T>(append: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const result = await append();
    this.append.observe((performance.now() - started) / 1000);
    return result;
  }
}
