import { PARTITIONS } from '@serendip/shared-identity';
import { DomainError } from '@serendip/shared-errors';
import { ConsumerPositions, type PartitionPosition } from '../log/consumer-positions.js';
import { EventLog, type Durability, type LogRecord, type StoredRecord } from '../log/event-log.js';
import { ImportLedger, importOutcome, newImport, type ImportBatch, type ImportOutcome, type ImportState } from '../log/import-ledger.js';
import { positionOf } from '../log/position.js';

const zeros = (): number[] => new Array<number>(PARTITIONS).fill(0);

/** An event log for tests: durable as long as the process lives, except while `hold` is on. */
export class InMemoryEventLog extends EventLog {
  durability: Durability = 'process';
  readonly positions: ConsumerPositions = new InMemoryPositions();
  readonly imports: ImportLedger = new InMemoryImports((records) => this.append(records));
  private readonly records = Array.from({ length: PARTITIONS }, (): StoredRecord[] => []);
  private readonly next = Array.from({ length: PARTITIONS }, () => positionOf(1, 0));
  private readonly durableEnds = zeros();
  private readonly waiters = new Set<() => void>();
  private failure: Error | undefined;
  private held: Promise<void> | undefined;
  private closed = false;

  /** Makes appends fail with this error until it is taken back with undefined. */
  failWith(error: Error | undefined): void {
    this.failure = error;
  }

  /** Makes appends wait; answers what lets them go on. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.held = promise;
    return () => {
      this.held = undefined;
      resolve();
    };
  }

  async append(records: readonly LogRecord[]): Promise<readonly number[]> {
    this.requireOpen();
    await this.held;
    if (this.failure !== undefined) throw this.failure;
    const positions = records.map(({ partition, bytes }) => {
      const position = this.next[partition]!++;
      this.records[partition]!.push({ position, bytes: bytes.slice() });
      this.durableEnds[partition] = position + 1;
      return position;
    });
    this.wake();
    return positions;
  }

  async read(partition: number, from: number, max: number): Promise<readonly StoredRecord[]> {
    this.requireOpen();
    const records = this.records[partition]!;
    const at = records.findIndex(({ position }) => position >= from);
    return at < 0 ? [] : records.slice(at, at + max);
  }

  async ends(): Promise<readonly number[]> {
    this.requireOpen();
    return [...this.durableEnds];
  }

  knownEnds(): readonly number[] {
    return [...this.durableEnds];
  }

  async waitForAppend(since: readonly number[], timeoutMs: number): Promise<readonly number[]> {
    this.requireOpen();
    if (this.durableEnds.every((end, partition) => end === (since[partition] ?? 0))) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, timeoutMs);
      this.waiters.add(resolve);
      await promise;
      clearTimeout(timer);
      this.waiters.delete(resolve);
    }
    return [...this.durableEnds];
  }

  async trim(partition: number, before: number): Promise<void> {
    this.requireOpen();
    this.records[partition] = this.records[partition]!.filter(({ position }) => position >= before);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.wake();
  }

  private wake(): void {
    for (const resolve of this.waiters) resolve();
  }

  private requireOpen(): void {
    if (this.closed) throw new DomainError('UNAVAILABLE', 'LOG_CLOSED', 'The event log is closed.');
  }
}

class InMemoryPositions extends ConsumerPositions {
  private readonly groups = new Map<string, number[]>();

  async committed(group: string): Promise<readonly number[]> {
    return [...(this.groups.get(group) ?? zeros())];
  }

  async commit(group: string, positions: readonly PartitionPosition[]): Promise<void> {
    const committed = this.groups.get(group) ?? zeros();
    for (const { partition, position } of positions) committed[partition] = position;
    this.groups.set(group, committed);
  }
}

class InMemoryImports extends ImportLedger {
  private readonly states = new Map<string, ImportState>();
  private turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly appendRecords: (records: readonly LogRecord[]) => Promise<unknown>) {
    super();
  }

  async create(tenant: string, name: string): Promise<ImportState> {
    const state = newImport(tenant, name);
    const key = `${tenant}\0${state.id}`;
    if (!this.states.has(key)) this.states.set(key, state);
    return this.states.get(key)!;
  }

  async find(tenant: string, importId: string): Promise<ImportState | undefined> {
    return this.states.get(`${tenant}\0${importId}`);
  }

  append(batch: ImportBatch): Promise<ImportOutcome> {
    const outcome = this.turn.then(() => this.apply(batch));
    this.turn = outcome.catch(() => undefined);
    return outcome;
  }

  private async apply(batch: ImportBatch): Promise<ImportOutcome> {
    const key = `${batch.tenant}\0${batch.importId}`;
    const state = this.states.get(key);
    if (state === undefined) throw new DomainError('NOT_FOUND', 'IMPORT_UNKNOWN', `There is no import ${batch.importId}: create it first.`);
    const outcome = importOutcome(state, batch);
    if (outcome.status === 'applied') {
      await this.appendRecords(batch.records);
      this.states.set(key, outcome.state);
    }
    return outcome;
  }
}
