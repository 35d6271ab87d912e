import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigurationRepository, IdempotencyKeys } from '@serendip/control-domain';
import type { Registry } from 'prom-client';
import { ControlController } from './control.controller.js';
import { ControlMetrics } from './control.metrics.js';
import { IdempotencyController } from './idempotency.controller.js';
import { ModelRetention } from './model-retention.js';
import { Snapshots } from './snapshots.service.js';

export interface ControlParts {
  readonly repository: ConfigurationRepository;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly snapshots: Snapshots;
  readonly retention: ModelRetention;
  readonly registry: Registry;
}

/** The composition root: what control is made of. */
@Module({})
export class AppModule {
  static with({ repository, idempotencyKeys, snapshots, retention, registry }: ControlParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [ControlController, IdempotencyController],
      providers: [
        { provide: ConfigurationRepository, useValue: repository },
        { provide: IdempotencyKeys, useValue: idempotencyKeys },
        { provide: Snapshots, useValue: snapshots },
        { provide: ModelRetention, useValue: retention },
        { provide: ControlMetrics, useValue: new ControlMetrics(registry, snapshots) },
      ],
    };
  }
}
