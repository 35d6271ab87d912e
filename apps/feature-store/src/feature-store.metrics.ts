import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { BatchFacts } from './partition-runner.js';

/** What the feature store counts. */
export class FeatureStoreMetrics {
  private readonly events: Counter<'outcome'>;
  private readonly latency: Histogram;
  private readonly commits: Histogram;
  private readonly sizes: Histogram;
  private readonly outgoing: Counter<'outcome'>;
  private readonly poisonDropped: Counter;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.events = new Counter({ name: 'serendip_state_events_total', help: 'Events read from the log by what became of them.', labelNames: ['outcome'], registers });
    this.latency = new Histogram({ name: 'serendip_state_batch_seconds', help: 'Time to apply one batch.', registers, buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1] });
    this.commits = new Histogram({ name: 'serendip_state_commit_seconds', help: 'Time to write what waited of some partitions.', registers, buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1] });
    this.sizes = new Histogram({ name: 'serendip_state_batch_records', help: 'Records of one batch.', registers, buckets: [1, 10, 50, 100, 500, 1000, 2000] });
    this.outgoing = new Counter({ name: 'serendip_state_forwarded_total', help: 'Events for other partitions: sent to the log, or known to be there.', labelNames: ['outcome'], registers });
    this.poisonDropped = new Counter({ name: 'serendip_dead_letters_dropped_total', help: 'Records that were passed over and could not be reported as dead letters.', registers });
  }

  deadLetterDropped(count: number): void {
    this.poisonDropped.inc(count);
  }

  forwarded({ sent, known }: { readonly sent: number; readonly known: number }): void {
    this.outgoing.inc({ outcome: 'sent' }, sent);
    this.outgoing.inc({ outcome: 'known' }, known);
  }

  batch({ records, poison, applied, duplicates, tookMs }: BatchFacts & { readonly applied: number; readonly duplicates: number }): void {
    this.events.inc({ outcome: 'applied' }, applied);
    this.events.inc({ outcome: 'duplicate' }, duplicates);
    this.events.inc({ outcome: 'poison' }, poison);
    this.latency.observe(tookMs / 1000);
    this.sizes.observe(records);
  }

  /** What waited of some partitions has been written. */
  written(tookMs: number): void {
    this.commits.observe(tookMs / 1000);
  }

  /** Gauges of how far behind each partition is that this process has. */
  watchLag(lags: () => readonly { readonly partition: number; readonly seconds: number; readonly records: number }[]): void {
    const registers = [this.registry];
    const labelNames = ['partition'] as const;
    const setAll = (gauge: Gauge<'partition'>, name: 'seconds' | 'records'): void => {
      gauge.reset();
      for (const lag of lags()) gauge.set({ partition: lag.partition }, lag[name]);
    };
    new Gauge({ name: 'serendip_state_lag_seconds', help: 'Age of the oldest record that is not applied, by partition.', labelNames, registers, collect() { setAll(this, 'seconds'); } });
    new Gauge({ name: 'serendip_state_lag_records', help: 'Records that are not applied, by partition.', labelNames, registers, collect() { setAll(this, 'records'); } });
    new Gauge({ name: 'serendip_state_partitions', help: 'Partitions that this process has.', registers, collect() { this.set(lags().length); } });
  }
}
