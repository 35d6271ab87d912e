import type { StateStore } from './state-store.js';

/** The generations of a state: the one that is live, and beside it at most one that is being made from the log. */
export abstract class Generations {
  /** The URL of an empty generation beside the live one; what an earlier attempt left is removed. */
  abstract begin(): Promise<string>;
  /** Makes a generation that nobody has open the live one, at once and for good, and opens it. A crash before leaves the one there was, a crash after it the new one. */
  abstract switchTo(url: string): Promise<StateStore>;
  /** Removes every generation but the live one, once nobody has them open. */
  abstract removeOthers(): Promise<void>;
}
