/**
 * What one evaluation may spend on going through lists and texts; some 20 µs. Everything else is bounded by the size of the
 * expression. Evaluation is synchronous, so one counter serves all.
 */
const MOST_STEPS = 5000;
let left = MOST_STEPS;

export function beginSteps(): void {
  left = MOST_STEPS;
}

/** Takes steps; false once there are none left, and then the value asked for counts as missing. */
export function spend(steps: number): boolean {
  return (left -= steps) >= 0;
}

/** Steps of going once through a text, or of making another of it. */
export const textSteps = (length: number): number => length;
