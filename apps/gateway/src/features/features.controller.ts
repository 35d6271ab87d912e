import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { isoTime } from '@serendip/serving-adapters';
import { features } from '@serendip/shared-contracts';
import { Clients } from '../clients.js';
import { Needs } from '../http/access.guard.js';
import { Traced, type Trace } from '../http/trace.js';

const { RebuildStatus } = features;
const statuses: Readonly<Record<number, 'running' | 'done' | 'failed'>> = { [RebuildStatus.RUNNING]: 'running', [RebuildStatus.DONE]: 'done', [RebuildStatus.FAILED]: 'failed' };

function rebuildAnswerOf({ status, applied, total, startedAtMs, endedAtMs, pausedMs, error }: features.Rebuild) {
  return {
    status: statuses[status]!, applied, total, startedAt: isoTime(startedAtMs), ...(endedAtMs === 0 ? {} : { endedAt: isoTime(endedAtMs) }),
    ...(status === RebuildStatus.DONE ? { pausedMs } : {}), ...(error === '' ? {} : { error }),
  };
}

/** Features, and the state that they are made of. */
@Controller('v1')
export class FeaturesController {
  constructor(private readonly clients: Clients) {}

  @Get('features')
  @Needs('secret')
  async list(@Traced() trace: Trace) {
    const { features: all } = await this.clients.ranking.listFeatures({}, trace);
    return { items: all.map(({ name, entity, computed, meaning }) => ({ name, entity, computed, dtype: 'float32', shape: [], default: 0, meaning })) };
  }

  @Post('features::rebuild')
  @HttpCode(202)
  @Needs('secret')
  async rebuild(@Traced() trace: Trace) {
    return rebuildAnswerOf((await this.clients.rebuilds.startRebuild({}, trace)).rebuild!);
  }

  @Get('features/rebuild')
  @Needs('secret')
  async readRebuild(@Traced() trace: Trace) {
    return rebuildAnswerOf((await this.clients.rebuilds.getRebuild({}, trace)).rebuild!);
  }
}
