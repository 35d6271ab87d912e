import { recordsBetween, type EventLog } from '@serendip/events-domain';
import type { Documents, StateStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { PARTITIONS } from '@serendip/shared-identity';
import { PartitionRunner } from '../partition-runner.js';

export interface BuilderParts {
  readonly log: EventLog;
  readonly store: StateStore;
  readonly documents: Documents;
  readonly logger: Logger;
  readonly dedupe: boolean;
  readonly onProgress: (applied: number, total: number) => void;
}

/** Nobody is kept waiting by this: a batch is as large as it may be, and its turn is now. */
const AT_ONCE = { turns: { next: async () => undefined }, batchSize: { records: 2000, milliseconds: () => 0, begin: () => () => undefined } };
const ENOUGH_RECORDS = 500;

/** Makes a generation of the state from the log, through the same processors as the live one. */
export class GenerationBuilder {
  private readonly runners: readonly PartitionRunner[];

  constructor(private readonly parts: BuilderParts) {
    // What is passed over was reported when the live state passed it over.
    const runnerParts = { ...parts, ...AT_ONCE, onBatch: () => this.report(), onStale: () => undefined, onPoison: () => undefined };
    this.runners = Array.from({ length: PARTITIONS }, (_, partition) => new PartitionRunner(partition, runnerParts));
  }

  /** Learns what the generation has, and what the log says of who was erased; to be awaited before anything is applied. */
  async load(): Promise<void> {
    const ends = await this.parts.log.ends();
    await Promise.all(this.runners.map((runner) => runner.load(ends[runner.partition] ?? 0)));
  }

  /** Applies what the log has, and what comes meanwhile, until little is left. */
  async catchUp(): Promise<void> {
    do await this.applyTo(await this.parts.log.ends()); while (this.left(await this.parts.log.ends()) > ENOUGH_RECORDS);
  }

  /** Applies at least up to these positions, by partition; answers where each is then. */
  async applyTo(ends: readonly number[]): Promise<readonly number[]> {
    for (const runner of this.runners) runner.notice(ends[runner.partition] ?? 0, 0);
    await Promise.all(this.runners.map((runner) => runner.idle()));
    return this.runners.map(({ cursor }) => cursor);
  }

  private left(ends: readonly number[]): number {
    return this.runners.reduce((sum, { partition, cursor }) => sum + recordsBetween(cursor, ends[partition] ?? 0), 0);
  }

  private report(): void {
    const applied = this.runners.reduce((sum, { cursor }) => sum + recordsBetween(0, cursor), 0);
    this.parts.onProgress(applied, this.runners.reduce((sum, { logEnd }) => sum + recordsBetween(0, logEnd), 0));
  }
}
