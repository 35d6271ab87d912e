import { CapWindow, type Cap } from './caps.js';
import { diversify } from './diversity.js';

/** How far down a slot looks for an item that every cap allows: so much relevance may be given up, and no more. */
export const LOOKAHEAD = 64;

/** Whether caps may shorten a list. */
export type Fill = 'fill-up' | 'strict';

/** What may be shown, as parallel columns, best score first. */
export interface ReserveColumns {
  readonly scores: ArrayLike<number>;
  /** Numbers of each item's categories and tags, ascending; needed for diversity only. */
  readonly labels: readonly Int32Array[];
  /** For each cap every item's group from 0, or -1 for none. */
  readonly groups: readonly Int32Array[];
  /** For each pin 1 for every item that matches. */
  readonly matches: readonly Uint8Array[];
}

export interface ArrangeOptions {
  readonly limit: number;
  readonly diversity: number;
  readonly caps: readonly Cap[];
  /** No two of the same slot; 1 is the first. */
  readonly pins: readonly { readonly slot: number }[];
  readonly fill: Fill;
}

export interface Arranged {
  /** Rows of the list, in its order. */
  readonly order: Int32Array;
  /** Each item's pin from 0, or -1. */
  readonly pin: Int32Array;
  /** Each item's place among those without a pin after diversity, from 0; -1 for a pinned one. */
  readonly place: Int32Array;
  /** The first cap that held an item back, from 0, or -1. */
  readonly heldBy: Int32Array;
}

/**
 * Puts a reserve into its final order: pins take the best that matches, in the order of slots; diversity orders the others; each
 * free slot takes the first of the next LOOKAHEAD that every cap allows, pins in their slots counted. When none is allowed, the
 * list ends for `strict` and takes the first for `fill-up`. Pins themselves heed no cap; those of slots behind the last item take the
 * last that are free.
 */
export function arrange({ scores, labels, groups, matches }: ReserveColumns, { limit, diversity, caps, pins, fill }: ArrangeOptions): Arranged {
  const size = scores.length;
  const slots = new Int32Array(Math.min(limit, size)).fill(-1);
  const pin = new Int32Array(size).fill(-1);
  takePins({ size, matches, pins, limit }, slots, pin);

  let rest: Int32Array = Int32Array.from({ length: size }, (_, row) => row).filter((row) => pin[row]! < 0);
  const chosen = [...slots.filter((row) => row >= 0)];
  if (diversity > 0) rest = diversify(rest, { scores, labels }, { diversity, chosen, places: limit + LOOKAHEAD });
  const place = new Int32Array(size).fill(-1);
  rest.forEach((row, i) => { place[row] = i; });

  const heldBy = new Int32Array(size).fill(-1);
  fillSlots(slots, rest, { windows: caps.map((cap, i) => new CapWindow(cap, groups[i]!, slots.length)), fill, heldBy });
  return { order: slots.filter((row) => row >= 0), pin, place, heldBy };
}

interface Pinning {
  readonly size: number;
  readonly matches: readonly Uint8Array[];
  readonly pins: readonly { readonly slot: number }[];
  readonly limit: number;
}

/** Gives each pin's slot the best item that matches and no earlier slot's pin has. */
function takePins({ size, matches, pins, limit }: Pinning, slots: Int32Array, pin: Int32Array): void {
  const late: number[] = [];
  const bySlot = pins.map((_, i) => i).sort((a, b) => pins[a]!.slot - pins[b]!.slot);
  for (const i of bySlot) {
    const { slot } = pins[i]!;
    if (slot > limit) break;
    const matching = matches[i]!;
    for (let row = 0; row < size; row++) {
      if (matching[row] !== 1 || pin[row]! >= 0) continue;
      pin[row] = i;
      if (slot <= slots.length) slots[slot - 1] = row;
      else late.push(row);
      break;
    }
  }
  for (let at = slots.length - 1; late.length > 0; at--) if (slots[at]! < 0) slots[at] = late.pop()!;
}

interface Filling {
  readonly windows: readonly CapWindow[];
  readonly fill: Fill;
  readonly heldBy: Int32Array;
}

function fillSlots(slots: Int32Array, rest: Int32Array, { windows, fill, heldBy }: Filling): void {
  slots.forEach((row, slot) => { if (row >= 0) for (const window of windows) window.put(slot, row); });
  const left = Array.from(rest);
  for (let slot = 0; slot < slots.length && left.length > 0; slot++) {
    if (slots[slot]! >= 0) continue;
    for (const window of windows) window.open(slot);
    let at = 0;
    for (; at < Math.min(LOOKAHEAD, left.length); at++) {
      const holding = windows.findIndex((window) => !window.allows(left[at]!));
      if (holding < 0) break;
      if (heldBy[left[at]!]! < 0) heldBy[left[at]!] = holding;
    }
    if (at === Math.min(LOOKAHEAD, left.length)) {
      if (fill === 'strict') return;
      at = 0;
    }
    const row = left.splice(at, 1)[0]!;
    slots[slot] = row;
    for (const window of windows) window.put(slot, row);
  }
}
