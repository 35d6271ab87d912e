import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put, Query, Req, StreamableFile } from '@nestjs/common';
import { training, type control } from '@serendip/shared-contracts';
import { MOST_FILE_BYTES, MOST_FILES } from '@serendip/platform-bundles';
import { DomainError } from '@serendip/shared-errors';
import { Clients } from '../clients.js';
import { fileQuery } from '../data-sets/data-set-schema.js';
import { Caller, Needs } from '../http/access.guard.js';
import { Idempotent } from '../http/idempotency.js';
import type { Principal } from '../http/authenticator.js';
import { actionOf, noSuchAction } from '../http/not-yet.js';
import { Traced, type Trace } from '../http/trace.js';
import type { FastifyRequest } from 'fastify';
import { Planner } from '../recommendations/planner.js';
import { aliasBody, aliasQuery, rollbackBody, trainingBody } from './model-schema.js';
import { checkAnswer, versionAnswer } from './model.mapper.js';
import { ModelUploads } from './model-uploads.js';

const states: Readonly<Record<number, string>> = {
  [training.TrainingState.RUNNING]: 'running', [training.TrainingState.SUCCEEDED]: 'succeeded', [training.TrainingState.FAILED]: 'failed',
};

function runAnswer(run: training.TrainingRun) {
  const { id, state, stage, progress, metrics, models, error } = run;
  return {
    id, state: states[state] ?? 'unknown', stage, progress, metrics,
    models: models.map(({ model, promoted, verdict }) => ({ model, promoted, verdict })), ...(error === '' ? {} : { error }),
  };
}

const aliasAnswer = ({ model, alias, version, previousVersion }: control.ModelAlias) => ({ model, alias, version, ...(previousVersion === 0 ? {} : { previousVersion }) });

/** Model versions, their checks and aliases, and training on demand. */
@Controller('v1')
export class ModelsController {
  constructor(private readonly clients: Clients, private readonly planner: Planner, private readonly uploads: ModelUploads) {}

  @Get('models')
  @Needs('secret')
  list(@Caller() { tenant }: Principal) {
    const { models, aliases } = this.planner.tenant(tenant);
    return { models: models.map((model) => versionAnswer(model, aliases)) };
  }

  @Get('models/:name/versions/:version')
  @Needs('secret')
  async read(@Param('name') name: string, @Param('version') version: string, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { aliases } = this.planner.tenant(tenant);
    const model = this.version(tenant, name, version);
    const { checks, state } = await this.clients.control.getModelChecks({ tenant, model: name, version: model.version }, trace);
    return { ...versionAnswer({ ...model, checks: state }, aliases), description: await this.uploads.manifest(model), checkResults: checks.map(checkAnswer) };
  }

  @Get('models/:name/versions/:version/file')
  @Needs('secret')
  async readFile(@Param('name') name: string, @Param('version') version: string, @Query() query: unknown, @Caller() { tenant }: Principal) {
    const { path } = fileQuery.parse(query);
    return new StreamableFile(await this.uploads.file(this.version(tenant, name, version), path));
  }

  @Post('models/:name/versions')
  @Needs('secret')
  async push(@Param('name') name: string, @Req() request: FastifyRequest, @Caller() { tenant, keyId: actor }: Principal, @Traced() trace: Trace) {
    if (!request.isMultipart()) throw new DomainError('INVALID_ARGUMENT', 'CONTENT_TYPE_UNSUPPORTED', 'A model is sent as multipart/form-data, a part with a filename for each file.', { metadata: { httpStatus: '415' } });
    const model = await this.uploads.take({ tenant, actor, name, parts: request.parts({ preservePath: true, limits: { files: MOST_FILES + 1, parts: MOST_FILES + 1, fileSize: MOST_FILE_BYTES } }) }, trace);
    return versionAnswer(model, this.planner.tenant(tenant).aliases);
  }

  @Post('models/:nameAndAction')
  @Idempotent()
  @HttpCode(200)
  @Needs('secret')
  async act(@Param('nameAndAction') nameAndAction: string, @Body() body: unknown, @Caller() { tenant, keyId: actor }: Principal, @Traced() trace: Trace) {
    const { entity: model, action } = actionOf(nameAndAction);
    if (action !== 'rollback') throw noSuchAction();
    const answer = await this.clients.control.rollBackModelAlias({ tenant, model, actor, ...rollbackBody.parse(body === undefined ? {} : body) }, trace);
    return aliasAnswer(answer.alias!);
  }

  @Put('models/:name/aliases/:alias')
  @Idempotent()
  @Needs('secret')
  async setAlias(@Param('name') model: string, @Param('alias') alias: string, @Body() body: unknown, @Caller() { tenant, keyId }: Principal, @Traced() trace: Trace) {
    const { version, ...why } = aliasBody.parse(body);
    const answer = await this.clients.control.setModelAlias({ tenant, alias: { model, alias, version }, ...why, actor: keyId }, trace);
    return aliasAnswer(answer.alias!);
  }

  @Delete('models/:name/aliases/:alias')
  @Idempotent()
  @HttpCode(204)
  @Needs('secret')
  async deleteAlias(@Param('name') model: string, @Param('alias') alias: string, @Query() query: unknown, @Caller() { tenant, keyId: actor }: Principal, @Traced() trace: Trace) {
    await this.clients.control.deleteModelAlias({ tenant, model, alias, ...aliasQuery.parse(query), actor }, trace);
  }

  @Post('training')
  @Idempotent()
  @HttpCode(202)
  @Needs('secret')
  async train(@Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { maxSeconds, features } = trainingBody.parse(body === undefined ? {} : body);
    const { run } = await this.clients.trainer.startTraining({ tenant, maxSeconds, features }, trace);
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

  private version(tenant: string, name: string, version: string): control.ModelVersion {
    const model = this.planner.tenant(tenant).models.find((entry) => entry.name === name && entry.version === Number(version));
    if (model === undefined) throw new DomainError('NOT_FOUND', 'MODEL_UNKNOWN', `There is no version ${version} of model '${name}'.`);
    return model;
  }
}
