/** An item of a reserve as rules see it. */
export interface SlowItem {
  readonly score: number;
  readonly labels: readonly string[];
  /** Its group for each cap. */
  readonly groups: readonly (string | undefined)[];
  /** Whether each pin's expression holds. */
  readonly matches: readonly boolean[];
}

export interface SlowRules {
  readonly limit: number;
  readonly diversity: number;
  readonly caps: readonly { readonly limit: number; readonly window: number }[];
  readonly pins: readonly { readonly slot: number }[];
  readonly fill: 'fill-up' | 'strict';
}

const LOOKAHEAD = 64;

function similarity(a: SlowItem, b: SlowItem): number {
  const all = new Set([...a.labels, ...b.labels]);
  const common = [...all].filter((label) => a.labels.includes(label) && b.labels.includes(label));
  return all.size === 0 ? 0 : common.length / all.size;
}

/** What a selection must be, said as plainly as it can be and sharing no code with it: the list, as places in `items`, best first. */
export function slowSelection(items: readonly SlowItem[], rules: SlowRules): readonly number[] {
  const pinned = new Map<number, number>();
  for (const { slot, pin } of rules.pins.map(({ slot }, pin) => ({ slot, pin })).sort((a, b) => a.slot - b.slot)) {
    const best = items.findIndex((item, i) => item.matches[pin] && ![...pinned.values()].includes(i));
    if (slot <= rules.limit && best >= 0) pinned.set(slot, best);
  }
  let rest = items.map((_, i) => i).filter((i) => ![...pinned.values()].includes(i));
  if (rules.diversity > 0) rest = slowDiversity(items, rest, [...pinned.values()], rules);

  const list: (number | undefined)[] = Array.from({ length: Math.min(rules.limit, items.length) }, (_, i) => pinned.get(i + 1));
  for (const [, i] of [...pinned].filter(([slot]) => slot > list.length).reverse()) list[list.lastIndexOf(undefined)] = i;
  const allowed = (candidate: number, slot: number): boolean => rules.caps.every(({ limit, window }, cap) => {
    const group = items[candidate]!.groups[cap];
    if (group === undefined) return true;
    for (let start = slot - window + 1; start <= slot; start++) {
      let count = 1;
      for (let place = start; place < start + window; place++) if (place !== slot && list[place] !== undefined && items[list[place]!]!.groups[cap] === group) count++;
      if (count > limit) return false;
    }
    return true;
  });
  for (let slot = 0; slot < list.length && rest.length > 0; slot++) {
    if (list[slot] !== undefined) continue;
    const next = rest.slice(0, LOOKAHEAD).find((candidate) => allowed(candidate, slot)) ?? (rules.fill === 'strict' ? undefined : rest[0]);
    if (next === undefined) break;
    list[slot] = next;
    rest = rest.filter((i) => i !== next);
  }
  return list.filter((i) => i !== undefined);
}

function slowDiversity(items: readonly SlowItem[], rest: readonly number[], pinned: readonly number[], { diversity, limit }: SlowRules): number[] {
  const finite = items.map(({ score }) => score).filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const relevance = (i: number): number => (!Number.isFinite(items[i]!.score) ? 0 : high === low ? 1 : (items[i]!.score - low) / (high - low));
  const chosen: number[] = [];
  let left = [...rest];
  while (left.length > 0 && chosen.length < limit + LOOKAHEAD) {
    const value = (i: number): number => (1 - diversity) * relevance(i) - diversity * Math.max(0, ...[...pinned, ...chosen].map((other) => similarity(items[i]!, items[other]!)));
    const values = left.map(value);
    const best = left[values.indexOf(Math.max(...values))]!;
    chosen.push(best);
    left = left.filter((i) => i !== best);
  }
  return [...chosen, ...left];
}
