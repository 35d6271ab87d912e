import { Controller, Inject } from '@nestjs/common';
import { ConfigWatcher, resolveModel } from '@serendip/platform-config';
import { Rpc, type CallContext, type Handlers } from '@serendip/platform-grpc';
import { requestedFeature } from '@serendip/ranking-domain';
import { training, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import type { Champion } from './run/task.js';
import { TrainingRuns, type RunState } from './run/training-runs.js';
import { TRAINER_CONFIG } from './tokens.js';
import type { TrainerConfig } from './trainer.config.js';

const states = { running: training.TrainingState.RUNNING, succeeded: training.TrainingState.SUCCEEDED, failed: training.TrainingState.FAILED } as const;

const runMessage = ({ state, models, metrics, ...run }: RunState): MessageInitShape<typeof training.TrainingRunSchema> => ({
  ...run, state: states[state], metrics: { ...metrics }, models: models.map((model) => ({ ...model })),
});

/** Starts training runs and tells how they go. */
@Controller()
export class TrainerController implements Handlers<typeof training.TrainerService> {
  constructor(private readonly runs: TrainingRuns, private readonly watcher: ConfigWatcher, @Inject(TRAINER_CONFIG) private readonly config: TrainerConfig) {}

  @Rpc(training.TrainerService, 'startTraining')
  async startTraining({ tenant: id, maxSeconds, features }: training.StartTrainingRequest) {
    const tenant = this.watcher.tenant(id);
    if (tenant === undefined) throw new DomainError('NOT_FOUND', 'TENANT_UNKNOWN', `There is no tenant '${id}'.`);
    features.forEach(requestedFeature);
    const champion = (model: string): Champion | undefined => {
      const name = resolveModel(tenant, `${model}@champion`);
      const version = tenant.models.find((entry) => `${entry.name}@${entry.version}` === name);
      return version === undefined ? undefined : { name, bundle: version.bundle, digest: version.digest };
    };
    const retriever = champion('retriever');
    const ranker = champion('ranker');
    const run = this.runs.start({
      tenant: id, log: this.config.SERENDIP_LOG, objects: this.config.SERENDIP_OBJECTS, maxSeconds: maxSeconds > 0 ? maxSeconds : this.config.SERENDIP_TRAINING_SECONDS, features,
      champions: { ...(retriever === undefined ? {} : { retriever }), ...(ranker === undefined ? {} : { ranker }) },
    });
    return { run: runMessage(run) };
  }

  @Rpc(training.TrainerService, 'watchTraining')
  async *watchTraining({ runId }: training.WatchTrainingRequest, { signal }: CallContext) {
    let sent: RunState | undefined;
    let wake = (): void => undefined;
    const stop = this.runs.onChange(() => wake());
    signal.addEventListener('abort', () => wake(), { once: true });
    try {
      while (!signal.aborted) {
        const run = this.runs.get(runId);
        if (run === undefined) throw new DomainError('NOT_FOUND', 'TRAINING_UNKNOWN', `There is no training run '${runId}' in this process.`);
        if (run !== sent) {
          sent = run;
          yield { run: runMessage(run) };
          if (run.state !== 'running') return;
        } else {
          await new Promise<void>((resolve) => { wake = resolve; });
        }
      }
    } finally {
      stop();
    }
  }
}
