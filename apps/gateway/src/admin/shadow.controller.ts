import { Body, Controller, Delete, Get, HttpCode, Param, Put } from '@nestjs/common';
import type { control } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import type { z } from 'zod';
import { Clients } from '../clients.js';
import { Caller, Needs } from '../http/access.guard.js';
import type { Principal } from '../http/authenticator.js';
import { Idempotent } from '../http/idempotency.js';
import { Traced, type Trace } from '../http/trace.js';
import { Planner } from '../recommendations/planner.js';
import { Shadows } from '../recommendations/shadows.js';
import { shadowBody, type shadowAnswer } from './shadow-schema.js';

const answerOf = ({ placement, retriever, ranker, share }: control.Shadow): z.infer<typeof shadowAnswer> => ({
  placement, ...(retriever === '' ? {} : { retriever }), ...(ranker === '' ? {} : { ranker }), share,
});

/** The versions that shadow a placement, and how they do. */
@Controller('v1/placements/:name/shadow')
export class ShadowController {
  constructor(private readonly clients: Clients, private readonly planner: Planner, private readonly shadows: Shadows) {}

  @Get()
  @Needs('secret')
  read(@Param('name') name: string, @Caller() { tenant }: Principal) {
    this.planner.placement(tenant, name);
    const shadow = this.planner.tenant(tenant).shadows.find(({ placement }) => placement === name);
    if (shadow === undefined) throw new DomainError('NOT_FOUND', 'SHADOW_UNKNOWN', `Placement '${name}' has no shadow.`);
    const report = this.shadows.report(tenant, name);
    return { ...answerOf(shadow), ...(report === undefined ? {} : { report }) };
  }

  @Put()
  @Idempotent()
  @Needs('secret')
  async put(@Param('name') placement: string, @Body() body: unknown, @Caller() { tenant, keyId }: Principal, @Traced() trace: Trace) {
    const { shadow } = await this.clients.control.putShadow({ tenant, shadow: { placement, ...shadowBody.parse(body) }, actor: keyId }, trace);
    return answerOf(shadow!);
  }

  @Delete()
  @Idempotent()
  @HttpCode(204)
  @Needs('secret')
  async delete(@Param('name') placement: string, @Caller() { tenant, keyId }: Principal, @Traced() trace: Trace) {
    await this.clients.control.deleteShadow({ tenant, placement, actor: keyId }, trace);
  }
}
