/** How long a turn may keep the event loop, milliseconds: what has arrived meanwhile (reads above all) is served after it. */
export const TURN_MS = 3;

interface Waiter {
  readonly milliseconds: number;
  readonly go: () => void;
}

/**
 * Lets those who wait go on, first come first served, as many in one turn of the event loop as it has time for. What they write
 * in the same turn can be written together.
 */
export class Turns {
  private readonly waiting: Waiter[] = [];
  private isDue = false;

  /**
   * Resolves when it is the caller's turn; that lasts as long as the caller does not wait for anything outside.
   * @param milliseconds about how long the caller will take
   */
  next(milliseconds: number): Promise<void> {
    return new Promise((go) => {
      this.waiting.push({ milliseconds, go });
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isDue || this.waiting.length === 0) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      let leftMs = TURN_MS;
      do {
        const { milliseconds, go } = this.waiting.shift()!;
        leftMs -= milliseconds;
        go();
      } while (this.waiting.length > 0 && this.waiting[0]!.milliseconds <= leftMs);
      this.schedule();
    });
  }
}
