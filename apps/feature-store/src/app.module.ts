import { Module, type DynamicModule } from '@nestjs/common';
import { EventLog } from '@serendip/events-domain';
import type { StateStore } from '@serendip/features-domain';
import { FeatureStoreController } from './feature-store.controller.js';
import { LogFollower } from './log-follower.service.js';
import { PartitionsProgress } from './partition-progress.js';
import { Erasure } from './people/erasure.js';
import { PeopleController } from './people/people.controller.js';
import { RebuildController } from './rebuild/rebuild.controller.js';
import { Rebuilds } from './rebuild/rebuilds.js';
import { STATE_STORE, STATISTICS_EVERY_MS } from './tokens.js';
import { UserRecords } from './user-records.js';

export interface FeatureStoreParts {
  readonly store: StateStore;
  readonly log: EventLog;
  readonly follower: LogFollower;
  readonly erasure: Erasure;
  readonly rebuilds: Rebuilds;
  readonly records: UserRecords;
  readonly progress: PartitionsProgress;
  readonly statisticsEveryMs: number;
}

/** The composition root: what the feature store is made of. */
@Module({})
export class AppModule {
  static with({ store, log, follower, erasure, rebuilds, records, progress, statisticsEveryMs }: FeatureStoreParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [FeatureStoreController, PeopleController, RebuildController],
      providers: [
        { provide: STATE_STORE, useValue: store }, { provide: EventLog, useValue: log }, { provide: Erasure, useValue: erasure }, { provide: LogFollower, useValue: follower },
        { provide: UserRecords, useValue: records }, { provide: PartitionsProgress, useValue: progress }, { provide: Rebuilds, useValue: rebuilds }, { provide: STATISTICS_EVERY_MS, useValue: statisticsEveryMs },
      ],
    };
  }
}
