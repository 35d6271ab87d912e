/** What rules must do to a list, said as plainly as it can be; shares no code with what serves. */
import { slowSelection } from '@serendip/serving-domain/testing';
import type { Item, MadeCap, Rules, Said, Visit } from './world.ts';

/** A list, and what stands in it by a pin. */
export interface Reference {
  readonly list: readonly Item[];
  readonly pinned: ReadonlySet<number>;
}

/** A candidate: what is newest known of it, what the search knew, and its score before boosts. */
export interface Candidate {
  readonly item: Item;
  /** As the search saw it: the document may be newer. */
  readonly searched: Item;
  readonly score: number;
}

interface Holding {
  readonly filters: readonly Said<boolean>[];
  readonly boosts: readonly Said<number>[];
  readonly pins: readonly { readonly slot: number; readonly expression: Said<boolean> }[];
  readonly caps: readonly MadeCap[];
  readonly diversity: number;
}

const nobody: Item = { ordinal: -1, available: true, categories: [], tags: [], price: undefined, margin: undefined, brand: undefined };

/** The rules that hold for a visit. */
export function holding(rules: Rules, visit: Visit): Holding {
  const applies = ({ when }: Rules['tenant'][number]): boolean => when === undefined || when.js(nobody, visit) === true;
  const tenant = rules.tenant.filter(applies);
  const placement = rules.placement.filter(applies);
  const all = [...tenant, ...placement];
  const pins = new Map<number, Said<boolean>>();
  for (const { pin } of [...placement, ...tenant]) if (pin !== undefined && !pins.has(pin.slot)) pins.set(pin.slot, pin.expression);
  const replaced = rules.placementCaps.map(({ group }) => group);
  return {
    filters: [...all.flatMap(({ filter }) => filter ?? []), ...(rules.request.filter === undefined ? [] : [rules.request.filter])],
    boosts: [...all.flatMap(({ boost }) => boost ?? []), ...(rules.request.boost === undefined ? [] : [rules.request.boost])],
    pins: [...pins].map(([slot, expression]) => ({ slot, expression })),
    caps: [...rules.placementCaps, ...rules.tenantCaps.filter(({ group }) => !replaced.includes(group))],
    diversity: rules.request.diversity ?? rules.diversity,
  };
}

export const passes = ({ filters }: Pick<Holding, 'filters'>, item: Item, visit: Visit): boolean => filters.every(({ js }) => js(item, visit) === true);

const within = (value: number): number => Math.min(100, Math.max(0.01, value));

export function boostOf({ boosts }: Pick<Holding, 'boosts'>, item: Item, visit: Visit): number {
  return within(boosts.reduce((product, { js }) => {
    const value = js(item, visit);
    return product * (value === undefined || !Number.isFinite(value) ? 1 : within(value));
  }, 1));
}

export function groupOf(item: Item, group: MadeCap['group']): string | undefined {
  return group === 'categories' ? item.categories[0] : item.brand;
}

/** The list, for candidates in the order in which the search answered them. */
export function reference(candidates: readonly Candidate[], rules: Rules, { visit, limit }: { readonly visit: Visit; readonly limit: number }): Reference {
  const held = holding(rules, visit);
  const found = candidates.filter(({ searched }) => passes(held, searched, visit)).map((candidate) => {
    const factor = Math.fround(boostOf(held, candidate.searched, visit));
    return { ...candidate, score: Math.fround(held.boosts.length === 0 ? candidate.score : candidate.score < 0 ? candidate.score / factor : candidate.score * factor) };
  });
  const ordered = found.map((candidate, i) => ({ ...candidate, i })).sort((a, b) => b.score - a.score || a.i - b.i);
  const arranged = held.caps.length > 0 || held.diversity > 0 || held.pins.some(({ slot }) => slot >= 1);
  const step = Math.max(limit, Math.min(400, limit * 2 + 20)) + (arranged ? 64 : 0);
  const isShown = ({ item }: Candidate): boolean => item.available && passes(held, item, visit);

  const looked = new Set(ordered.slice(0, step));
  for (const { expression } of held.pins) {
    const matching = ordered.slice(step).filter(({ searched }) => expression.js(searched, visit) === true);
    for (const candidate of matching.slice(0, 8)) looked.add(candidate);
  }
  for (let next = step; [...looked].filter(isShown).length < limit && next < ordered.length; next += step) for (const candidate of ordered.slice(next, next + step)) looked.add(candidate);

  const reserve = ordered.filter((candidate) => looked.has(candidate) && isShown(candidate));
  const list = slowSelection(reserve.map(({ item, score }) => ({
    score,
    labels: [...item.categories, ...item.tags.map((tag) => `#${tag}`)],
    groups: held.caps.map(({ group }) => groupOf(item, group)),
    matches: held.pins.map(({ expression }) => expression.js(item, visit) === true),
  })), { limit, diversity: held.diversity, caps: held.caps, pins: held.pins, fill: rules.fill });
  const pinned = new Set<number>();
  for (const { slot, expression } of [...held.pins].sort((a, b) => a.slot - b.slot)) {
    const best = reserve.find(({ item }) => expression.js(item, visit) === true && !pinned.has(item.ordinal));
    if (slot <= limit && best !== undefined) pinned.add(best.item.ordinal);
  }
  return { list: list.map((place) => reserve[place]!.item), pinned };
}

/** How many rules a shown list breaks, asked rule by rule. */
export function violations(list: readonly Item[], rules: Rules, { visit, limit }: { readonly visit: Visit; readonly limit: number }): number {
  const held = holding(rules, visit);
  let broken = list.length > limit ? 1 : 0;
  broken += list.length - new Set(list.map(({ ordinal }) => ordinal)).size;
  broken += list.filter((item) => !item.available || !passes(held, item, visit)).length;
  const pinned = new Set(held.pins.map(({ slot, expression }) => ({ slot, expression })).filter(({ slot, expression }) => slot <= list.length && expression.js(list[slot - 1]!, visit) === true).map(({ slot }) => slot - 1));
  // A pin without its slot: something that matches stands elsewhere and in no other pin's slot.
  // A list that strict caps have ended moves its pins up.
  const ended = rules.fill === 'strict' && held.caps.length > 0 && list.length < limit;
  for (const { slot, expression } of ended ? [] : held.pins) {
    if (slot > list.length || pinned.has(slot - 1)) continue;
    broken += list.some((item, i) => expression.js(item, visit) === true && !held.pins.some((pin) => pin.slot === i + 1)) ? 1 : 0;
  }
  if (rules.fill === 'strict') {
    for (const { group, limit: most, window } of held.caps) {
      for (let from = 0; from + 1 <= list.length; from++) {
        // Pins heed no cap, and those whose slots were not reached stand at the end.
        const slots = list.slice(from, from + window).map((item, i) => ({ group: groupOf(item, group), free: !held.pins.some(({ slot, expression }) => (slot === from + i + 1 || slot > list.length - held.pins.length) && expression.js(item, visit) === true) }));
        const free = slots.filter((slot) => slot.free && slot.group !== undefined);
        broken += free.some((one) => free.filter((other) => other.group === one.group).length > most) ? 1 : 0;
      }
    }
  }
  return broken;
}
