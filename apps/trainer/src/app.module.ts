import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigWatcher } from '@serendip/platform-config';
import { TrainingRuns } from './run/training-runs.js';
import { ArchiveThread } from './archive/archive-thread.js';
import { DataSets } from './data-sets/data-sets.js';
import { DataSetsController } from './data-sets/data-sets.controller.js';
import { Exports } from './data-sets/export/exports.js';
import { TRAINER_CONFIG } from './tokens.js';
import type { TrainerConfig } from './trainer.config.js';
import { TrainerController } from './trainer.controller.js';

export interface TrainerParts {
  readonly config: TrainerConfig;
  readonly runs: TrainingRuns;
  readonly watcher: ConfigWatcher;
  readonly archive: ArchiveThread;
  readonly dataSets: DataSets;
  readonly exports: Exports;
}

/** The composition root: what the trainer is made of. */
@Module({})
export class AppModule {
  static with({ config, runs, watcher, archive, dataSets, exports }: TrainerParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [TrainerController, DataSetsController],
      providers: [
        { provide: TRAINER_CONFIG, useValue: config }, { provide: TrainingRuns, useValue: runs }, { provide: ConfigWatcher, useValue: watcher },
        { provide: ArchiveThread, useValue: archive }, { provide: DataSets, useValue: dataSets }, { provide: Exports, useValue: exports },
      ],
    };
  }
}
