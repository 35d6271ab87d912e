import { Module, type DynamicModule } from '@nestjs/common';
import { ConfigWatcher } from '@serendip/platform-config';
import { TrainingRuns } from './run/training-runs.js';
import { TRAINER_CONFIG } from './tokens.js';
import type { TrainerConfig } from './trainer.config.js';
import { TrainerController } from './trainer.controller.js';

/** The composition root: what the trainer is made of. */
@Module({})
export class AppModule {
  static with({ config, runs, watcher }: { readonly config: TrainerConfig; readonly runs: TrainingRuns; readonly watcher: ConfigWatcher }): DynamicModule {
    return {
      module: AppModule,
      controllers: [TrainerController],
      providers: [{ provide: TRAINER_CONFIG, useValue: config }, { provide: TrainingRuns, useValue: runs }, { provide: ConfigWatcher, useValue: watcher }],
    };
  }
}
