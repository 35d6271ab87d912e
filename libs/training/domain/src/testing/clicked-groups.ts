import { Random } from '../random.js';
import type { RankerData } from '../ranker/data.js';

export interface ClickedGroupsOptions {
  readonly groups: number;
  /** Rows of a group; every third group has one fewer. */
  readonly size: number;
  /** At least 4. */
  readonly featureCount?: number;
  readonly seed?: number;
}

/**
 * Requests whose clicks follow a rule no single feature knows: features 0 and 1 help, 2 helps only where 3 is above 0, the
 * rest are noise on odd scales. Head 0 is a click (some 10 % of rows), head 1 a rarer purchase after a click.
 */
export function clickedGroups({ groups, size, featureCount = 8, seed = 1 }: ClickedGroupsOptions): RankerData {
  const random = new Random(seed);
  const offsets = new Int32Array(groups + 1);
  for (let g = 0; g < groups; g++) offsets[g + 1] = offsets[g]! + (g % 3 === 0 ? size - 1 : size);
  const rows = offsets[groups]!;
  const features = new Float32Array(rows * featureCount);
  const labels = new Float32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    const draws = Array.from({ length: featureCount }, () => random.normal());
    draws.forEach((value, f) => { features[row * featureCount + f] = value * 10 ** (f % 4) + f * 5; });
    const taste = 1.2 * draws[0]! + 0.8 * draws[1]! + (draws[3]! > 0 ? 1.5 : -1.5) * draws[2]! - 3.5;
    const clicked = random.unit() < 1 / (1 + Math.exp(-taste));
    labels[row * 2] = clicked ? 1 : 0;
    labels[row * 2 + 1] = clicked && random.unit() < 0.3 ? 1 : 0;
  }
  return { offsets, features, featureCount, labels, headCount: 2 };
}
