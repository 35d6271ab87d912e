/** An event for another partition, which a batch made. */
export interface OutgoingEvent {
  /** Position of the record that is its cause. */
  readonly position: number;
  /** Event message. */
  readonly bytes: Uint8Array;
}

/**
 * Events that were committed with a batch and are not known to be in the log yet. Sending one again does no harm: whoever applies
 * it goes by its cause.
 */
export abstract class Outbox {
  /** The oldest of a partition, by position. */
  abstract pending(partition: number, max: number): Promise<readonly OutgoingEvent[]>;
  /** Forgets those of a partition up to a position (inclusive). */
  abstract sent(partition: number, position: number): Promise<void>;
}

/** Under which a partition keeps how far it has applied another one's events; no import has such a key. */
export const causeKey = (partition: number): string => `\0${partition}`;
