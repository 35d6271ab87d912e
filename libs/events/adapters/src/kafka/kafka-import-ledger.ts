import { DomainError } from '@serendip/shared-errors';
import { ImportLedger, importOutcome, newImport, type ImportBatch, type ImportOutcome, type ImportState, type LogRecord } from '@serendip/events-domain';
import type { CursorTable } from './cursor-table.js';

const keyOf = (tenant: string, importId: string): string => JSON.stringify(['import', tenant, importId]);

/** Imports beside the log: the records of a batch are durable before the import is said to have come so far. */
export class KafkaImportLedger extends ImportLedger {
  /** By import: what is under way. */
  private readonly turns = new Map<string, Promise<unknown>>();

  /** @param appendRecords appends to the log; throws when the log can not be written */
  constructor(private readonly table: CursorTable, private readonly appendRecords: (records: readonly LogRecord[]) => Promise<unknown>) {
    super();
  }

  async create(tenant: string, name: string): Promise<ImportState> {
    await this.appendRecords([]);
    const state = newImport(tenant, name);
    return this.inTurn(keyOf(tenant, state.id), async (key) => {
      const kept = (await this.table.all()).get(key);
      if (kept !== undefined) return JSON.parse(kept) as ImportState;
      await this.table.set([[key, JSON.stringify(state)]]);
      return state;
    });
  }

  async find(tenant: string, importId: string): Promise<ImportState | undefined> {
    const kept = (await this.table.all()).get(keyOf(tenant, importId));
    return kept === undefined ? undefined : JSON.parse(kept) as ImportState;
  }

  async append(batch: ImportBatch): Promise<ImportOutcome> {
    return this.inTurn(keyOf(batch.tenant, batch.importId), async (key) => {
      const kept = (await this.table.all()).get(key);
      if (kept === undefined) throw new DomainError('NOT_FOUND', 'IMPORT_UNKNOWN', `There is no import ${batch.importId}: create it first.`);
      const outcome = importOutcome(JSON.parse(kept) as ImportState, batch);
      if (outcome.status === 'applied') {
        await this.appendRecords(batch.records);
        await this.table.set([[key, JSON.stringify(outcome.state)]]);
      }
      return outcome;
    });
  }

  private inTurn<T>(key: string, action: (key: string) => Promise<T>): Promise<T> {
    const turn = (this.turns.get(key) ?? Promise.resolve()).catch(() => undefined).then(() => action(key));
    this.turns.set(key, turn);
    void turn.catch(() => undefined).then(() => { if (this.turns.get(key) === turn) this.turns.delete(key); });
    return turn;
  }
}
