import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { Clients } from '../clients.js';
import { id } from '../events/event-schema.js';
import { Caller, Needs } from '../http/access.guard.js';
import type { Principal } from '../http/authenticator.js';
import { Traced, type Trace } from '../http/trace.js';
import { DeadLetterReplay } from './dead-letter-replay.js';
import { deadLettersQuery, purgeBody, replayBody } from './dead-letter-schema.js';
import { deadLetterFacts, replayResult, wholeDeadLetter } from './dead-letter.mapper.js';

const PURGE_MS = 15_000;

/** Events that were refused: to look at, send again or remove. */
@Controller('v1')
export class DeadLettersController {
  constructor(private readonly clients: Clients, private readonly deadLetters: DeadLetterReplay) {}

  @Get('dead-letters')
  @Needs('secret')
  async list(@Query() query: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { reason = '', userId = '', limit, cursor = '' } = deadLettersQuery.parse(query);
    const { letters, totals, nextPageToken } = await this.clients.ingestion.listDeadLetters({ tenant, reason, userId, pageSize: limit, pageToken: cursor }, trace);
    return { items: letters.map(deadLetterFacts), totals, ...(nextPageToken === '' ? {} : { nextCursor: nextPageToken }) };
  }

  @Get('dead-letters/:id')
  @Needs('secret')
  async read(@Param('id') letterId: string, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { letter } = await this.clients.ingestion.getDeadLetter({ tenant, id: id.parse(letterId) }, trace);
    return wholeDeadLetter(letter!);
  }

  @Post('dead-letters::replay')
  @HttpCode(200)
  @Needs('secret')
  async replay(@Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const results = (await this.deadLetters.run(tenant, replayBody.parse(body), trace)).map(replayResult);
    const count = (outcome: string): number => results.filter((result) => result.outcome === outcome).length;
    return { replayed: count('replayed'), refused: count('refused'), unknown: count('unknown'), results };
  }

  @Post('dead-letters::purge')
  @HttpCode(200)
  @Needs('secret')
  async purge(@Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { purged } = await this.clients.ingestion.purgeDeadLetters({ tenant, ...purgeBody.parse(body) }, { ...trace, timeoutMs: PURGE_MS });
    return { purged };
  }
}
