import type { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import { referenceName, type Encoding, type RetrievalResult, type RetrieverSet } from '@serendip/retrieval-domain';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { EncoderState } from './live-encoders.js';

export interface MeasuredParts {
  readonly feed: CatalogueFeed;
  readonly retrievers: RetrieverSet;
  readonly encoders: () => readonly EncoderState[];
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
  private readonly searchFailures: Counter<'retriever'>;
  private readonly encodings: Counter<'encoder' | 'outcome'>;
  private readonly encodingSeconds: Histogram;

  constructor(registry: Registry, private readonly parts: MeasuredParts) {
    const registers = [registry];
    this.requests = new Counter({ name: 'serendip_retrieval_requests_total', help: 'Requests for candidates, by `ok` or the code of their failure.', labelNames: ['outcome'], registers });
    this.latency = new Histogram({ name: 'serendip_retrieval_seconds', help: 'Time to answer one request.', buckets: SECONDS, registers });
    this.sourceLatency = new Histogram({ name: 'serendip_retrieval_source_seconds', help: 'Time one source took.', labelNames: ['source'], buckets: SECONDS, registers });
    this.sourceFound = new Counter({ name: 'serendip_retrieval_source_found_total', help: 'Candidates found by a source.', labelNames: ['source'], registers });
    this.sourceErrors = new Counter({ name: 'serendip_retrieval_source_errors_total', help: 'Requests that a source was left out of.', labelNames: ['source', 'reason'], registers });
    this.unasked = new Counter({ name: 'serendip_retrieval_unasked_total', help: 'Items left out of answers because asking filter expressions about them would have taken too long.', registers });
    this.loads = new Histogram({ name: 'serendip_retriever_load_seconds', help: 'Time to load a retriever version.', labelNames: ['outcome'], buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 30], registers });
    this.searchFailures = new Counter({ name: 'serendip_retriever_search_failures_total', help: 'Runs of searches that a card did not answer, and the processor did.', labelNames: ['retriever'], registers });
    this.encodings = new Counter({ name: 'serendip_item_encoder_items_total', help: 'Items that an encoder was asked for a vector of; where that failed they have the mean of their category.', labelNames: ['encoder', 'outcome'], registers });
    this.encodingSeconds = new Histogram({ name: 'serendip_item_encoder_seconds', help: 'Time to encode at most 32 items.', buckets: [0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5], registers });
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

  searchFailed(retriever: string): void {
    this.searchFailures.inc({ retriever });
  }

  encoded({ encoder, items, failed, tookMs }: Encoding): void {
    this.encodings.inc({ encoder, outcome: 'ok' }, items - failed);
    this.encodings.inc({ encoder, outcome: 'failed' }, failed);
    this.encodingSeconds.observe(tookMs / 1000);
  }

  /** Items of all tenants, deleted ones included. */
  items(): number {
    return this.parts.tenants().reduce((sum, tenant) => sum + this.parts.feed.columns(tenant).size, 0);
  }

  private observe(registers: Registry[]): void {
    const { feed, retrievers, encoders, tenants } = this.parts;
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
    new Gauge({
      name: 'serendip_retriever_runtime', help: 'Always 1: what searches each version, and where.', labelNames: ['tenant', 'retriever', 'runtime', 'device'], registers,
      collect() {
        this.reset();
        for (const { reference, runtime, device } of retrievers.list()) this.set({ tenant: reference.tenant, retriever: referenceName(reference), runtime, device }, 1);
      },
    });
    new Gauge({
      name: 'serendip_retriever_new_items', help: 'Items of the catalogue that each loaded retriever version does not know, by where their vectors come from: an encoder, or the mean of their category.',
      labelNames: ['tenant', 'retriever', 'vector'], registers,
      collect() {
        this.reset();
        for (const { reference, newItems: { count, encoded } } of retrievers.list()) {
          const labels = { tenant: reference.tenant, retriever: referenceName(reference) };
          this.set({ ...labels, vector: 'encoder' }, encoded);
          this.set({ ...labels, vector: 'mean' }, count - encoded);
        }
      },
    });
    new Gauge({
      name: 'serendip_item_encoders', help: 'Always 1: item encoders that are used, for no retriever version that serves (unfit), or can not be used (broken).', labelNames: ['tenant', 'encoder', 'state'], registers,
      collect() {
        this.reset();
        for (const { tenant, encoder, state } of encoders()) this.set({ tenant, encoder, state }, 1);
      },
    });
    new Gauge({ name: 'serendip_retrievers_failed', help: 'Wanted versions that can not be loaded.', registers, collect() { this.set(retrievers.failures().length); } });
  }
}
