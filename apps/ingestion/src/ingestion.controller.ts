import { randomBytes } from 'node:crypto';
import { Controller } from '@nestjs/common';
import { EventLog, ImportLedger, type ImportState } from '@serendip/events-domain';
import { Rpc, type CallContext, type Handlers } from '@serendip/platform-grpc';
import { events } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { acceptEvents, type AcceptedBatch } from './accept-events.js';
import { AppendBuffer } from './append-buffer.js';
import { ImportTurns } from './import-turns.js';
import { IngestionMetrics } from './ingestion.metrics.js';

const MOST_EVENTS = 500;
/** Time kept of a deadline for the answer to travel. */
const ANSWER_MS = 50;
const DURABILITY = events.Durability.DISK;

function checkSize(count: number): void {
  if (count > MOST_EVENTS) throw new DomainError('INVALID_ARGUMENT', 'BATCH_TOO_LARGE', `A batch may have ${MOST_EVENTS} events, this one has ${count}.`);
}

const importMessage = (state: ImportState) => ({ ...state });

/** Validates events and appends them; acknowledges when the log says that they are durable. */
@Controller()
export class IngestionController implements Handlers<typeof events.IngestionService> {
  constructor(
    private readonly log: EventLog, private readonly ledger: ImportLedger, private readonly turns: ImportTurns, private readonly buffer: AppendBuffer,
    private readonly metrics: IngestionMetrics,
  ) {}

  @Rpc(events.IngestionService, 'writeEvents')
  async writeEvents({ tenant, events: batch }: events.WriteEventsRequest, { deadlineMs }: CallContext) {
    checkSize(batch.length);
    const accepted = acceptEvents(batch, { tenant, nowMs: Date.now(), random: randomBytes });
    await this.durably(accepted, deadlineMs, () => this.log.append(accepted.records));
    return { results: [...accepted.results], durability: DURABILITY };
  }

  @Rpc(events.IngestionService, 'createImport')
  async createImport({ tenant, name }: events.CreateImportRequest) {
    if (name === '' || name.length > 256) throw new DomainError('INVALID_ARGUMENT', 'IMPORT_NAME_INVALID', 'An import has a name of 1 to 256 characters.');
    return { import: importMessage(await this.ledger.create(tenant, name)) };
  }

  @Rpc(events.IngestionService, 'writeImportBatch')
  async writeImportBatch({ tenant, importId, batch, events: list }: events.WriteImportBatchRequest, { deadlineMs }: CallContext) {
    checkSize(list.length);
    if (batch < 1) throw new DomainError('INVALID_ARGUMENT', 'IMPORT_BATCH_INVALID', 'Batches are counted from 1.');
    const known = await this.turns.wait(tenant, importId, { batch, deadlineMs: deadlineMs - 2 * ANSWER_MS });
    if (batch <= known.lastBatch) return { import: importMessage(known), applied: false, results: [] };
    const accepted = acceptEvents(list, { tenant, nowMs: Date.now(), random: randomBytes, importBatch: { importId, batch } });
    const { records, results } = accepted;
    const counts = { accepted: records.length, rejected: results.length - records.length };
    const outcome = await this.durably(accepted, deadlineMs, () => this.ledger.append({ tenant, importId, batch, records, ...counts }));
    this.turns.moved(importId);
    return { import: importMessage(outcome.state), applied: outcome.status === 'applied', results: outcome.status === 'applied' ? [...results] : [] };
  }

  @Rpc(events.IngestionService, 'getImport')
  async getImport({ tenant, importId }: events.GetImportRequest) {
    const state = await this.ledger.find(tenant, importId);
    if (state === undefined) throw new DomainError('NOT_FOUND', 'IMPORT_UNKNOWN', `There is no import '${importId}'.`);
    return { import: importMessage(state) };
  }

  private async durably<T>({ records, bytes, results }: AcceptedBatch, deadlineMs: number, append: () => Promise<T>): Promise<T> {
    const started = performance.now();
    const answer = await this.buffer.run({ events: records.length, bytes, deadlineMs: deadlineMs - ANSWER_MS }, append);
    this.metrics.batch(results, (performance.now() - started) / 1000);
    return answer;
  }
}
