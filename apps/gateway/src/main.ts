import 'reflect-metadata';
import { ConfigWatcher, loadConfig, spareFullCollections } from '@serendip/platform-config';
import { onShutdown } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore } from '@serendip/platform-objects';
import { createRegistry, startAdminServer } from '@serendip/platform-telemetry';
import { Clients } from './clients.js';
import { createApp } from './create-app.js';
import { gatewayConfig } from './gateway.config.js';
import { Readiness } from './readiness.js';
import { Planner } from './recommendations/planner.js';
import { Recommendations } from './recommendations/recommendations.service.js';
import { warmUp } from './warm-up.js';

spareFullCollections();
const config = loadConfig(gatewayConfig);
const logger = createLogger('gateway', config.SERENDIP_LOG_LEVEL);
const registry = createRegistry('gateway');
const watcher = await ConfigWatcher.start({ controlTarget: config.SERENDIP_CONTROL_TARGET, objects: openObjectStore(config.SERENDIP_OBJECTS), logger });
const app = await createApp({ config, watcher, registry, logger });
const readiness = app.get(Readiness);
const admin = await startAdminServer({
  host: config.SERENDIP_HOST, port: config.SERENDIP_ADMIN_PORT, registry, logger, readiness: () => [{ name: 'gateway', ready: readiness.ready }, ...readiness.report().filter(({ ready }) => ready)],
});
await app.init();
await warmUp(watcher, app.get(Planner), app.get(Recommendations));
await app.listen({ host: config.SERENDIP_HOST, port: config.SERENDIP_PORT });
readiness.ready = true;
logger.info({ url: await app.getUrl() }, 'listening');

onShutdown(async () => {
  readiness.stop();
  await app.close();
  app.get(Clients).close();
  await watcher.stop();
  await admin.close();
}, logger);
