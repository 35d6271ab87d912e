import { DEAD_LETTER_LIMITS, deadLetterIdOf, refusedAgain, type DeadLetter, type Refusal } from '../dead-letters/dead-letter.js';
import { DeadLetterStore, cursorOf, isNamed, placeOfCursor, type DeadLetterPage, type DeadLetterPlace, type DeadLetterQuery } from '../dead-letters/dead-letter-store.js';

const isNewer = (a: DeadLetterPlace, b: DeadLetterPlace): boolean => a.lastAtMs > b.lastAtMs || (a.lastAtMs === b.lastAtMs && a.id > b.id);

/** Dead letters for tests, which may fail or never answer. */
export class InMemoryDeadLetterStore extends DeadLetterStore {
  private readonly tenants = new Map<string, Map<string, DeadLetter>>();
  private failure: Error | undefined;
  private held: Promise<void> | undefined;

  /** Makes every call fail with this error until it is taken back with undefined. */
  failWith(error: Error | undefined): void {
    this.failure = error;
  }

  /** Makes every call wait; answers what lets them go on. */
  hold(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.held = promise;
    return () => {
      this.held = undefined;
      resolve();
    };
  }

  async add(refusals: readonly Refusal[]): Promise<number> {
    await this.turn();
    let gone = 0;
    for (const refusal of refusals) {
      const letters = this.of(refusal.tenant);
      const id = deadLetterIdOf(refusal.tenant, refusal.original);
      letters.set(id, refusedAgain({ ...refusal, original: refusal.original.slice() }, id, letters.get(id)));
      for (; letters.size > DEAD_LETTER_LIMITS.letters; gone++) letters.delete(this.newestFirst(refusal.tenant).at(-1)!.id);
    }
    return gone;
  }

  async list(tenant: string, { limit, after, ...filter }: DeadLetterQuery): Promise<DeadLetterPage> {
    const place = after === undefined ? undefined : placeOfCursor(after);
    await this.turn();
    const all = this.newestFirst(tenant);
    const named = all.filter((letter) => isNamed(filter, letter) && (place === undefined || isNewer(place, letter)));
    const letters = named.slice(0, limit);
    const totals = new Map([...Map.groupBy(all, ({ reason }) => reason)].map(([reason, group]) => [reason, group.length]));
    return { letters, totals, next: named.length > limit ? cursorOf(letters.at(-1)!) : undefined };
  }

  async find(tenant: string, ids: readonly string[]): Promise<readonly (DeadLetter | undefined)[]> {
    await this.turn();
    return ids.map((id) => this.of(tenant).get(id));
  }

  async remove(tenant: string, ids: readonly string[]): Promise<number> {
    await this.turn();
    return ids.filter((id) => this.of(tenant).delete(id)).length;
  }

  async expire(beforeMs: number): Promise<number> {
    await this.turn();
    let gone = 0;
    for (const letters of this.tenants.values()) for (const { id, lastAtMs } of letters.values()) if (lastAtMs < beforeMs && letters.delete(id)) gone++;
    return gone;
  }

  private async turn(): Promise<void> {
    await this.held;
    if (this.failure !== undefined) throw this.failure;
  }

  private of(tenant: string): Map<string, DeadLetter> {
    const letters = this.tenants.get(tenant) ?? new Map<string, DeadLetter>();
    this.tenants.set(tenant, letters);
    return letters;
  }

  private newestFirst(tenant: string): readonly DeadLetter[] {
    return [...this.of(tenant).values()].sort((a, b) => (isNewer(a, b) ? -1 : 1));
  }
}
