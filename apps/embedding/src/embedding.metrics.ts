import type { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import { referenceName, type RetrievalResult, type RetrieverSet } from '@serendip/retrieval-domain';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export interface MeasuredParts {
  readonly feed: CatalogueFeed;
  readonly retrievers: RetrieverSet;
  readonly tenants: () => readonly string[];
}

const SECONDS = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1];

/** What the embedding service counts. */
export class EmbeddingMetrics {
  private readonly requests: Counter<'outcome'>;
  private readonly latency: Histogram;
  private readonly sourceLatency: Histogram<'source'>;
  private readonly sourceFound: Counter<'source'>;
  private readonly sourceErrors: Counter<'source' | 'reason'>;
  private readonly unasked: Counter;
  private readonly loads: Histogram<'outcome'>;

  constructor(registry: Registry, private readonly parts: MeasuredParts) {
    const registers = [registry];
    this.requests = new Counter({ name: 'serendip_retrieval_requests_total', help: 'Requests for candidates, by `ok` or the code of their failure.', labelNames: ['outcome'], registers });
    this.latency = new Histogram({ name: 'serendip_retrieval_seconds', help: 'Time to answer one request.', buckets: SECONDS, registers });
    this.sourceLatency = new Histogram({ name: 'serendip_retrieval_source_seconds', help: 'Time one source took.', labelNames: ['source'], buckets: SECONDS, registers });
    this.sourceFound = new Counter({ name: 'serendip_retrieval_source_found_total', help: 'Candidates found by a source.', labelNames: ['source'], registers });
    this.sourceErrors = new Counter({ name: 'serendip_retrieval_source_errors_total', help: 'Requests that a source was left out of.', labelNames: ['source', 'reason'], registers });
    this.unasked = new Counter({ name: 'serendip_retrieval_unasked_total', help: 'Items left out of answers because asking filter expressions about them would have taken too long.', registers });
    this.loads = new Histogram({ name: 'serendip_retriever_load_seconds', help: 'Time to load a retriever version.', labelNames: ['outcome'], buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30], registers });
    this.observe(registers);
  }

  answered({ sources, drops }: RetrievalResult, seconds: number): void {
    this.requests.inc({ outcome: 'ok' });
    this.latency.observe(seconds);
    for (const { filter, dropped } of drops) if (filter === 'unasked') this.unasked.inc(dropped);
    for (const { name, found, tookUs, error } of sources) {
      const source = error === 'SOURCE_UNKNOWN' ? 'unknown' : name;
      this.sourceLatency.observe({ source }, tookUs / 1e6);
      this.sourceFound.inc({ source }, found);
      if (error !== '') this.sourceErrors.inc({ source, reason: error });
    }
  }

  failed(outcome: string): void {
    this.requests.inc({ outcome });
  }

  loaded({ seconds, failed }: { readonly seconds: number; readonly failed: boolean }): void {
    this.loads.observe({ outcome: failed ? 'failed' : 'ok' }, seconds);
  }

  /** Items of all tenants, deleted ones included. */
  items(): number {
    return this.parts.tenants().reduce((sum, tenant) => sum + this.parts.feed.columns(tenant).size, 0);
  }

  private observe(registers: Registry[]): void {
    const { feed, retrievers, tenants } = this.parts;
    new Gauge({
      name: 'serendip_catalogue_items', help: 'Items known, deleted ones included.', labelNames: ['tenant'], registers,
      collect() {
        this.reset();
        for (const tenant of tenants()) this.set({ tenant }, feed.columns(tenant).size);
      },
    });
    new Gauge({
      name: 'serendip_retriever_items', help: 'Items of each loaded retriever version.', labelNames: ['tenant', 'retriever'], registers,
      collect() {
        this.reset();
        for (const { reference, items } of retrievers.list()) this.set({ tenant: reference.tenant, retriever: referenceName(reference) }, items);
      },
    });
    new Gauge({
      name: 'serendip_retriever_bytes', help: 'Memory of each loaded retriever version.', labelNames: ['tenant', 'retriever'], registers,
      collect() {
        this.reset();
        for (const { reference, bytes } of retrievers.list()) this.set({ tenant: reference.tenant, retriever: referenceName(reference) }, bytes);
      },
    });
    new Gauge({ name: 'serendip_retrievers_failed', help: 'Wanted versions that can not be loaded.', registers, collect() { this.set(retrievers.failures().length); } });
  }
}
