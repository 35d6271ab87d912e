const SLOT_BITS = 12;
const SLOTS = 1 << SLOT_BITS;
const NUMBERS = 2 ** 32 / SLOTS;

/**
 * The calls that wait on one connection, each under a number that no other call of the last million had. An array with free places: a Map that is
 * written and emptied all the time leaves behind a chain of old tables, which keeps every call in memory until the collector's next full turn.
 */
export class CallTable<T> {
  private readonly items: (T | undefined)[] = [];
  private readonly numbers: number[] = [];
  private readonly free: number[] = [];
  private count = 0;
  private turn = 0;

  get size(): number {
    return this.count;
  }

  get isFull(): boolean {
    return this.count === SLOTS;
  }

  /** Its number, from 1 up. Not to be asked of a full table. */
  add(item: T): number {
    const slot = this.free.pop() ?? this.items.length;
    this.turn = (this.turn % (NUMBERS - 1)) + 1;
    const number = this.turn * SLOTS + slot;
    this.items[slot] = item;
    this.numbers[slot] = number;
    this.count++;
    return number;
  }

  /** Takes a call out; undefined for a number that is not there any more. */
  take(number: number): T | undefined {
    const slot = number % SLOTS;
    const item = this.items[slot];
    if (item === undefined || this.numbers[slot] !== number) return undefined;
    this.items[slot] = undefined;
    this.free.push(slot);
    this.count--;
    return item;
  }

  get(number: number): T | undefined {
    const slot = number % SLOTS;
    return this.numbers[slot] === number ? this.items[slot] : undefined;
  }

  has(number: number): boolean {
    return this.get(number) !== undefined;
  }

  /** The numbers of all calls. */
  all(): number[] {
    return this.numbers.filter((number) => this.has(number));
  }
}
