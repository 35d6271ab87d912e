import { DomainError } from '@serendip/shared-errors';
import { importOutcome, newImport, positionOf, sequenceOf, type ImportBatch, type ImportOutcome, type ImportState, type LogRecord } from '@serendip/events-domain';
import { CHUNK_BYTES, type ChunkWriter } from './chunk.js';
import { decodeImport, encodeImport, importKey } from './import-row.js';
import { readHeader, writeHeader, type LogEnvironment } from './log-environment.js';
import type { LogHeader } from './log-header.js';
import { recordKey } from './record-key.js';

interface Chunk {
  readonly partition: number;
  readonly start: number;
  readonly records: Uint8Array[];
  bytes: number;
}

/** What one write transaction does: collects first, writes everything in `finish`. */
export class LogTransaction {
  private readonly header: LogHeader;
  private readonly chunks: Chunk[] = [];
  private readonly open = new Map<number, Chunk>();
  private readonly imports = new Map<string, { readonly key: Buffer; readonly state: ImportState }>();

  constructor(private readonly environment: LogEnvironment, private readonly chunkWriter: ChunkWriter) {
    this.header = readHeader(environment)!;
  }

  /** The ends after this transaction. */
  get ends(): Float64Array {
    return this.header.ends;
  }

  append(records: readonly LogRecord[]): number[] {
    return records.map(({ partition, bytes }) => {
      const position = positionOf(this.header.epoch, sequenceOf(this.header.ends[partition]!));
      this.header.ends[partition] = position + 1;
      const chunk = this.chunkFor(partition, position);
      chunk.records.push(bytes);
      chunk.bytes += bytes.length;
      return position;
    });
  }

  createImport(tenant: string, name: string): ImportState {
    const state = newImport(tenant, name);
    const known = this.findImport(tenant, state.id);
    if (known === undefined) this.keepImport(tenant, state);
    return known ?? state;
  }

  applyBatch(batch: ImportBatch): ImportOutcome {
    const state = this.findImport(batch.tenant, batch.importId);
    if (state === undefined) throw new DomainError('NOT_FOUND', 'IMPORT_UNKNOWN', `There is no import ${batch.importId}: create it first.`);
    const outcome = importOutcome(state, batch);
    if (outcome.status === 'applied') {
      this.append(batch.records);
      this.keepImport(batch.tenant, outcome.state);
    }
    return outcome;
  }

  finish(): void {
    if (this.chunks.length === 0 && this.imports.size === 0) return;
    const { records, imports } = this.environment;
    for (const { partition, start, records: bytes } of this.chunks) void records.put(recordKey(partition, start), this.chunkWriter.write(bytes));
    for (const { key, state } of this.imports.values()) void imports.put(key, encodeImport(state));
    writeHeader(this.environment, { ...this.header, clean: false });
  }

  close(): void {
    writeHeader(this.environment, { ...this.header, clean: true });
  }

  private chunkFor(partition: number, position: number): Chunk {
    const known = this.open.get(partition);
    if (known !== undefined && known.bytes < CHUNK_BYTES) return known;
    const chunk = { partition, start: position, records: [], bytes: 0 };
    this.open.set(partition, chunk);
    this.chunks.push(chunk);
    return chunk;
  }

  private findImport(tenant: string, importId: string): ImportState | undefined {
    const key = importKey(tenant, importId);
    const kept = this.imports.get(key.toString('latin1'));
    if (kept !== undefined) return kept.state;
    const bytes = this.environment.imports.get(key);
    return bytes === undefined ? undefined : decodeImport(bytes);
  }

  private keepImport(tenant: string, state: ImportState): void {
    const key = importKey(tenant, state.id);
    this.imports.set(key.toString('latin1'), { key, state });
  }
}
