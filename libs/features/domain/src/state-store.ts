import type { Outbox } from './outbox.js';
import type { PartitionStore } from './partition-store.js';
import type { SharedState } from './shared-state.js';
import type { CatalogueReader, StateReader } from './state-reader.js';

/** One engine's state: written by partition processors, read by everyone else. */
export abstract class StateStore {
  abstract readonly partitions: PartitionStore;
  abstract readonly reader: StateReader;
  abstract readonly catalogue: CatalogueReader;
  abstract readonly outbox: Outbox;
  /** How several processes share it; undefined for an engine that only one process uses. */
  abstract readonly shared: SharedState | undefined;
  abstract close(): Promise<void>;
}
