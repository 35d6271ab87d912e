import type { ImportLedger, ImportState } from '@serendip/events-domain';
import { DomainError } from '@serendip/shared-errors';

const POLL_MS = 10;
const MOST_WAITING = 64;

/** Lets batches of an import that come ahead of their turn wait for it, briefly and not too many. */
export class ImportTurns {
  private readonly listeners = new Map<string, Set<() => void>>();
  private waiting = 0;

  constructor(private readonly ledger: ImportLedger) {}

  /** Tells those who wait that the import has moved on. */
  moved(importId: string): void {
    for (const wake of this.listeners.get(importId) ?? []) wake();
  }

  /** Resolves when batch n may be tried. Throws FAILED_PRECONDITION/IMPORT_BATCH_AHEAD, NOT_FOUND/IMPORT_UNKNOWN. */
  async wait(tenant: string, importId: string, { batch, deadlineMs }: { readonly batch: number; readonly deadlineMs: number }): Promise<ImportState> {
    let state = await this.find(tenant, importId);
    if (batch <= state.lastBatch + 1) return state;
    if (this.waiting >= MOST_WAITING) throw ahead(batch, state);
    this.waiting++;
    try {
      while (batch > state.lastBatch + 1) {
        if (Date.now() >= deadlineMs) throw ahead(batch, state);
        await this.next(importId);
        state = await this.find(tenant, importId);
      }
      return state;
    } finally {
      this.waiting--;
    }
  }

  private async find(tenant: string, importId: string): Promise<ImportState> {
    const state = await this.ledger.find(tenant, importId);
    if (state === undefined) throw new DomainError('NOT_FOUND', 'IMPORT_UNKNOWN', `There is no import '${importId}': POST /v1/imports opens one.`);
    return state;
  }

  /** Until the import moves on here or, another process being at it too, a moment has passed. */
  private next(importId: string): Promise<void> {
    return new Promise((resolve) => {
      const listeners = this.listeners.get(importId) ?? new Set();
      this.listeners.set(importId, listeners);
      const done = (): void => {
        clearTimeout(timer);
        listeners.delete(done);
        if (listeners.size === 0) this.listeners.delete(importId);
        resolve();
      };
      const timer = setTimeout(done, POLL_MS);
      listeners.add(done);
    });
  }
}

function ahead(batch: number, { lastBatch }: ImportState): DomainError {
  return new DomainError('FAILED_PRECONDITION', 'IMPORT_BATCH_AHEAD', `Batch ${batch} came before its turn: the last one applied is ${lastBatch}.`, { metadata: { lastBatch: String(lastBatch) } });
}
