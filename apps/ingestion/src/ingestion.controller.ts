import { Controller } from '@nestjs/common';
import { EventLog, ImportLedger, type ImportOutcome } from '@serendip/events-domain';
import { Rpc, type CallContext, type Handlers } from '@serendip/platform-grpc';
import { events, type MessageInitShape } from '@serendip/shared-contracts';
import { acceptEvents, acceptForwarded, type AcceptedBatch } from './accept-events.js';
import { AppendBuffer } from './append-buffer.js';
import type { DeadLetterRpc } from './dead-letters/dead-letters.controller.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { answerBy } from './deadline.js';
import { newEventId } from './event-ids.js';
import { ImportTurns, type BatchPlace } from './import-turns.js';
import { durabilityMessage, importMessage, placesMessage } from './ingestion.mapper.js';
import { IngestionMetrics } from './ingestion.metrics.js';
import { requireBatchNumber, requireImportName, requireIndices, requireSize, requireTenant } from './request-rules.js';

const nothing: AcceptedBatch = { records: [], bytes: 0, results: [], refused: [] };

/** Validates events and appends them; acknowledges when the log says that they are durable. */
@Controller()
export class IngestionController implements Omit<Handlers<typeof events.IngestionService>, DeadLetterRpc> {
  constructor(
    private readonly log: EventLog, private readonly ledger: ImportLedger, private readonly turns: ImportTurns, private readonly buffer: AppendBuffer,
    private readonly metrics: IngestionMetrics, private readonly deadLetters: DeadLetters,
  ) {}

  @Rpc(events.IngestionService, 'writeEvents')
  async writeEvents({ tenant, events: batch, places }: events.WriteEventsRequest, context: CallContext): Promise<MessageInitShape<typeof events.WriteEventsResponseSchema>> {
    requireTenant(tenant);
    requireSize(batch.length);
    this.buffer.requireRoom({ events: batch.length, bytes: 0 });
    const prepared = acceptEvents(batch, { tenant, nowMs: Date.now(), newEventId });
    const positions = await this.durably(prepared, context, () => this.log.append(prepared.records));
    this.metrics.count(prepared);
    this.deadLetters.refuse(prepared.refused, { source: 'ingestion', tenant });
    return { results: [...prepared.results], durability: durabilityMessage(this.log.durability), ...(places ? placesMessage(prepared.records, positions) : {}) };
  }

  @Rpc(events.IngestionService, 'createImport')
  async createImport({ tenant, name }: events.CreateImportRequest, context: CallContext): Promise<MessageInitShape<typeof events.CreateImportResponseSchema>> {
    requireTenant(tenant);
    requireImportName(name);
    return { import: importMessage(await this.durably(nothing, context, () => this.ledger.create(tenant, name))) };
  }

  @Rpc(events.IngestionService, 'writeImportBatch')
  async writeImportBatch(request: events.WriteImportBatchRequest, context: CallContext): Promise<MessageInitShape<typeof events.WriteImportBatchResponseSchema>> {
    const { tenant, importId, batch, events: list, indices, refused } = request;
    requireTenant(tenant);
    requireSize(list.length + refused);
    requireBatchNumber(batch);
    requireIndices(indices, list.length);
    const { lastBatch } = await this.turns.find(tenant, importId);
    const prepared = batch <= lastBatch ? nothing : acceptEvents(list, { tenant, nowMs: Date.now(), newEventId, importBatch: { importId, batch, indices } });
    const { status, state } = await this.applyInTurn({ tenant, importId, batch, refused }, prepared, context);
    if (status !== 'applied') return { import: importMessage(state), applied: false };
    this.metrics.count(prepared);
    this.deadLetters.refuse(prepared.refused, { source: 'ingestion', tenant });
    return { import: importMessage(state), applied: true, results: [...prepared.results] };
  }

  @Rpc(events.IngestionService, 'getImport')
  async getImport({ tenant, importId }: events.GetImportRequest): Promise<MessageInitShape<typeof events.GetImportResponseSchema>> {
    requireTenant(tenant);
    return { import: importMessage(await this.turns.find(tenant, importId)) };
  }

  @Rpc(events.IngestionService, 'forwardEvents')
  async forwardEvents({ events: batch }: events.ForwardEventsRequest, context: CallContext): Promise<MessageInitShape<typeof events.ForwardEventsResponseSchema>> {
    requireSize(batch.length);
    const prepared = acceptForwarded(batch);
    await this.durably(prepared, context, () => this.log.append(prepared.records));
    this.metrics.count(prepared);
    this.deadLetters.refuse(prepared.refused, { source: 'feature-store' });
    return { results: [...prepared.results] };
  }

  /** Applies a batch when it is its turn; what had been applied before is answered once that is durable. */
  private async applyInTurn({ refused, ...place }: BatchPlace & { readonly refused: number }, prepared: AcceptedBatch, context: CallContext): Promise<ImportOutcome> {
    const { records } = prepared;
    const rejected = prepared.refused.length + refused;
    for (;;) {
      await this.turns.wait(place, { bytes: prepared.bytes, deadlineMs: answerBy(context.deadlineMs), signal: context.signal });
      const outcome = await this.durably(prepared, context, () => this.ledger.append({ ...place, records, accepted: records.length, rejected }));
      if (outcome.status === 'applied') this.turns.moved(place.importId);
      if (outcome.status !== 'ahead') return outcome;
    }
  }

  private async durably<T>({ records, bytes }: AcceptedBatch, { deadlineMs }: CallContext, append: () => Promise<T>): Promise<T> {
    return this.buffer.run({ events: records.length, bytes, deadlineMs: answerBy(deadlineMs) }, () => this.metrics.timed(append));
  }
}
