/** What is different between the state and what it must be. */
import type { Counter, State } from './replay.ts';

export interface Differences {
  /** Events too few, and too many, over every user's counters. */
  readonly lost: number;
  readonly doubled: number;
  /** Users and items of whom any value is another one. */
  readonly mismatched: number;
  /** Some of them, in words. */
  readonly examples: readonly string[];
}

/** Decayed and other broken sums are added up in another order; one event more or less of the most frequent makes fifty times that. */
const TOLERANCE = 1e-6;
const MOST_EXAMPLES = 10;

const isSame = (a: number, b: number): boolean => a === b || (!(Number.isInteger(a) && Number.isInteger(b)) && Math.abs(a - b) <= TOLERANCE);

const NONE: Counter = { total: 0, logs: [-Infinity, -Infinity, -Infinity] };

export function compare(live: State, expected: State): Differences {
  let [lost, doubled] = [0, 0];
  const mismatched = new Map<string, string>();
  for (const user of new Set([...expected.users.keys(), ...live.users.keys()])) {
    const [is, must] = [live.users.get(user), expected.users.get(user)];
    for (const type of new Set([...(is?.keys() ?? []), ...(must?.keys() ?? [])])) {
      const [a, b] = [is?.get(type) ?? NONE, must?.get(type) ?? NONE];
      lost += Math.max(0, b.total - a.total);
      doubled += Math.max(0, a.total - b.total);
      if (a.total !== b.total) mismatched.set(user, `${user} has ${a.total} of type ${type} and must have ${b.total}`);
      else if (a.logs.some((log, i) => !isSame(log, b.logs[i]!))) mismatched.set(user, `${user} has decayed counts ${a.logs.join()} of type ${type} and must have ${b.logs.join()}`);
    }
  }
  for (const item of new Set([...expected.items.keys(), ...live.items.keys()])) {
    const [is, must] = [live.items.get(item) ?? {}, expected.items.get(item) ?? {}];
    const wrong = [...new Set([...Object.keys(is), ...Object.keys(must)])].filter((name) => !isSame(is[name] ?? NaN, must[name] ?? NaN));
    if (wrong.length > 0) mismatched.set(item, `${item} has ${wrong.map((name) => `${name} ${is[name]} and must have ${must[name]}`).join('; ')}`);
  }
  return { lost, doubled, mismatched: mismatched.size, examples: [...mismatched.values()].slice(0, MOST_EXAMPLES) };
}
