import type { Cap } from '../selection/caps.js';

/** One cap, with the group of each item of the list and of the pool: numbers from 0 that mean the same in both, -1 for none. */
export interface CapGroups {
  readonly cap: Cap;
  readonly list: Int32Array;
  readonly pool: Int32Array;
}

/** The groups that each slot of a list may come to hold, whatever is drawn. */
class PossibleGroups {
  /** For each group 1 at every slot that may hold it. */
  private readonly slots = new Map<number, Uint8Array>();

  constructor(private readonly cap: Cap, private readonly list: Int32Array) {
    list.forEach((group, slot) => this.add(group, slot));
  }

  add(group: number, slot: number): void {
    if (group < 0) return;
    const marks = this.slots.get(group) ?? new Uint8Array(this.list.length);
    marks[slot] = 1;
    this.slots.set(group, marks);
  }

  /** Whether no window can hold more of a group than the cap allows, should this slot come to hold it; one that may hold it already changes nothing. */
  allows(group: number, slot: number): boolean {
    const marks = this.slots.get(group);
    if (group < 0 || marks?.[slot] === 1) return true;
    const { window, limit } = this.cap;
    const at = (i: number): number => marks?.[i] ?? 0;
    let held = 1;
    for (let i = slot - window + 1; i <= slot; i++) held += at(i);
    for (let end = slot; ; end++) {
      if (held > limit) return false;
      if (end === slot + window - 1) return true;
      held += at(end + 1) - at(end - window + 1);
    }
  }
}

/**
 * Deals a pool out to slots: each item to one slot at most, so that slots draw independently and never the same item, and only where no cap can be broken,
 * whatever all the slots draw. Items in their order go round the slots; answers for each slot its items, as places in the pool.
 *
 * @param slots of the list that may explore, from 0.
 */
export function slotPools(slots: readonly number[], size: number, groups: readonly CapGroups[]): readonly (readonly number[])[] {
  const possible = groups.map(({ cap, list }) => new PossibleGroups(cap, list));
  const pools = slots.map((): number[] => []);
  let next = 0;
  for (let item = 0; item < size && slots.length > 0; item++) {
    for (let turn = 0; turn < slots.length; turn++) {
      const at = (next + turn) % slots.length;
      if (!possible.every((cap, i) => cap.allows(groups[i]!.pool[item]!, slots[at]!))) continue;
      pools[at]!.push(item);
      possible.forEach((cap, i) => cap.add(groups[i]!.pool[item]!, slots[at]!));
      next = at + 1;
      break;
    }
  }
  return pools;
}
