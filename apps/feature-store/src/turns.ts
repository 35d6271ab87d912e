/**
 * Lets those who wait go on one after the other, first come first served, each in its own turn of the event loop: what has
 * arrived for others meanwhile (reads above all) is served in between.
 */
export class Turns {
  private readonly waiting: (() => void)[] = [];
  private isDue = false;

  /** Resolves when it is the caller's turn; the turn lasts as long as the caller does not wait for anything outside. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.isDue || this.waiting.length === 0) return;
    this.isDue = true;
    setImmediate(() => {
      this.isDue = false;
      this.waiting.shift()?.();
      this.schedule();
    });
  }
}
