import { Body, Controller, Get, Put } from '@nestjs/common';
import { Clients } from '../clients.js';
import { Caller, Needs } from '../http/access.guard.js';
import { Idempotent } from '../http/idempotency.js';
import type { Principal } from '../http/authenticator.js';
import { Traced, type Trace } from '../http/trace.js';
import { Planner } from '../recommendations/planner.js';
import { RuleExpressions } from './rule-expressions.js';
import { capAnswer, ruleAnswer, ruleMessage, rulesBody } from './rule-schema.js';

/** The rules that hold in every placement of a tenant. */
@Controller('v1/rules')
export class RulesController {
  constructor(private readonly clients: Clients, private readonly planner: Planner, private readonly expressions: RuleExpressions) {}

  @Get()
  @Needs('secret')
  read(@Caller() { tenant }: Principal) {
    const { rules, caps } = this.planner.tenant(tenant);
    return { rules: rules.map(ruleAnswer), caps: caps.map(capAnswer) };
  }

  @Put()
  @Idempotent()
  @Needs('secret')
  async put(@Body() body: unknown, @Caller() { tenant, keyId }: Principal, @Traced() trace: Trace) {
    const { rules, caps } = rulesBody.parse(body);
    this.expressions.check(tenant, rules, 'rules');
    const saved = await this.clients.control.putRules({ tenant, rules: rules.map(ruleMessage), caps, actor: keyId }, trace);
    return { rules: saved.rules.map(ruleAnswer), caps: saved.caps.map(capAnswer) };
  }
}
