import { Injectable } from '@nestjs/common';
import { epochMs, visitContext } from '../events/event.mapper.js';
import { requireSecret, type Principal } from '../http/authenticator.js';
import { RuleExpressions } from '../rules/rule-expressions.js';
import { pageOf } from './pages.js';
import { Planner } from './planner.js';
import type { RecommendationAnswer, RecommendationInput } from './recommendation-schema.js';
import { visitorOf } from './recommendation.mapper.js';
import { Recommendations } from './recommendations.service.js';
import type { RequestFacts } from './request-facts.js';

/** Whether an answer must be made for this request alone (RFC 9111): a secret key may ask that; browsers send the same on every reload. */
const isFresh = ({ access }: Principal, cacheControl = ''): boolean => access === 'secret' && /(^|[\s,])no-(cache|store)\b/i.test(cacheControl);

/** One recommendation for a caller, alone or one of a batch: what they may ask, and the plan of it. */
@Injectable()
export class AskRecommendation {
  constructor(private readonly recommendations: Recommendations, private readonly planner: Planner, private readonly expressions: RuleExpressions) {}

  async answer(input: RecommendationInput, caller: Principal, { cacheControl, ...facts }: RequestFacts): Promise<RecommendationAnswer> {
    if (input.explain) requireSecret(caller, '`explain`');
    if (input.modelOverride !== undefined) requireSecret(caller, '`modelOverride`');
    if (input.dryRun) requireSecret(caller, '`dryRun`');
    if (input.at !== undefined) requireSecret(caller, '`at`');
    const visitor = visitorOf(input);
    const plan = this.planner.plan({
      tenant: caller.tenant, placement: input.placement, visitor, diversity: input.diversity, override: input.modelOverride, rules: this.expressions.ofRequest(caller.tenant, input),
    });
    const key = this.planner.tenant(caller.tenant).signingKey;
    return this.recommendations.answer({
      tenant: caller.tenant, plan, visitor, seedItemIds: input.items, excludeItemIds: input.exclude, limit: input.limit, fields: input.fields,
      context: visitContext(input.context), explain: input.explain, dryRun: input.dryRun, fresh: isFresh(caller, cacheControl),
      ...(input.at === undefined ? {} : { asOfMs: epochMs(input.at) }), ...facts,
      page: pageOf(input, { visitor, key, nowMs: Date.now() }),
    });
  }
}
