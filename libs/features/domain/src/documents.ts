import type { Cause, StateEvent } from './state-event.js';

/** Changes the documents that state keeps as bytes, and writes events for other partitions; messages are the adapters' business. */
export abstract class Documents {
  /** The item after a change; deleted, or undefined for a change that is none. */
  abstract changeItem(current: Uint8Array | undefined, change: unknown): { readonly id: string; readonly document: Uint8Array; readonly deleted: boolean } | undefined;
  /** The profile after a change; empty once it is deleted. */
  abstract changeProfile(current: Uint8Array, change: unknown): Uint8Array;
  /** Id of the item a change is about; undefined for a change that is none. */
  abstract itemIdOf(change: unknown): string | undefined;
  /** An anonymous visitor's event as the event of a user. */
  abstract forwarded(event: StateEvent, to: { readonly userId: string; readonly cause: Cause }): Uint8Array;
  /** `$merge`: what the anonymous visitor of `$identify` had done. */
  abstract merge(event: StateEvent, to: { readonly userId: string; readonly cause: Cause; readonly state: Uint8Array }): Uint8Array;
}
