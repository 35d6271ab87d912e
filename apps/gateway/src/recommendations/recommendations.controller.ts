import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { visitContext } from '../events/event.mapper.js';
import { id } from '../events/event-schema.js';
import { Caller, Needs } from '../http/access.guard.js';
import { requireSecret, type Principal } from '../http/authenticator.js';
import { Traced, type Trace } from '../http/trace.js';
import { AskRecommendation } from './ask-recommendation.js';
import { Planner } from './planner.js';
import { popularQuery, rankBody, recommendationBody, recommendationQuery, similarQuery } from './recommendation-schema.js';
import { visitorOf } from './recommendation.mapper.js';
import { Recommendations } from './recommendations.service.js';
import { Facts, type RequestFacts } from './request-facts.js';

/** Lists for placements, and the lists that need none. */
@Controller('v1')
export class RecommendationsController {
  constructor(private readonly asks: AskRecommendation, private readonly recommendations: Recommendations, private readonly planner: Planner) {}

  @Post('recommendations')
  @HttpCode(200)
  @Needs('publishable')
  async post(@Body() body: unknown, @Caller() caller: Principal, @Facts() facts: RequestFacts) {
    return this.asks.answer(recommendationBody.parse(body === undefined ? {} : body), caller, facts);
  }

  @Get('recommendations')
  @Needs('publishable')
  async get(@Query() query: unknown, @Caller() caller: Principal, @Facts() facts: RequestFacts) {
    return this.asks.answer(recommendationQuery.parse(query), caller, facts);
  }

  @Post('rank')
  @HttpCode(200)
  @Needs('publishable')
  async rank(@Body() body: unknown, @Caller() caller: Principal, @Facts() { departed, traceId }: RequestFacts) {
    const input = rankBody.parse(body);
    if (input.explain) requireSecret(caller, '`explain`');
    const visitor = visitorOf(input);
    const plan = { ...this.planner.plan({ tenant: caller.tenant, placement: input.placement, visitor }), ...this.planner.eligibility(caller.tenant) };
    const itemIds = [...new Set(input.itemIds)];
    const answer = await this.recommendations.answer({
      tenant: caller.tenant, plan, visitor, givenItemIds: itemIds, limit: itemIds.length, fields: input.fields,
      context: visitContext(input.context), explain: input.explain, dryRun: false, departed, traceId,
    });
    const found = new Set(answer.items.map((item) => item.id));
    return { ...answer, missing: itemIds.filter((itemId) => !found.has(itemId)) };
  }

  @Get('items/:id/similar')
  @Needs('publishable')
  async similar(@Param('id') itemId: string, @Query() query: unknown, @Caller() caller: Principal, @Traced() trace: Trace) {
    const { limit, fields, userId } = similarQuery.parse(query);
    return this.list(caller, { source: { name: 'similar', window: '' }, seedItemIds: [id.parse(itemId)], limit, fields: fields ?? [], userId, ...trace });
  }

  @Get('popular')
  @Needs('publishable')
  async popular(@Query() query: unknown, @Caller() caller: Principal, @Traced() trace: Trace) {
    const { limit, fields, window } = popularQuery.parse(query);
    return this.list(caller, { source: { name: 'popular', window }, seedItemIds: [], limit, fields: fields ?? [], ...trace });
  }

  /** One source's own order, nothing personal but what a visitor must not see. */
  private list(caller: Principal, { source, seedItemIds, limit, fields, userId, traceId }: Trace & {
    readonly source: { readonly name: string; readonly window: string }; readonly seedItemIds: readonly string[];
    readonly limit: number; readonly fields: readonly string[]; readonly userId?: string | undefined;
  }) {
    const visitor = visitorOf({ userId });
    const home = this.planner.plan({ tenant: caller.tenant, placement: 'home', visitor });
    const plan = {
      ...home, ...this.planner.eligibility(caller.tenant), name: source.name, sources: [{ ...source, limit: limit * 2 + 20, timeoutMs: 0 }], ranker: '', candidates: limit * 2 + 20, logShare: 0, arms: [],
      retriever: source.name === 'similar' ? home.retriever : '',
    };
    return this.recommendations.answer({ tenant: caller.tenant, plan, visitor, seedItemIds, limit, fields, explain: false, dryRun: true, traceId });
  }
}
