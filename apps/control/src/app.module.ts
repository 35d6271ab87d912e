import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigurationRepository } from '@serendip/control-domain';
import { ControlController } from './control.controller.js';
import { Snapshots } from './snapshots.service.js';

/** The composition root: what control is made of. */
@Module({})
export class AppModule {
  static with({ repository, snapshots }: { readonly repository: ConfigurationRepository; readonly snapshots: Snapshots }): DynamicModule {
    return {
      module: AppModule,
      controllers: [ControlController],
      providers: [{ provide: ConfigurationRepository, useValue: repository }, { provide: Snapshots, useValue: snapshots }],
    };
  }
}
