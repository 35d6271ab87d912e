/** Turns a user's newest items into a vector that items are compared with. */
export interface UserEncoder {
  readonly dimension: number;

  /**
   * Writes the user vector (`dimension` values) to `out` and answers how many items it is made of, at once or later; 0, and zeros, when the model knows none of them. `recent` holds
   * item rows, newest first; rows that do not exist are skipped.
   */
  encode(recent: ArrayLike<number>, out: Float32Array): number | Promise<number>;

  /** Gives back what it holds, if anything; it must not be used after that. */
  close?(): Promise<void>;
}
