import type { Outbox } from './outbox.js';
import type { PartitionStore } from './partition-store.js';
import type { CatalogueReader, StateReader } from './state-reader.js';

/** One engine's state: written by partition processors, read by everyone else. */
export abstract class StateStore {
  abstract readonly partitions: PartitionStore;
  abstract readonly reader: StateReader;
  abstract readonly catalogue: CatalogueReader;
  abstract readonly outbox: Outbox;
  abstract close(): Promise<void>;
}
