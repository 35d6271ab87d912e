import type { BatchPlan, BatchStep } from './batch-plan.js';
import { DEDUPE_HOURS, type AppliedEvent, type FoundState, type ImportCursor } from './partition-store.js';

const HOUR_MS = 3_600_000;
const UNKNOWN = -1;

/**
 * Tells repeats from events that come for the first time. An id is known from the hour it was applied in until the partition's
 * newest event is more than DEDUPE_HOURS later; the events of an import are known by their place in it, those of another partition
 * by their cause, however old. All depend on the records before an event and not on how they were cut into batches.
 */
export class RepeatFilter {
  private readonly hours: Int32Array;
  private readonly fresh: Uint8Array;
  private readonly imports: (ImportCursor | undefined)[];
  private readonly moved: Uint8Array;
  private hourNow: number;

  constructor(private readonly wanted: BatchPlan['wanted'], found: FoundState) {
    this.hours = Int32Array.from(found.events, (hour) => hour ?? UNKNOWN);
    this.fresh = new Uint8Array(this.hours.length);
    this.imports = [...found.imports];
    this.moved = new Uint8Array(this.imports.length);
    this.hourNow = found.head.hour;
  }

  /** Newest hour in which an event was received so far. */
  get hour(): number {
    return this.hourNow;
  }

  /** Moves the window along with an event. */
  advance(receivedAtMs: number): void {
    const hour = Math.floor(receivedAtMs / HOUR_MS);
    if (hour > this.hourNow) this.hourNow = hour;
  }

  /** Whether an event has been applied before; remembers it if not. */
  isRepeat({ eventId, importId, place }: BatchStep): boolean {
    if (place !== undefined) return this.isPlaceTaken(importId, place);
    if (eventId < 0) return false;
    const known = this.hours[eventId]!;
    if (known !== UNKNOWN && known >= this.hourNow - DEDUPE_HOURS) return true;
    this.hours[eventId] = this.hourNow;
    this.fresh[eventId] = 1;
    return false;
  }

  /** Event ids applied in this batch. */
  applied(): AppliedEvent[] {
    return this.wanted.events.flatMap((hash, i) => (this.fresh[i] === 1 ? [{ hash, hour: this.hours[i]! }] : []));
  }

  /** Imports that came further in this batch. */
  movedImports(): { readonly importId: string; readonly cursor: ImportCursor }[] {
    return this.wanted.imports.flatMap((importId, i) => (this.moved[i] === 1 ? [{ importId, cursor: this.imports[i]! }] : []));
  }

  private isPlaceTaken(importId: number, { batch, index }: ImportCursor): boolean {
    const cursor = this.imports[importId];
    if (cursor !== undefined && (batch < cursor.batch || (batch === cursor.batch && index <= cursor.index))) return true;
    this.imports[importId] = { batch, index };
    this.moved[importId] = 1;
    return false;
  }
}
