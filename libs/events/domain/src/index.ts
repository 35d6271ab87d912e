export { ArchivedLog } from './archive/archived-log.js';
export { LogArchive, type ArchivedRecords } from './archive/log-archive.js';
export {
  DEAD_LETTER_LIMITS, deadLetterIdOf, isDeadLetterId, refusedAgain, type DeadLetter, type DeadLetterSource, type Refusal,
} from './dead-letters/dead-letter.js';
export {
  DeadLetterStore, cursorOf, isNamed, placeOfCursor, type DeadLetterFilter, type DeadLetterPage, type DeadLetterPlace, type DeadLetterQuery,
} from './dead-letters/dead-letter-store.js';
export { ConsumerPositions, type PartitionPosition } from './log/consumer-positions.js';
export { EventLog, type Durability, type LogRecord, type StoredRecord } from './log/event-log.js';
export {
  ImportLedger, importIdOf, importOutcome, newImport, type ImportBatch, type ImportOutcome, type ImportState,
} from './log/import-ledger.js';
export type { OpenLog } from './log/open-log.js';
export { TRIM_GROUPS, trimPositions } from './log/trimming.js';
export { MAX_EPOCH, epochOf, positionOf, recordsBetween, sequenceOf } from './log/position.js';
export { DURABILITIES, requireDurability } from './log/require-durability.js';
export { SCHEMA_VERSION, completionOf, type Arrival, type Completion } from './model/event-completion.js';
export type {
  AttributeFields, Attributes, CauseFields, ContextFields, EventFields, EventItemFields, ImportPositionFields, ItemChangeFields, ItemFields, PayloadFields,
  ServedFields, UserChangeFields,
} from './model/event-fields.js';
export { partitionOfEvent } from './model/event-partition.js';
export type { EventFault, EventReason } from './validation/event-fault.js';
export { EVENT_LIMITS, maxEventBytes } from './validation/limits.js';
export { validateEvent, type ValidationRules } from './validation/validate-event.js';
export { validateForwarded } from './validation/validate-forwarded.js';
