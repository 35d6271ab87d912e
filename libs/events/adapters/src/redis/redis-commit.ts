import { DomainError } from '@serendip/shared-errors';
import type { ImportBatch, ImportOutcome, ImportState, LogRecord } from '@serendip/events-domain';
import { importField } from './import-field.js';

/** What the commit script answers; positions are text, because they have more digits than the script's numbers are written with. */
export interface CommitAnswer {
  readonly starts: Readonly<Record<string, string>>;
  readonly nexts: Readonly<Record<string, string>>;
  readonly outcomes: Readonly<Record<string, { readonly status: ImportOutcome['status'] | 'unknown'; readonly state?: ImportState }>>;
}

interface CommitWork {
  readonly records: readonly LogRecord[];
  readonly batch?: ImportBatch;
}

/** What one commit does: collects first, is sent as one script, and tells what became of each work once `answered`. */
export class RedisCommit {
  private readonly works: CommitWork[] = [];
  private positions: (readonly number[])[] = [];
  private outcomes: CommitAnswer['outcomes'] = {};

  /** What tells the positions of the records, once answered. */
  append(records: readonly LogRecord[]): () => readonly number[] {
    const index = this.works.push({ records }) - 1;
    return () => this.positions[index]!;
  }

  /** What tells what became of the batch, once answered. Throws NOT_FOUND/IMPORT_UNKNOWN for an import that was not created. */
  applyBatch(batch: ImportBatch): () => ImportOutcome {
    const index = this.works.push({ records: batch.records, batch }) - 1;
    return () => {
      const { status, state } = this.outcomes[index]!;
      if (status === 'unknown') throw new DomainError('NOT_FOUND', 'IMPORT_UNKNOWN', `There is no import ${batch.importId}: create it first.`);
      return { status, state: state! };
    };
  }

  /** Those that something is appended to. */
  get partitions(): readonly number[] {
    return [...new Set(this.works.flatMap(({ records }) => records.map(({ partition }) => partition)))];
  }

  /** The script's arguments from the works on. */
  arguments(): (string | Buffer)[] {
    const works = this.works.map(({ records, batch }) => ({
      records: records.length,
      ...(batch === undefined ? {} : { import: importField(batch.tenant, batch.importId), batch: batch.batch, accepted: batch.accepted, rejected: batch.rejected }),
    }));
    const args: (string | Buffer)[] = [JSON.stringify(works)];
    for (const { records } of this.works) {
      for (const { partition, bytes } of records) args.push(String(partition), Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
    return args;
  }

  answered({ starts, outcomes }: CommitAnswer): void {
    const nexts = new Map(Object.entries(starts).map(([partition, position]) => [Number(partition), Number(position)]));
    this.outcomes = outcomes;
    this.positions = this.works.map(({ records, batch }, index) => {
      if (batch !== undefined && outcomes[index]!.status !== 'applied') return [];
      return records.map(({ partition }) => {
        const position = nexts.get(partition)!;
        nexts.set(partition, position + 1);
        return position;
      });
    });
  }
}
