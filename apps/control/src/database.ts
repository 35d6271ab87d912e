import { PostgresConfigurationRepository, PostgresDatabase, PostgresIdempotencyKeys, startEmbeddedPostgres } from '@serendip/control-adapters';
import type { ConfigurationRepository, IdempotencyKeys } from '@serendip/control-domain';
import type { Logger } from '@serendip/platform-logging';

const EMBEDDED = 'embedded:';

export interface Database {
  readonly repository: ConfigurationRepository;
  readonly idempotencyKeys: IdempotencyKeys;
  close(): Promise<void>;
}

/** Opens the database that a URL names; starts it where that is embedded:<directory>. A server need not be there yet. */
export async function openDatabase(url: string, logger: Logger): Promise<Database> {
  const embedded = url.startsWith(EMBEDDED) ? await startEmbeddedPostgres({ directory: url.slice(EMBEDDED.length), logger }) : undefined;
  const database = new PostgresDatabase(embedded?.url ?? url, (err) => logger.warn({ err }, 'A connection to the database broke.'));
  return {
    repository: new PostgresConfigurationRepository(database),
    idempotencyKeys: new PostgresIdempotencyKeys(database),
    async close() {
      await database.close();
      await embedded?.stop();
    },
  };
}
