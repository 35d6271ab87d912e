import { Body, Controller, HttpCode, Post, Req } from '@nestjs/common';
import { askingTimeOfBatch } from '@serendip/serving-domain';
import type { FastifyRequest } from 'fastify';
import { Caller, Needs } from '../http/access.guard.js';
import type { Principal } from '../http/authenticator.js';
import { problemOfEntry } from '../http/problem.js';
import { RateLimiter } from '../http/rate-limiter.js';
import { AskRecommendation } from './ask-recommendation.js';
import { callerGone } from './admission.js';
import { MOST_REQUESTS, batchBody, type BatchResult } from './batch-schema.js';
import { recommendationBody } from './recommendation-schema.js';
import { Facts, type RequestFacts } from './request-facts.js';

/** Entries that are worked on at a time: they go side by side, so that each hop is one message for all of them. */
const AT_ONCE = 8;
/** The whole batch's time: entries that it has not come to get what a list without any service behind it gets. */
const BUDGET_MS = 450;

/** Many recommendations in one request, each answered or refused by itself. */
@Controller('v1')
export class BatchController {
  constructor(private readonly asks: AskRecommendation, private readonly limiter: RateLimiter) {}

  @Post('recommendations::batch')
  @HttpCode(200)
  @Needs('publishable')
  async batch(@Body() body: unknown, @Caller() caller: Principal, @Facts() given: RequestFacts, @Req() { url }: FastifyRequest) {
    const { requests } = batchBody.parse(body);
    this.limiter.charge(caller.keyId, requests.length - 1);
    const facts = { ...given, deadlineMs: performance.now() + BUDGET_MS, asking: askingTimeOfBatch() };
    const results: BatchResult[] = [];
    while (results.length < requests.length) {
      if (facts.departed.aborted) throw callerGone();
      const size = performance.now() < facts.deadlineMs ? AT_ONCE : MOST_REQUESTS;
      const answers = requests.slice(results.length, results.length + size).map((entry) => this.answer(entry, caller, facts));
      for (const answer of await Promise.allSettled(answers)) {
        results.push(answer.status === 'fulfilled' ? { status: 200, answer: answer.value } : refusal(answer.reason, { instance: `${url}#${results.length}`, traceId: facts.traceId }));
      }
    }
    return { results };
  }

  private async answer(entry: unknown, caller: Principal, facts: RequestFacts) {
    return this.asks.answer(recommendationBody.parse(entry), caller, facts);
  }
}

function refusal(error: unknown, request: { readonly instance: string; readonly traceId: string }): BatchResult {
  const problem = problemOfEntry(error, request);
  return { status: problem.status, problem };
}
