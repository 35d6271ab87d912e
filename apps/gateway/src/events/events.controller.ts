import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { events } from '@serendip/shared-contracts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Clients } from '../clients.js';
import { DeadLetterReports } from '../dead-letters/dead-letter-reports.js';
import { Caller, Needs } from '../http/access.guard.js';
import { Idempotent } from '../http/idempotency.js';
import { requireSecret, type Principal } from '../http/authenticator.js';
import { AllRejected } from '../http/problem.js';
import { Traced, type Trace } from '../http/trace.js';
import { allRejections, placesOf, readBatch, refusedEntries } from './event-batch.js';
import { durably } from './durable.js';
import { ExplorationFeedback } from './exploration-feedback.js';
import { MOST_EVENTS, eventsBody, eventsQuery, id } from './event-schema.js';

const durabilities: Readonly<Record<number, string>> = {
  [events.Durability.PROCESS]: 'process', [events.Durability.DISK]: 'disk', [events.Durability.REPLICATED]: 'replicated',
};

export const importBody = z.strictObject({ name: id });
export const importBatchBody = z.strictObject({ events: z.array(z.unknown()).min(1).max(MOST_EVENTS) });
const batchNumber = z.coerce.number().int().min(1).max(0xffffffff);

function importAnswer(state: events.Import | undefined) {
  return { id: state?.id, name: state?.name, lastBatch: state?.lastBatch ?? 0, accepted: state?.accepted ?? 0, rejected: state?.rejected ?? 0 };
}

/** Events and imports: the way into the log. */
@Controller('v1')
export class EventsController {
  constructor(private readonly clients: Clients, private readonly feedback: ExplorationFeedback, private readonly deadLetters: DeadLetterReports) {}

  @Post('events')
  @Needs('publishable')
  async write(@Body() body: unknown, @Query() query: unknown, @Caller() caller: Principal, @Traced() trace: Trace, @Res({ passthrough: true }) reply: FastifyReply) {
    const { positions: places } = eventsQuery.parse(query);
    if (places) requireSecret(caller, '`positions`');
    const { tenant } = caller;
    const batch = readBatch(eventsBody.parse(body).events, tenant);
    const written = batch.messages.length === 0 ? undefined : await durably(this.clients.ingestion.writeEvents({ tenant, events: [...batch.messages], places }, trace));
    const { results = [], durability = events.Durability.DISK } = written ?? {};
    const rejected = allRejections(batch, results);
    this.deadLetters.refuse(tenant, refusedEntries(batch));
    const accepted = batch.messages.length + batch.rejected.length - rejected.length;
    if (accepted === 0) throw new AllRejected('event', rejected);
    this.feedback.count(tenant, batch.messages, results);
    void reply.status(202);
    return { accepted, rejected, durability: durabilities[durability] ?? 'process', ...(places && written !== undefined ? { positions: placesOf(batch, written) } : {}) };
  }

  @Post('imports')
  @Idempotent()
  @HttpCode(200)
  @Needs('secret')
  async createImport(@Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const { name } = importBody.parse(body);
    const answer = await this.clients.ingestion.createImport({ tenant, name }, trace);
    return importAnswer(answer.import);
  }

  @Put('imports/:id/batches/:n')
  @Idempotent()
  @Needs('secret')
  async writeBatch(@Param('id') importId: string, @Param('n') n: string, @Body() body: unknown, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const batch = readBatch(importBatchBody.parse(body).events, tenant);
    const answer = await durably(this.clients.ingestion.writeImportBatch(
      { tenant, importId, batch: batchNumber.parse(n), events: [...batch.messages], indices: [...batch.indices], refused: batch.rejected.length }, { ...trace, timeoutMs: 10_000 },
    ));
    if (answer.applied) this.deadLetters.refuse(tenant, refusedEntries(batch));
    return { ...importAnswer(answer.import), applied: answer.applied, batchRejected: answer.applied ? allRejections(batch, answer.results) : [] };
  }

  @Get('imports/:id')
  @Needs('secret')
  async readImport(@Param('id') importId: string, @Caller() { tenant }: Principal, @Traced() trace: Trace) {
    const answer = await this.clients.ingestion.getImport({ tenant, importId }, trace);
    return importAnswer(answer.import);
  }
}
