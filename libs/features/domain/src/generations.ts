import type { StateStore } from './state-store.js';

/** What was last told of a generation that is being made, and whether it still is. */
export interface RebuildNews {
  readonly news: string;
  readonly goesOn: boolean;
}

/** The generations of a state: the one that is live, and beside it at most one that is being made from the log. */
export abstract class Generations {
  /**
   * The URL of an empty generation beside the live one; what an earlier attempt left is removed, and nobody can write it any more. Throws
   * FAILED_PRECONDITION/REBUILD_NO_MEMORY, or ABORTED/REBUILD_ELSEWHERE when another process begins one.
   */
  abstract begin(): Promise<string>;
  /**
   * Makes a generation that nobody has open the live one, at once and for good, and opens it; undefined where the store that is open follows by itself.
   * A crash before leaves the one there was, a crash after it the new one. Throws ABORTED/REBUILD_ELSEWHERE when another was begun meanwhile.
   */
  abstract switchTo(url: string): Promise<StateStore | undefined>;
  /** Removes every generation but the live one and one that another process makes, once nobody has them open. */
  abstract removeOthers(): Promise<void>;
  /** Ends what a process that is gone has left half done; to be called now and then by every process. */
  abstract settle(): Promise<void>;
  /**
   * Says how the generation goes that this process makes, to whoever shares the state; others begin none while it goes on and news come every second.
   * Throws ABORTED/REBUILD_ELSEWHERE when another process makes one, or has given this one up.
   */
  abstract tell(news: string, options: { readonly goesOn: boolean }): Promise<void>;
  /** What whoever shares the state has told last; undefined for nothing. */
  abstract told(): Promise<RebuildNews | undefined>;
}
