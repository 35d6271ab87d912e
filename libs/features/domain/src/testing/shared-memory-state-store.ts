import { MemoryStateStore } from '../memory-state-store.js';
import { MemoryPartitionLeases } from '../ownership/memory-partition-leases.js';
import type { SharedState } from '../shared-state.js';

/** State in memory that several feature stores of one process share. */
export class SharedMemoryStateStore extends MemoryStateStore {
  override readonly shared: SharedState = { leases: new MemoryPartitionLeases(() => performance.now()), counted: this, whenSwitched: (listener) => { this.switched.push(listener); } };
  /** To be called with a partition, as when another generation of it has become the live one. */
  readonly switched: ((partition: number) => void)[] = [];
}
