import 'reflect-metadata';
import { CatalogueFeed } from '@serendip/platform-catalogue-feed';
import { ConfigWatcher, loadConfig, spareFullCollections } from '@serendip/platform-config';
import { pricesOf } from '@serendip/platform-config/prices';
import { onShutdown, startGrpcService } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore } from '@serendip/platform-objects';
import { RuntimeReport, createRegistry, startAdminServer } from '@serendip/platform-telemetry';
import { LiveRankers, loadRanker } from '@serendip/ranking-adapters';
import { RecentQueries } from '@serendip/ranking-domain';
import { inference, ranking } from '@serendip/shared-contracts';
import { AppModule } from './app.module.js';
import { InferenceModels } from './inference/inference-models.js';
import { RestInference } from './inference/rest-inference.js';
import { rankersStatus } from './rankers-status.js';
import { rankingConfig } from './ranking.config.js';
import { ResultVersion } from './result-version.js';

spareFullCollections();
const config = loadConfig(rankingConfig);
const logger = createLogger('ranking', config.SERENDIP_LOG_LEVEL);
const registry = createRegistry('ranking');
const objects = openObjectStore(config.SERENDIP_OBJECTS);
const watcher = await ConfigWatcher.start({ controlTarget: config.SERENDIP_CONTROL_TARGET, objects, logger });
const feed = await CatalogueFeed.start({
  source: { target: config.SERENDIP_FEATURE_STORE_TARGET }, tenants: () => watcher.current.tenants.map(({ id }) => id), logger, directory: config.SERENDIP_DATA_DIR,
});
const runtimes = new RuntimeReport(registry, logger);
const recent = new RecentQueries();
const rankers = new LiveRankers({
  load: (tenant, model, reserve) => loadRanker(objects, model, {
    device: config.SERENDIP_RANKER_DEVICE, sessions: config.SERENDIP_RANKER_SESSIONS, maxDelayMs: config.SERENDIP_RANKER_MAX_DELAY_MS, reserve,
    columns: feed.columns(tenant), requests: recent.of(tenant), onFallback: (ranker, fallback) => runtimes.fellBack(ranker, fallback),
  }),
  budgetBytes: config.SERENDIP_RANKER_MEMORY_MIB * 2 ** 20, logger, graceMs: 10_000,
});
await rankers.follow(watcher.current);
watcher.onChange((snapshot) => void rankers.follow(snapshot));

const server = await startGrpcService({
  module: AppModule.with({ rankers, recent, feed, watcher, version: new ResultVersion(feed, watcher), registry, prices: pricesOf(config), logger }),
  services: [ranking.RankingService, inference.GRPCInferenceService], host: config.SERENDIP_HOST, port: config.SERENDIP_PORT, logger,
});
const rest = new RestInference(server.get(InferenceModels), () => feed.status().ready, logger);
const admin = await startAdminServer({
  host: config.SERENDIP_HOST, port: config.SERENDIP_ADMIN_PORT, registry, logger,
  readiness: () => [feed.status(), rankersStatus(rankers)],
  // The Open Inference Protocol.
  handle: (request, response) => rest.handle(request, response),
  acceptHttp2: (socket) => server.accept(socket),
});
onShutdown(async () => {
  await server.close();
  await admin.close();
  await feed.stop();
  // No version is loaded any more once nobody hears of any.
  await watcher.stop();
  await rankers.close();
}, logger);
