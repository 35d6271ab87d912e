import type { ImportLedger, ImportState } from '@serendip/events-domain';
import { DomainError } from '@serendip/shared-errors';

export interface BatchPlace {
  readonly tenant: string;
  readonly importId: string;
  /** 1, 2, 3 ... */
  readonly batch: number;
}

export interface WaitOptions {
  /** What the batch keeps in memory while it waits. */
  readonly bytes: number;
  /** Epoch milliseconds. */
  readonly deadlineMs: number;
  /** Aborted when nobody waits for the batch any more. */
  readonly signal?: AbortSignal;
}

/** How often to look whether another process has moved an import, milliseconds. */
const pollMs = 20;
const mostWaiting = 64;
const mostWaitingBytes = 64 * 1024 * 1024;

/** Lets batches of an import that come ahead of their turn wait for it, briefly and not too many. */
export class ImportTurns {
  private readonly sleepers = new Map<string, Set<() => void>>();
  private count = 0;
  private bytes = 0;

  constructor(private readonly ledger: ImportLedger) {}

  /** Batches that wait now. */
  get waiting(): number {
    return this.count;
  }

  /** Tells those who wait that the import has moved on. */
  moved(importId: string): void {
    for (const wake of this.sleepers.get(importId) ?? []) wake();
  }

  /** The import. Throws NOT_FOUND/IMPORT_UNKNOWN. */
  async find(tenant: string, importId: string): Promise<ImportState> {
    const state = await this.ledger.find(tenant, importId);
    if (state === undefined) throw new DomainError('NOT_FOUND', 'IMPORT_UNKNOWN', `There is no import ${importId}: create it first.`);
    return state;
  }

  /** The import, once a batch is not ahead of its turn. Throws FAILED_PRECONDITION/IMPORT_BATCH_AHEAD at the deadline, or at once when too many wait. */
  async wait({ tenant, importId, batch }: BatchPlace, { bytes, deadlineMs, signal }: WaitOptions): Promise<ImportState> {
    let state = await this.find(tenant, importId);
    if (batch <= state.lastBatch + 1) return state;
    if (this.count >= mostWaiting || this.bytes + bytes > mostWaitingBytes) throw ahead(batch, state);
    this.count++;
    this.bytes += bytes;
    try {
      while (batch > state.lastBatch + 1) {
        if (Date.now() >= deadlineMs || signal?.aborted === true) throw ahead(batch, state);
        await this.sleep(importId, Math.min(pollMs, deadlineMs - Date.now()));
        state = await this.find(tenant, importId);
      }
      return state;
    } finally {
      this.count--;
      this.bytes -= bytes;
    }
  }

  /** Until the import moves on here, or a moment has passed. */
  private sleep(importId: string, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const sleepers = this.sleepers.get(importId) ?? new Set();
      this.sleepers.set(importId, sleepers);
      const wake = (): void => {
        clearTimeout(timer);
        sleepers.delete(wake);
        if (sleepers.size === 0) this.sleepers.delete(importId);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      sleepers.add(wake);
    });
  }
}

function ahead(batch: number, { lastBatch }: ImportState): DomainError {
  return new DomainError('FAILED_PRECONDITION', 'IMPORT_BATCH_AHEAD', `Batch ${batch} came before its turn: the last one applied is ${lastBatch}.`, { metadata: { lastBatch: String(lastBatch) } });
}
