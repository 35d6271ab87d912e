import { ImportLedger, type ImportBatch, type ImportOutcome, type ImportState } from '@serendip/events-domain';
import type { GroupCommit } from '../group-commit.js';
import { decodeImport, importKey } from './import-row.js';
import type { LogEnvironment } from './log-environment.js';
import type { LogTransaction } from './log-transaction.js';

/** Imports in the log's own environment, written in the transaction that appends their records. */
export class LmdbImportLedger extends ImportLedger {
  constructor(private readonly environment: LogEnvironment, private readonly writing: () => GroupCommit<LogTransaction>) {
    super();
  }

  async create(tenant: string, name: string): Promise<ImportState> {
    return this.writing().submit(1, (transaction) => transaction.createImport(tenant, name));
  }

  async find(tenant: string, importId: string): Promise<ImportState | undefined> {
    this.environment.root.resetReadTxn();
    const bytes = this.environment.imports.get(importKey(tenant, importId));
    return bytes === undefined ? undefined : decodeImport(bytes);
  }

  async append(batch: ImportBatch): Promise<ImportOutcome> {
    return this.writing().submit(batch.records.length, (transaction) => transaction.applyBatch(batch));
  }
}
