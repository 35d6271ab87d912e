import { Body, Controller, Delete, Get, HttpCode, Param, Post, Put } from '@nestjs/common';
import { control, create } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { isDeepStrictEqual } from 'node:util';
import { Clients } from '../clients.js';
import { Caller, Needs } from '../http/access.guard.js';
import { Idempotent } from '../http/idempotency.js';
import type { Principal } from '../http/authenticator.js';
import { actionNotYet, actionOf } from '../http/not-yet.js';
import { Traced, type Trace } from '../http/trace.js';
import { Planner } from '../recommendations/planner.js';
import { Preview } from '../rules/preview.js';
import { previewBody } from '../rules/preview-schema.js';
import { RuleExpressions } from '../rules/rule-expressions.js';
import { capAnswer, fillAnswer, ruleAnswer } from '../rules/rule-schema.js';
import { explorationAnswer } from './exploration-schema.js';
import { armMessage, placementMessage, placementName, readPlacementBody, splitBody, type PlacementInput, type ReadPlacement } from './placement-schema.js';

function placementAnswer(placement: control.Placement, split: control.Split | undefined) {
  const { $typeName: _, sources, objective, exploration, rules, caps, fill, ...rest } = placement;
  return {
    ...rest,
    sources: sources.map(({ name, limit, timeoutMs, window }) => ({ name, limit, ...(timeoutMs === 0 ? {} : { timeoutMs }), ...(window === '' ? {} : { window }) })),
    objective: objective.map(({ head, weight }) => ({ head, weight })),
    ...(exploration === undefined ? {} : { exploration: explorationAnswer(exploration) }),
    rules: rules.map(ruleAnswer),
    caps: caps.map(capAnswer),
    fill: fillAnswer(fill),
    ...(split === undefined ? {} : { split: splitAnswer(split) }),
  };
}

function splitAnswer({ name, arms }: control.Split) {
  return {
    name,
    arms: arms.map(({ name: arm, percent, retriever, ranker, explorationShare }) => ({
      name: arm, percent, ...(retriever === '' ? {} : { retriever }), ...(ranker === '' ? {} : { ranker }), ...(explorationShare === undefined ? {} : { explorationShare }),
    })),
  };
}

/** Placements and the split of their users between models. */
@Controller('v1/placements')
export class PlacementsController {
  constructor(private readonly clients: Clients, private readonly planner: Planner, private readonly expressions: RuleExpressions, private readonly previews: Preview) {}

  @Get()
  @Needs('secret')
  list(@Caller() { tenant }: Principal) {
    const { placements, splits } = this.planner.tenant(tenant);
    return { placements: placements.map((placement) => placementAnswer(placement, splits.find((split) => split.placement === placement.name))) };
  }

  @Get(':name')
  @Needs('secret')
  read(@Param('name') name: string, @Caller() { tenant }: Principal) {
    return placementAnswer(this.planner.placement(tenant, name), this.split(tenant, name));
  }

  @Put(':name')
  @Idempotent()
  @Needs('secret')
  async put(@Param('name') name: string, @Body() body: unknown, @Caller() { tenant, keyId }: Principal, @Traced() trace: Trace) {
    const input = this.written(tenant, name, readPlacementBody.parse(body));
    this.expressions.check(tenant, input.rules, 'rules');
    const { placement } = await this.clients.control.putPlacement({ tenant, placement: placementMessage(name, input), actor: keyId }, trace);
    return placementAnswer(placement!, this.split(tenant, name));
  }

  @Post(':nameAndAction')
  @HttpCode(200)
  @Needs('secret')
  act(@Param('nameAndAction') nameAndAction: string, @Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { entity, action } = actionOf(nameAndAction);
    if (action !== 'preview') throw actionNotYet(nameAndAction, {});
    const name = placementName.parse(entity);
    const { placement: read, ...input } = previewBody.parse(body);
    const placement = this.written(tenant, name, read);
    this.expressions.check(tenant, placement.rules, 'placement.rules');
    return this.previews.of(tenant, { placement: create(control.PlacementSchema, placementMessage(name, placement)), input, ...trace });
  }

  @Put(':name/split')
  @Idempotent()
  @Needs('secret')
  async putSplit(@Param('name') placement: string, @Body() body: unknown, @Caller() { tenant, keyId }: Principal, @Traced() trace: Trace) {
    const { name, arms } = splitBody.parse(body);
    const { split } = await this.clients.control.putSplit({ tenant, split: { name, placement, arms: arms.map(armMessage) }, actor: keyId }, trace);
    return splitAnswer(split!);
  }

  @Delete(':name/split')
  @Idempotent()
  @HttpCode(204)
  @Needs('secret')
  async deleteSplit(@Param('name') placement: string, @Caller() { tenant, keyId }: Principal, @Traced() trace: Trace) {
    this.planner.placement(tenant, placement);
    const split = this.split(tenant, placement);
    if (split === undefined) throw new DomainError('NOT_FOUND', 'SPLIT_UNKNOWN', `Placement '${placement}' has no split.`);
    await this.clients.control.deleteSplit({ tenant, name: split.name, actor: keyId }, trace);
  }

  /** What is the placement's own of one as it was read. Throws INVALID_ARGUMENT/PLACEMENT_INVALID for one of another name or split: neither is changed here. */
  private written(tenant: string, name: string, { name: given = name, version: _, split, ...input }: ReadPlacement): PlacementInput {
    const running = this.split(tenant, name);
    if (given !== name) throw new DomainError('INVALID_ARGUMENT', 'PLACEMENT_INVALID', `This is placement '${given}', not '${name}': send it to /v1/placements/${given}.`);
    if (split !== undefined && !isDeepStrictEqual(split, running && splitAnswer(running))) {
      throw new DomainError('INVALID_ARGUMENT', 'PLACEMENT_INVALID', `Placement '${name}' has ${running === undefined ? 'no' : 'another'} split: leave \`split\` out here, and change it with PUT or DELETE of /v1/placements/${name}/split.`);
    }
    return input;
  }

  private split(tenant: string, placement: string): control.Split | undefined {
    return this.planner.tenant(tenant).splits.find((entry) => entry.placement === placement);
  }
}
