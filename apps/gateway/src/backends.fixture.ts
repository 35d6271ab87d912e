import { Module, type CallHandler, type DynamicModule, type ExecutionContext, type NestInterceptor, type Type } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { startGrpcService, type CallContext, type GrpcServer } from '@serendip/platform-grpc';
import { createLogger } from '@serendip/platform-logging';
import { control, events, features, ranking, retrieval, training } from '@serendip/shared-contracts';
import { FakeControl } from './fakes/control.fixture.js';
import { FakeEmbedding } from './fakes/embedding.fixture.js';
import { FakeFeatureStore } from './fakes/feature-store.fixture.js';
import { FakeIngestion } from './fakes/ingestion.fixture.js';
import { FakeRanking } from './fakes/ranking.fixture.js';
import { FakeTrainer } from './fakes/trainer.fixture.js';

const services = {
  ingestion: { services: [events.IngestionService], controller: FakeIngestion },
  featureStore: { services: [features.FeatureStoreService, features.PeopleService, features.RebuildService], controller: FakeFeatureStore },
  embedding: { services: [retrieval.EmbeddingService], controller: FakeEmbedding },
  ranking: { services: [ranking.RankingService], controller: FakeRanking },
  control: { services: [control.ControlService], controller: FakeControl },
  trainer: { services: [training.TrainerService, training.DatasetService], controller: FakeTrainer },
} as const;

export type BackendName = keyof typeof services;

/** A call that reached a fake. */
interface TracedCall {
  readonly rpc: string;
  readonly traceId: string;
}

/** Remembers every call. */
class CallRecord implements NestInterceptor {
  readonly calls: TracedCall[] = [];

  intercept(context: ExecutionContext, next: CallHandler) {
    this.calls.push({ rpc: context.getHandler().name, traceId: context.switchToRpc().getContext<CallContext>().traceId });
    return next.handle();
  }
}

@Module({})
class BackendModule {
  static with(controller: Type, record: CallRecord): DynamicModule {
    return { module: BackendModule, controllers: [controller], providers: [{ provide: APP_INTERCEPTOR, useValue: record }] };
  }
}

/** Every service behind the gateway on loopback, each its own server, so that each can go away. */
export class Backends {
  private constructor(private readonly servers: ReadonlyMap<BackendName, GrpcServer>, private readonly record: CallRecord) {}

  static async start(): Promise<Backends> {
    const logger = createLogger('backend', 'silent');
    const record = new CallRecord();
    const started = Object.entries(services).map(async ([name, { services: own, controller }]) => [name as BackendName, await startGrpcService({
      module: BackendModule.with(controller, record), services: [...own], host: '127.0.0.1', port: 0, logger, drainMs: 100, notReadyMs: 0,
    })] as const);
    return new Backends(new Map(await Promise.all(started)), record);
  }

  /** The rpcs that were called with this trace, in order. */
  callsOf(trace: string): string[] {
    return this.record.calls.filter(({ traceId }) => traceId === trace).map(({ rpc }) => rpc);
  }

  target(name: BackendName): string {
    return `127.0.0.1:${this.servers.get(name)!.port}`;
  }

  get<N extends BackendName>(name: N): InstanceType<(typeof services)[N]['controller']> {
    return this.servers.get(name)!.get(services[name].controller) as InstanceType<(typeof services)[N]['controller']>;
  }

  async stop(...names: readonly BackendName[]): Promise<void> {
    await Promise.all((names.length === 0 ? [...this.servers.keys()] : names).map((name) => this.servers.get(name)!.close()));
  }
}
