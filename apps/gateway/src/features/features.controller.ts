import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { contextMessage, featureStatusOf, isoTime } from '@serendip/serving-adapters';
import { features, type ranking } from '@serendip/shared-contracts';
import { float32sOf, float64sOf } from '@serendip/shared-layouts';
import { Clients } from '../clients.js';
import { visitContext } from '../events/event.mapper.js';
import { Caller, Needs } from '../http/access.guard.js';
import type { Principal } from '../http/authenticator.js';
import { Traced, type Trace } from '../http/trace.js';
import { featureReadBody } from './features-schema.js';

const { RebuildStatus } = features;
const statuses: Readonly<Record<number, 'running' | 'done' | 'failed'>> = { [RebuildStatus.RUNNING]: 'running', [RebuildStatus.DONE]: 'done', [RebuildStatus.FAILED]: 'failed' };

function rebuildAnswerOf({ status, applied, total, startedAtMs, endedAtMs, pausedMs, error }: features.Rebuild) {
  return {
    status: statuses[status]!, applied, total, startedAt: isoTime(startedAtMs), ...(endedAtMs === 0 ? {} : { endedAt: isoTime(endedAtMs) }),
    ...(status === RebuildStatus.DONE ? { pausedMs } : {}), ...(error === '' ? {} : { error }),
  };
}

function itemRows(itemIds: readonly string[], { names, values, statuses: all, newestMs }: ranking.ReadFeaturesResponse) {
  const numbers = float32sOf(values);
  const times = float64sOf(newestMs);
  return itemIds.map((id, row) => ({
    id,
    features: names.map((name, column) => {
      const at = row * names.length + column;
      return { name, value: numbers[at]!, status: featureStatusOf(all[at]!), ...(Number.isNaN(times[at]!) ? {} : { newestAt: isoTime(times[at]!) }) };
    }),
  }));
}

/** Features, and the state that they are made of. */
@Controller('v1')
export class FeaturesController {
  constructor(private readonly clients: Clients) {}

  @Get('features')
  @Needs('secret')
  async list(@Traced() trace: Trace) {
    const { features: all } = await this.clients.ranking.listFeatures({}, trace);
    return {
      items: all.map(({ name, entity, computed, meaning, datedBy }) => ({
        name, entity, computed, dtype: 'float32', shape: [], default: 0, meaning, ...(datedBy === '' ? {} : { timeToLive: { since: datedBy } }),
      })),
    };
  }

  @Post('features::read')
  @HttpCode(200)
  @Needs('secret')
  async read(@Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { itemIds, names, context, userId, anonymousId } = featureReadBody.parse(body);
    const record = userId === undefined && anonymousId === undefined ? undefined : await this.stateOf({ tenant, userId, anonymousId }, trace);
    const nowMs = Date.now();
    const answer = await this.clients.ranking.readFeatures({
      tenant, itemIds, names, nowMs, ...(record === undefined ? {} : { userState: record }), ...(context === undefined ? {} : { context: contextMessage(visitContext(context)) }),
    }, trace);
    return { asOf: isoTime(nowMs), items: itemRows(itemIds, answer) };
  }

  private async stateOf(who: { readonly tenant: string; readonly userId: string | undefined; readonly anonymousId: string | undefined }, trace: Trace): Promise<Uint8Array> {
    const { tenant, userId = '', anonymousId = '' } = who;
    const { results: [result] } = await this.clients.featureStore.readUserStates({ requests: [{ tenant, userId, anonymousId }] }, trace);
    return result!.record;
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
