import 'reflect-metadata';
import { ConfigWatcher, loadConfig, spareFullCollections } from '@serendip/platform-config';
import { onShutdown } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { openObjectStore } from '@serendip/platform-objects';
import { embeddingConfig } from './embedding.config.js';
import { startEmbedding } from './start-embedding.js';

spareFullCollections();
const config = loadConfig(embeddingConfig);
const logger = createLogger('embedding', config.SERENDIP_LOG_LEVEL);
const objects = openObjectStore(config.SERENDIP_OBJECTS);
const watcher = await ConfigWatcher.start({ controlTarget: config.SERENDIP_CONTROL_TARGET, objects, logger });
const embedding = await startEmbedding({ config, logger, watcher });
onShutdown(async () => {
  await embedding.close();
  await watcher.stop();
}, logger);
