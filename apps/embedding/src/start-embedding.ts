import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import type { ConfigWatcher } from '@serendip/platform-config';
import { startGrpcService } from '@serendip/platform-grpc';
import type { Logger } from '@serendip/platform-logging';
import type { ObjectStore } from '@serendip/platform-objects';
import { createRegistry, startAdminServer } from '@serendip/platform-telemetry';
import { BundleRetrieverLoader, CelExpressionCompiler } from '@serendip/retrieval-adapters';
import { CandidateRetriever, RetrieverSet, referenceName } from '@serendip/retrieval-domain';
import { retrieval } from '@serendip/shared-contracts';
import { AppModule } from './app.module.js';
import type { EmbeddingConfig } from './embedding.config.js';
import { EmbeddingMetrics } from './embedding.metrics.js';
import { LiveRetrievers } from './live-retrievers.js';
import { Readiness } from './readiness.js';
import { ResultVersion } from './result-version.js';

export interface EmbeddingParts {
  readonly config: EmbeddingConfig;
  readonly logger: Logger;
  readonly objects: ObjectStore;
  readonly watcher: Pick<ConfigWatcher, 'current' | 'onChange'>;
}

/** A running embedding service. */
export interface Embedding {
  readonly port: number;
  readonly adminPort: number;
  close(): Promise<void>;
}

/** Starts the service: it listens at once and is ready when catalogue and retrievers are there and warm. */
export async function startEmbedding({ config, logger, objects, watcher }: EmbeddingParts): Promise<Embedding> {
  const clock = (): number => performance.now();
  const registry = createRegistry('embedding');
  const feed = await CatalogueFeed.start({
    source: { target: config.SERENDIP_FEATURE_STORE_TARGET }, tenants: () => watcher.current.tenants.map(({ id }) => id), directory: config.SERENDIP_DATA_DIR, logger,
  });
  const retrievers = new RetrieverSet({
    loader: new BundleRetrieverLoader(objects), catalogues: feed, clock,
    onLoad: (reference, { tookMs, error }) => {
      metrics.loaded({ seconds: tookMs / 1000, failed: error !== undefined });
      const facts = { tenant: reference.tenant, retriever: referenceName(reference), tookMs: Math.round(tookMs) };
      if (error === undefined) logger.info(facts, 'Retriever loaded.');
      else logger.error({ ...facts, err: error }, 'This retriever can not be loaded; older versions go on.');
    },
  });
  const metrics = new EmbeddingMetrics(registry, { feed, retrievers, tenants: () => watcher.current.tenants.map(({ id }) => id) });
  const candidates = new CandidateRetriever({ catalogues: feed, retrievers, clock, expressions: new CelExpressionCompiler() });
  const live = new LiveRetrievers({ watcher, feed, retrievers });

  const server = await startGrpcService({
    module: AppModule.with({ candidates, feed, retrievers, metrics, version: new ResultVersion(feed, candidates, watcher), logger }), services: [retrieval.EmbeddingService],
    host: config.SERENDIP_HOST, port: config.SERENDIP_PORT, logger, ready: false,
  });
  const readiness = new Readiness({ feed, retrievers, candidates, watcher, onReady: () => server.setReady(true), logger });
  const admin = await startAdminServer({ host: config.SERENDIP_HOST, port: config.SERENDIP_ADMIN_PORT, registry, readiness: () => readiness.status(), logger });
  logger.info({ port: server.port }, 'Candidates are answered here.');
  live.start();
  readiness.start();
  return {
    port: server.port,
    adminPort: admin.port,
    close: async () => {
      readiness.stop();
      live.stop();
      await server.close();
      await admin.close();
      await feed.stop();
    },
  };
}
