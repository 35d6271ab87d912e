import { Body, Controller, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { control, training } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { Clients } from '../clients.js';
import { Caller, Needs } from '../http/access.guard.js';
import { Idempotent } from '../http/idempotency.js';
import type { Principal } from '../http/authenticator.js';
import { actionNotYet, notYet } from '../http/not-yet.js';
import { Traced, type Trace } from '../http/trace.js';
import { Planner } from '../recommendations/planner.js';
import { aliasBody, trainingBody } from './placement-schema.js';

const kinds: Readonly<Record<number, string>> = {
  [control.ModelKind.RETRIEVER]: 'retriever', [control.ModelKind.RANKER]: 'ranker', [control.ModelKind.ITEM_ENCODER]: 'item-encoder',
};

const states: Readonly<Record<number, string>> = {
  [training.TrainingState.RUNNING]: 'running', [training.TrainingState.SUCCEEDED]: 'succeeded', [training.TrainingState.FAILED]: 'failed',
};

function versionAnswer(model: control.ModelVersion, aliases: readonly control.ModelAlias[]) {
  const { name, version, kind, digest, createdAtMs, metrics } = model;
  return {
    name, version, kind: kinds[kind] ?? 'unknown', digest, createdAt: new Date(createdAtMs).toISOString(), metrics,
    aliases: aliases.filter((alias) => alias.model === name && alias.version === version).map(({ alias }) => alias),
  };
}

function runAnswer(run: training.TrainingRun) {
  const { id, state, stage, progress, metrics, models, error } = run;
  return {
    id, state: states[state] ?? 'unknown', stage, progress, metrics,
    models: models.map(({ model, promoted, verdict }) => ({ model, promoted, verdict })), ...(error === '' ? {} : { error }),
  };
}

/** Model versions, their aliases, and training on demand. */
@Controller('v1')
export class ModelsController {
  constructor(private readonly clients: Clients, private readonly planner: Planner) {}

  @Get('models')
  @Needs('secret')
  list(@Caller() { tenant }: Principal) {
    const { models, aliases } = this.planner.tenant(tenant);
    return { models: models.map((model) => versionAnswer(model, aliases)) };
  }

  @Get('models/:name/versions/:version')
  @Needs('secret')
  read(@Param('name') name: string, @Param('version') version: string, @Caller() { tenant }: Principal) {
    const { models, aliases } = this.planner.tenant(tenant);
    const model = models.find((entry) => entry.name === name && entry.version === Number(version));
    if (model === undefined) throw new DomainError('NOT_FOUND', 'MODEL_UNKNOWN', `There is no version ${version} of model '${name}'.`);
    return versionAnswer(model, aliases);
  }

  @Post('models/:name/versions')
  @Needs('secret')
  push(): never {
    throw notYet('Pushing a model');
  }

  @Post('models/:nameAndAction')
  @Needs('secret')
  act(@Param('nameAndAction') nameAndAction: string): never {
    throw actionNotYet(nameAndAction, { rollback: 'Rolling a model back' });
  }

  @Put('models/:name/aliases/:alias')
  @Idempotent()
  @Needs('secret')
  async setAlias(@Param('name') model: string, @Param('alias') alias: string, @Body() body: unknown, @Caller() { tenant, keyId }: Principal, @Traced() trace: Trace) {
    const { version, reason } = aliasBody.parse(body);
    const answer = await this.clients.control.setModelAlias({ tenant, alias: { model, alias, version }, reason, actor: keyId }, trace);
    return { model, alias, version, ...(answer.previousVersion === 0 ? {} : { previousVersion: answer.previousVersion }) };
  }

  @Post('training')
  @Idempotent()
  @HttpCode(202)
  @Needs('secret')
  async train(@Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { maxSeconds } = trainingBody.parse(body === undefined ? {} : body);
    const { run } = await this.clients.trainer.startTraining({ tenant, maxSeconds }, trace);
    return runAnswer(run!);
  }

  @Get('training/:id')
  @Needs('secret')
  async readRun(@Param('id') runId: string, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    for await (const { run } of this.clients.trainer.watchTraining({ runId }, { ...trace, signal: AbortSignal.timeout(3000) })) {
      if (run !== undefined && run.tenant === tenant) return runAnswer(run);
    }
    throw new DomainError('NOT_FOUND', 'TRAINING_UNKNOWN', `There is no training run '${runId}'.`);
  }
}
