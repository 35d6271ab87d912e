import { HashTable64, hash64 } from '@serendip/shared-identity';

const HOUR_MS = 3_600_000;
/** For so long a client may send an event again (the dedupe window and the hour it began in). */
const WINDOW_HOURS = 25;

/**
 * Which event ids came lately, to tell repeats. Two tables take turns, so that an id is known for one window at least and forgotten after two
 * at most; 16 to 64 bytes an id.
 */
export class SeenIds {
  private older = new HashTable64();
  private newer = new HashTable64();
  private turnedHour = 0;

  /** Whether an event with this id came to the partition within the window before; remembers it if not. Received times about ascend. */
  isRepeat({ tenant, eventId, receivedAtMs }: { readonly tenant: string; readonly eventId: string; readonly receivedAtMs: number }, partition: number): boolean {
    if (eventId === '') return false;
    const hour = Math.floor(receivedAtMs / HOUR_MS);
    this.turn(hour);
    const hash = hash64(`${partition}\0${tenant}\0${eventId}`);
    const known = Math.max(this.newer.get(hash.lo, hash.hi), this.older.get(hash.lo, hash.hi));
    if (known >= 0 && hour - known <= WINDOW_HOURS) return true;
    this.newer.set(hash, hour);
    return false;
  }

  private turn(hour: number): void {
    if (hour - this.turnedHour <= WINDOW_HOURS) return;
    this.older = hour - this.turnedHour > 2 * WINDOW_HOURS ? new HashTable64() : this.newer;
    this.newer = new HashTable64();
    this.turnedHour = hour;
  }
}

/** Records received before this are none that an event received at `newestMs` or later could repeat. */
export const windowStartMs = (newestMs: number): number => newestMs - (WINDOW_HOURS + 1) * HOUR_MS;
