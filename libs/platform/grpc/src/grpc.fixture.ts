import { Controller, Module, type DynamicModule } from '@nestjs/common';
import { createLogger } from '@serendip/platform-logging';
import { training } from '@serendip/shared-contracts';
import { createGrpcClient } from './grpc-client.js';
import { startGrpcService, type GrpcServer, type GrpcServiceOptions } from './grpc-service.js';
import { Rpc, type Handlers } from './rpc.js';
import { CallContext } from './call-context.js';
import type { GrpcClient, GrpcClientOptions } from './client-types.js';

type Trainer = Handlers<typeof training.TrainerService>;

/** What the trainer of a test does; set by each test. */
export abstract class TrainerBehaviour implements Trainer {
  abstract startTraining: Trainer['startTraining'];
  abstract watchTraining: Trainer['watchTraining'];
}

@Controller()
class TrainerController implements Trainer {
  constructor(private readonly behaviour: TrainerBehaviour) {}

  @Rpc(training.TrainerService, 'startTraining')
  async startTraining(request: training.StartTrainingRequest, context: CallContext) {
    return this.behaviour.startTraining(request, context);
  }

  @Rpc(training.TrainerService, 'watchTraining')
  watchTraining(request: training.WatchTrainingRequest, context: CallContext) {
    return this.behaviour.watchTraining(request, context);
  }
}

@Module({})
class TrainerModule {
  static with(behaviour: Partial<Trainer>): DynamicModule {
    const startTraining: Trainer['startTraining'] = async ({ tenant }) => ({ run: { id: 'r1', tenant } });
    async function* watchTraining(): AsyncGenerator<{ run: { id: string } }> {
      yield { run: { id: 'r1' } };
    }
    const providers = [{ provide: TrainerBehaviour, useValue: { startTraining, watchTraining, ...behaviour } }];
    return { module: TrainerModule, controllers: [TrainerController], providers };
  }
}

export type TrainerClient = GrpcClient<typeof training.TrainerService>;

export interface Fixture {
  readonly server: GrpcServer;
  readonly client: TrainerClient;
  readonly logged: Record<string, unknown>[];
  connect(options?: Partial<GrpcClientOptions>): TrainerClient;
  close(): Promise<void>;
}

/** A trainer on loopback and a client of it. */
export async function startFixture(behaviour: Partial<Trainer> = {}, options: Partial<GrpcServiceOptions> = {}, clientOptions: Partial<GrpcClientOptions> = {}): Promise<Fixture> {
  const logged: Record<string, unknown>[] = [];
  const logger = createLogger('test', 'warn', { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) });
  const server = await startGrpcService({
    module: TrainerModule.with(behaviour), services: [training.TrainerService], host: '127.0.0.1', port: 0, logger, drainMs: 1_000, notReadyMs: 0, ...options,
  });
  const clients: TrainerClient[] = [];
  const connect = (more: Partial<GrpcClientOptions> = {}): TrainerClient => {
    const client = createGrpcClient(training.TrainerService, { target: `127.0.0.1:${server.port}`, timeoutMs: 5_000, ...clientOptions, ...more });
    clients.push(client);
    return client;
  };
  const close = async (): Promise<void> => {
    for (const client of clients) client.close();
    await server.close();
  };
  return { server, client: connect(), logged, connect, close };
}

/** A promise and how to settle it. */
export function signal<T = void>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let resolve!: (value: T) => void;
  const promise = new Promise<T>((done) => (resolve = done));
  return { promise, resolve };
}
