import type { VisitFields } from '@serendip/ranking-domain';
import type { CatalogueItem } from '@serendip/shared-catalogue';
import type { Sequences } from '@serendip/training-domain';

/** A user's profile from a time on. */
export interface ProfileChange {
  readonly user: number;
  /** Epoch milliseconds. */
  readonly timeMs: number;
  /** As user state has it; empty once it is deleted. */
  readonly profile: Uint8Array;
}

/** What the log says happened, as columns in event-time order. Users and items are dense numbers from 0. */
export interface History {
  /** Items of the catalogue as of its newest version; a row's place is the item's number. */
  readonly items: readonly CatalogueItem[];
  readonly users: number;
  readonly user: Int32Array;
  readonly item: Int32Array;
  /** Event type codes. */
  readonly type: Uint8Array;
  /** NaN where there is none. */
  readonly value: Float32Array;
  /** Epoch milliseconds. */
  readonly timeMs: Float64Array;
  /** Hash of the session id; 0, 0 without one. */
  readonly sessionLo: Uint32Array;
  readonly sessionHi: Uint32Array;
  /** Place of the event's context in `visits`. */
  readonly visit: Uint16Array;
  /** Each context once; the first is that of events without one. */
  readonly visits: readonly (VisitFields | undefined)[];
  /** What users' profiles were, by time; nothing where nobody asked for them. */
  readonly profiles: readonly ProfileChange[];
  /** Older interactions that were left out: there were more than are learned from. */
  readonly forgotten: number;
}

export const interactions = ({ user }: History): number => user.length;

/** The events before a place in time order. */
export function before(history: History, end: number): History {
  return {
    ...history, user: history.user.subarray(0, end), item: history.item.subarray(0, end), type: history.type.subarray(0, end),
    value: history.value.subarray(0, end), timeMs: history.timeMs.subarray(0, end), sessionLo: history.sessionLo.subarray(0, end),
    sessionHi: history.sessionHi.subarray(0, end), visit: history.visit.subarray(0, end),
  };
}

/** Each user's items, oldest first, with what each event is worth as a thing to predict; events worth nothing are left out. */
export function sequencesOf({ users, user, item, type, value }: History, weightOf: (type: number, value: number) => number): Sequences {
  const offsets = new Int32Array(users + 1);
  const worth = Float32Array.from(user, (_, i) => Math.max(0, weightOf(type[i]!, value[i]!)));
  for (let i = 0; i < user.length; i++) if (worth[i]! > 0) offsets[user[i]! + 1]!++;
  for (let u = 0; u < users; u++) offsets[u + 1]! += offsets[u]!;
  const place = offsets.slice();
  const items = new Int32Array(offsets[users]!);
  const weights = new Float32Array(items.length);
  for (let i = 0; i < user.length; i++) {
    if (!(worth[i]! > 0)) continue;
    const at = place[user[i]!]!++;
    items[at] = item[i]!;
    weights[at] = worth[i]!;
  }
  return { offsets, items, weights };
}
