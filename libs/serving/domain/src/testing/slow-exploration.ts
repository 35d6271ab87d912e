/** A cap, with the group of each item of a list and of what may be drawn. */
export interface SlowCap {
  readonly limit: number;
  readonly window: number;
  readonly list: readonly (string | undefined)[];
  readonly pool: readonly (string | undefined)[];
}

/**
 * What each slot of a list may draw, said as plainly as it can be and sharing no code with it: items in turn go to the slots in turn, each to the first where, whatever
 * all slots come to show, no window holds more of its group than the cap allows, or where its group may stand anyway.
 */
export function slowSlotPools(slots: readonly number[], size: number, caps: readonly SlowCap[]): readonly (readonly number[])[] {
  const pools = slots.map((): number[] => []);
  const mayHold = (cap: SlowCap, slot: number, group: string): boolean =>
    cap.list[slot] === group || (pools[slots.indexOf(slot)] ?? []).some((item) => cap.pool[item] === group);
  const isSafe = (cap: SlowCap, slot: number, item: number): boolean => {
    const group = cap.pool[item];
    if (group === undefined || mayHold(cap, slot, group)) return true;
    for (let start = slot - cap.window + 1; start <= slot; start++) {
      const others = Array.from({ length: cap.window }, (_, i) => start + i).filter((other) => other !== slot && mayHold(cap, other, group));
      if (others.length + 1 > cap.limit) return false;
    }
    return true;
  };
  let turn = 0;
  for (let item = 0; item < size; item++) {
    const inTurn = slots.map((_, i) => (turn + i) % slots.length);
    const found = inTurn.find((i) => caps.every((cap) => isSafe(cap, slots[i]!, item)));
    if (found === undefined) continue;
    pools[found]!.push(item);
    turn = found + 1;
  }
  return pools;
}
