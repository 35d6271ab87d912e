import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import type { ConfigWatcher } from '@serendip/platform-config';
import { startGrpcService } from '@serendip/platform-grpc';
import type { Logger } from '@serendip/platform-logging';
import { openObjectStore } from '@serendip/platform-objects';
import { RuntimeReport, createRegistry, startAdminServer } from '@serendip/platform-telemetry';
import { BundleItemEncoderLoader, CelExpressionCompiler, ThreadRetrieverLoader } from '@serendip/retrieval-adapters';
import { CandidateRetriever, ItemEncoderSet, RetrieverSet, referenceName } from '@serendip/retrieval-domain';
import { retrieval } from '@serendip/shared-contracts';
import { AppModule } from './app.module.js';
import type { EmbeddingConfig } from './embedding.config.js';
import { EmbeddingMetrics } from './embedding.metrics.js';
import { UnfitEncoders, encoderStates, type EncoderState } from './live-encoders.js';
import { LiveRetrievers } from './live-retrievers.js';
import { Readiness } from './readiness.js';
import { ResultVersion } from './result-version.js';

export interface EmbeddingParts {
  readonly config: EmbeddingConfig;
  readonly logger: Logger;
  readonly watcher: Pick<ConfigWatcher, 'current' | 'onChange'>;
}

/** A running embedding service. */
export interface Embedding {
  readonly port: number;
  readonly adminPort: number;
  close(): Promise<void>;
}

/** Starts the service: it listens at once and is ready when catalogue and retrievers are there and warm. */
export async function startEmbedding({ config, logger, watcher }: EmbeddingParts): Promise<Embedding> {
  const clock = (): number => performance.now();
  const registry = createRegistry('embedding');
  const feed = await CatalogueFeed.start({
    source: { target: config.SERENDIP_FEATURE_STORE_TARGET }, tenants: () => watcher.current.tenants.map(({ id }) => id), directory: config.SERENDIP_DATA_DIR, logger,
  });
  const runtimes = new RuntimeReport(registry, logger);
  const loader = new ThreadRetrieverLoader(config.SERENDIP_OBJECTS, {
    choice: config.SERENDIP_RETRIEVAL_DEVICE,
    onFallback: (retriever, fallback) => runtimes.fellBack(retriever, fallback),
    onFailure: (retriever, error) => {
      metrics.searchFailed(retriever);
      logger.warn({ retriever, err: error }, 'A card did not answer searches; the processor does.');
    },
  });
  const encoders = new ItemEncoderSet({
    loader: new BundleItemEncoderLoader(openObjectStore(config.SERENDIP_OBJECTS)), clock,
    onLoad: (reference, { tookMs, error }) => {
      const facts = { tenant: reference.tenant, encoder: referenceName(reference), tookMs: Math.round(tookMs) };
      if (error === undefined) logger.info(facts, 'Item encoder loaded.');
      else logger.error({ ...facts, err: error }, 'This item encoder can not be used; what a retriever does not know has the mean of its category.');
    },
    onChange: () => live.refresh(),
  });
  const retrievers = new RetrieverSet({
    loader, catalogues: feed, clock, encoders,
    onEncode: (encoding) => {
      metrics.encoded(encoding);
      if (encoding.error !== undefined) logger.warn({ encoder: encoding.encoder, items: encoding.items, err: encoding.error }, 'An item encoder failed; these items have the mean of their category until it is asked again.');
    },
    onLoad: (reference, { tookMs, error }) => {
      metrics.loaded({ seconds: tookMs / 1000, failed: error !== undefined });
      const facts = { tenant: reference.tenant, retriever: referenceName(reference), tookMs: Math.round(tookMs) };
      if (error === undefined) logger.info(facts, 'Retriever loaded.');
      else logger.error({ ...facts, err: error }, 'This retriever can not be loaded; older versions go on.');
    },
  });
  const states = (): readonly EncoderState[] => encoderStates({ encoders, retrievers }, watcher.current.tenants);
  const metrics = new EmbeddingMetrics(registry, { feed, retrievers, encoders: states, tenants: () => watcher.current.tenants.map(({ id }) => id) });
  const candidates = new CandidateRetriever({ catalogues: feed, retrievers, clock, expressions: new CelExpressionCompiler() });
  const unfit = new UnfitEncoders(logger);
  const live = new LiveRetrievers({ watcher, feed, retrievers, encoders, onUpdate: () => unfit.report(states()) });

  const server = await startGrpcService({
    module: AppModule.with({ candidates, feed, retrievers, metrics, version: new ResultVersion(feed, candidates, watcher), logger }), services: [retrieval.EmbeddingService],
    host: config.SERENDIP_HOST, port: config.SERENDIP_PORT, logger, ready: false,
  });
  const readiness = new Readiness({ feed, retrievers, encoders, candidates, watcher, onReady: () => server.setReady(true), logger });
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
      await loader.close();
      await retrievers.close();
      await encoders.close();
      await feed.stop();
    },
  };
}
