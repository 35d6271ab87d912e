import { Module, type DynamicModule } from '@nestjs/common';
import type { StateStore } from '@serendip/features-domain';
import { FeatureStoreController } from './feature-store.controller.js';
import { LogFollower } from './log-follower.service.js';
import { STATE_STORE, STATISTICS_EVERY_MS } from './tokens.js';

/** The composition root: what the feature store is made of. */
@Module({})
export class AppModule {
  static with({ store, follower, statisticsEveryMs }: { readonly store: StateStore; readonly follower: LogFollower; readonly statisticsEveryMs: number }): DynamicModule {
    return {
      module: AppModule,
      controllers: [FeatureStoreController],
      providers: [
        { provide: STATE_STORE, useValue: store }, { provide: LogFollower, useValue: follower }, { provide: STATISTICS_EVERY_MS, useValue: statisticsEveryMs },
      ],
    };
  }
}
