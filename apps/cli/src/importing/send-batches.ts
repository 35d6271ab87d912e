import type { GatewayClient } from '@serendip/platform-gateway-client';

export const BATCH = 500;
const IN_FLIGHT = 4;

export interface ImportState {
  readonly id: string;
  readonly lastBatch: number;
  readonly accepted: number;
  readonly rejected: number;
}

export interface Refused {
  readonly index: number;
  readonly reason: string;
  readonly detail: string;
}

interface Batches {
  readonly state: ImportState;
  /** Events in all batches. */
  readonly total: number;
  /** Send every batch, even those known to be applied. */
  readonly resend: boolean;
  /** The body of batch n from 1 on: the same each time. */
  bodyOf(n: number): string;
  onRefused(n: number, refused: readonly Refused[]): void;
  onProgress(done: number): void;
}

/** Opens the import of that name, or finds it again. */
export async function openImport(client: GatewayClient, name: string): Promise<ImportState> {
  return await client.send('POST', '/v1/imports', { body: { name } }) as ImportState;
}

/** Sends the batches of an import from the one after the last applied, several at a time; answers how many events those have. */
export async function sendBatches(client: GatewayClient, { state, total, resend, bodyOf, onRefused, onProgress }: Batches): Promise<number> {
  const batches = Math.ceil(total / BATCH);
  const first = resend ? 1 : state.lastBatch + 1;
  let next = first;
  let done = Math.min(total, (first - 1) * BATCH);
  // Ahead of its turn for longer than the gateway waits: a batch before it was late. It is sent again.
  const retryReasons = ['IMPORT_BATCH_AHEAD'];
  const worker = async (): Promise<void> => {
    while (next <= batches) {
      const n = next++;
      const answer = await client.send('PUT', `/v1/imports/${state.id}/batches/${n}`, { body: bodyOf(n), retryReasons }) as { readonly batchRejected: readonly Refused[] };
      onRefused(n, answer.batchRejected);
      done += Math.min(BATCH, total - (n - 1) * BATCH);
      onProgress(done);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  return Math.max(0, total - (first - 1) * BATCH);
}

/** Puts items or users, 500 at a time. */
export async function putEntities(client: GatewayClient, field: 'items' | 'users', entities: readonly unknown[], on: { refused(refused: readonly Refused[], from: number): void; progress(done: number): void }): Promise<void> {
  for (let from = 0; from < entities.length; from += BATCH) {
    const answer = await client.send('POST', `/v1/${field}:batch`, { body: { [field]: entities.slice(from, from + BATCH) } }) as { readonly rejected: readonly Refused[] };
    on.refused(answer.rejected, from);
    on.progress(Math.min(from + BATCH, entities.length));
  }
}
