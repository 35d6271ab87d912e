import { Module, type DynamicModule } from '@nestjs/common';
import type { StateReader } from '@serendip/features-domain';
import { FeatureStoreController } from './feature-store.controller.js';
import { LogFollower } from './log-follower.service.js';
import { STATE_READER } from './tokens.js';

/** The composition root: what the feature store is made of. */
@Module({})
export class AppModule {
  static with({ reader, follower }: { readonly reader: StateReader; readonly follower: LogFollower }): DynamicModule {
    return {
      module: AppModule,
      controllers: [FeatureStoreController],
      providers: [{ provide: STATE_READER, useValue: reader }, { provide: LogFollower, useValue: follower }],
    };
  }
}
