import 'reflect-metadata';
import { openEventLog } from '@serendip/events-adapters';
import { loadConfig, spareFullCollections } from '@serendip/platform-config';
import { onShutdown, startGrpcService } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { createRegistry, startAdminServer } from '@serendip/platform-telemetry';
import { events } from '@serendip/shared-contracts';
import { AppModule } from './app.module.js';
import { AppendBuffer } from './append-buffer.js';
import { earlyAcknowledging } from './early-acknowledging-log.js';
import { ingestionConfig } from './ingestion.config.js';

spareFullCollections();
const { SERENDIP_HOST: host, ...config } = loadConfig(ingestionConfig);
const logger = createLogger('ingestion', config.SERENDIP_LOG_LEVEL);
const registry = createRegistry('ingestion');
const buffer = new AppendBuffer();
const engine = await openEventLog(config.SERENDIP_LOG, { mode: 'writer' });
const log = config.SERENDIP_FAULT === 'early-ack' ? earlyAcknowledging(engine) : engine;
const module = AppModule.with({ log, ledger: engine.imports, buffer, registry });
const server = await startGrpcService({ module, services: [events.IngestionService], host, port: config.SERENDIP_PORT, logger });
const admin = await startAdminServer({ host, port: config.SERENDIP_ADMIN_PORT, registry, logger, readiness: () => [buffer.status()] });
onShutdown(async () => {
  await server.close();
  await admin.close();
  await engine.close();
}, logger);
