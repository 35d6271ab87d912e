import { Controller } from '@nestjs/common';
import { Rpc, type Handlers } from '@serendip/platform-grpc';
import { features, type MessageInitShape } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { Rebuilds, type RebuildState } from './rebuilds.js';

const { RebuildStatus } = features;
const statuses = { running: RebuildStatus.RUNNING, done: RebuildStatus.DONE, failed: RebuildStatus.FAILED } as const;

const message = ({ state, ...rebuild }: RebuildState): MessageInitShape<typeof features.RebuildSchema> => ({ status: statuses[state], ...rebuild });

/** Makes the state anew. */
@Controller()
export class RebuildController implements Handlers<typeof features.RebuildService> {
  constructor(private readonly rebuilds: Rebuilds) {}

  @Rpc(features.RebuildService, 'startRebuild')
  async startRebuild(): Promise<MessageInitShape<typeof features.StartRebuildResponseSchema>> {
    return { rebuild: message(await this.rebuilds.start()) };
  }

  @Rpc(features.RebuildService, 'getRebuild')
  async getRebuild(): Promise<MessageInitShape<typeof features.GetRebuildResponseSchema>> {
    const state = await this.rebuilds.state();
    if (state === undefined) throw new DomainError('NOT_FOUND', 'REBUILD_UNKNOWN', 'No state was rebuilt since the feature store started.');
    return { rebuild: message(state) };
  }
}
