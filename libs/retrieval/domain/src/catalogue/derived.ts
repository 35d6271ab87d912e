/** Monotonic milliseconds. */
export type Clock = () => number;

/** A value built from something that changes, built again when it has changed, at most once in an interval. */
export class Derived<T> {
  private built?: { readonly value: T; readonly revision: number; readonly atMs: number };

  constructor(private readonly build: () => T, private readonly clock: Clock, private readonly leastMs = 1000) {}

  /** How often it has been built. */
  builds = 0;

  /** Builds it again if that is due and it has been asked for before. */
  refresh(revision: number): void {
    if (this.built !== undefined) this.at(revision);
  }

  /** The value; up to the interval older than `revision`. */
  at(revision: number): T {
    const { built } = this;
    if (built?.revision === revision) return built.value;
    const now = this.clock();
    if (built !== undefined && now - built.atMs < this.leastMs) return built.value;
    const value = this.build();
    this.built = { value, revision, atMs: now };
    this.builds++;
    return value;
  }
}
