import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigurationRepository } from '@serendip/control-domain';
import type { Registry } from 'prom-client';
import { ControlController } from './control.controller.js';
import { ControlMetrics } from './control.metrics.js';
import { ModelRetention } from './model-retention.js';
import { Snapshots } from './snapshots.service.js';

export interface ControlParts {
  readonly repository: ConfigurationRepository;
  readonly snapshots: Snapshots;
  readonly retention: ModelRetention;
  readonly registry: Registry;
}

/** The composition root: what control is made of. */
@Module({})
export class AppModule {
  static with({ repository, snapshots, retention, registry }: ControlParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [ControlController],
      providers: [
        { provide: ConfigurationRepository, useValue: repository },
        { provide: Snapshots, useValue: snapshots },
        { provide: ModelRetention, useValue: retention },
        { provide: ControlMetrics, useValue: new ControlMetrics(registry, snapshots) },
      ],
    };
  }
}
