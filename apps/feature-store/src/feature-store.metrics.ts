import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

interface BatchFacts {
  readonly records: number;
  readonly poison: number;
  readonly applied: number;
  readonly duplicates: number;
  readonly tookMs: number;
}

/** What the feature store counts. */
export class FeatureStoreMetrics {
  private readonly events: Counter<'outcome'>;
  private readonly latency: Histogram;
  private readonly sizes: Histogram;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.events = new Counter({ name: 'serendip_state_events_total', help: 'Events read from the log by what became of them.', labelNames: ['outcome'], registers });
    this.latency = new Histogram({ name: 'serendip_state_batch_seconds', help: 'Time to apply one batch.', registers, buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1] });
    this.sizes = new Histogram({ name: 'serendip_state_batch_records', help: 'Records of one batch.', registers, buckets: [1, 10, 50, 100, 500, 1000] });
  }

  batch(_partition: number, { records, poison, applied, duplicates, tookMs }: BatchFacts): void {
    this.events.inc({ outcome: 'applied' }, applied);
    this.events.inc({ outcome: 'duplicate' }, duplicates);
    this.events.inc({ outcome: 'poison' }, poison);
    this.latency.observe(tookMs / 1000);
    this.sizes.observe(records);
  }

  /** Gauges of how far behind the worst partition is. */
  watchLag(lagSeconds: () => number): void {
    new Gauge({ name: 'serendip_state_lag_seconds', help: 'Age of the oldest record that is not applied.', registers: [this.registry], collect() { this.set(lagSeconds()); } });
  }
}
