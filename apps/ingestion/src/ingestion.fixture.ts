import { InMemoryDeadLetterStore, type InMemoryEventLog } from '@serendip/events-domain/testing';
import { createGrpcClient, startGrpcService, type GrpcClient, type GrpcServer } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { events, fromBinary, type MessageInitShape } from '@serendip/shared-contracts';
import { PARTITIONS } from '@serendip/shared-identity';
import { Registry } from 'prom-client';
import { AppModule } from './app.module.js';
import { AppendBuffer, type AppendBounds } from './append-buffer.js';

/** The service on loopback over a log in memory. */
export class Fixture {
  private constructor(
    readonly log: InMemoryEventLog, readonly client: GrpcClient<typeof events.IngestionService>, readonly registry: Registry, readonly buffer: AppendBuffer,
    readonly deadLetters: InMemoryDeadLetterStore, private readonly server: GrpcServer,
  ) {}

  static async start(log: InMemoryEventLog, bounds?: AppendBounds): Promise<Fixture> {
    const registry = new Registry();
    const buffer = new AppendBuffer(bounds);
    const deadLetters = new InMemoryDeadLetterStore();
    const logger = createLogger('ingestion', 'silent');
    const module = AppModule.with({ log, ledger: log.imports, deadLetters, buffer, registry, logger });
    const server = await startGrpcService({ module, services: [events.IngestionService], host: '127.0.0.1', port: 0, logger, notReadyMs: 0, drainMs: 0 });
    const client = createGrpcClient(events.IngestionService, { target: `127.0.0.1:${server.port}`, timeoutMs: 5_000, breaker: false });
    return new Fixture(log, client, registry, buffer, deadLetters, server);
  }

  /** Everything in the log, partition by partition. */
  async stored(): Promise<readonly events.Event[]> {
    const partitions = await Promise.all(Array.from({ length: PARTITIONS }, (_, partition) => this.log.read(partition, 0, 1_000_000)));
    return partitions.flat().map(({ bytes }) => fromBinary(events.EventSchema, bytes));
  }

  async close(): Promise<void> {
    this.client.close();
    await this.server.close();
  }
}

/** A view by a user, with what is given. */
export function view(more: MessageInitShape<typeof events.EventSchema> = {}): MessageInitShape<typeof events.EventSchema> {
  return { type: 'view', userId: 'u1', items: [{ itemId: 'i1' }], ...more };
}
