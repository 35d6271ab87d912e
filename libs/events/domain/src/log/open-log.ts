import type { ConsumerPositions } from './consumer-positions.js';
import type { EventLog } from './event-log.js';
import type { ImportLedger } from './import-ledger.js';

/** A log with what is kept beside it: what every engine opens. */
export interface OpenLog extends EventLog {
  readonly positions: ConsumerPositions;
  readonly imports: ImportLedger;
}
