import { ImportLedger, newImport, type ImportBatch, type ImportOutcome, type ImportState } from '@serendip/events-domain';
import type { GroupCommit } from '../group-commit.js';
import { importField } from './import-field.js';
import { IMPORTS_KEY } from './log-keys.js';
import type { RedisCommit } from './redis-commit.js';
import type { LogConnections } from './log-connections.js';

/** Imports in a hash beside the log, written by the script that appends their records. */
export class RedisImportLedger extends ImportLedger {
  constructor(private readonly connections: LogConnections, private readonly writing: () => GroupCommit<RedisCommit>) {
    super();
  }

  async create(tenant: string, name: string): Promise<ImportState> {
    this.writing();
    const state = newImport(tenant, name);
    const field = importField(tenant, state.id);
    return this.connections.writing.run(async (client) => {
      await client.hsetnx(IMPORTS_KEY, field, JSON.stringify(state));
      const kept = await client.hget(IMPORTS_KEY, field);
      await this.connections.replicated(client);
      return JSON.parse(kept!) as ImportState;
    });
  }

  async find(tenant: string, importId: string): Promise<ImportState | undefined> {
    const kept = await this.connections.reading.run((client) => client.hget(IMPORTS_KEY, importField(tenant, importId)));
    return kept === null ? undefined : JSON.parse(kept) as ImportState;
  }

  async append(batch: ImportBatch): Promise<ImportOutcome> {
    const outcome = await this.writing().submit(batch.records.length, (commit) => commit.applyBatch(batch));
    return outcome();
  }
}
