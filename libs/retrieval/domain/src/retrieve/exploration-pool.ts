import type { ItemColumns } from '@serendip/shared-catalogue';
import { exposureBelow, exposureLog } from '../catalogue/exposure-order.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import type { ExplorationRequest } from '../request/retrieval-request.js';

const GOLDEN = 0.618;

/**
 * The rows that a request may explore: allowed ones that were shown less than so often and published lately, at most `limit`. Of more than that, a walk
 * from a place that the seed says through a fixed shuffle, so that over many seeds all have their turn and one seed has the same rows again.
 */
export function explorationPool(exploration: ExplorationRequest, { catalogue, filter, request: { nowMs } }: RetrievalQuery): Int32Array {
  const { shownFewerThan, publishedWithinMs, limit, seed } = exploration;
  const { columns } = catalogue;
  const below = shownFewerThan > 0 ? exposureBelow(shownFewerThan, nowMs) : Infinity;
  const since = publishedWithinMs > 0 ? nowMs - publishedWithinMs : -Infinity;
  const order = publishedWithinMs > 0 ? publishedSince(catalogue.newest(), columns, since) : catalogue.exposures().below(below);
  const pool: number[] = [];
  const step = strideOf(order.length);
  for (let i = 0, at = order.length === 0 ? 0 : seed % order.length; i < order.length && pool.length < limit; i++, at = (at + step) % order.length) {
    const row = order[at]!;
    if (exposureLog(columns, row) < below && columns.publishedAtMs[row]! >= since && filter.allows(row)) pool.push(row);
  }
  return Int32Array.from(pool);
}

/** The first rows of an order by publication that were published since then. */
function publishedSince(newest: Int32Array, { publishedAtMs }: ItemColumns, since: number): Int32Array {
  let from = 0;
  let to = newest.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (publishedAtMs[newest[middle]!]! >= since) from = middle + 1;
    else to = middle;
  }
  return newest.subarray(0, from);
}

/** A step that comes to every place of a circle, and to neighbouring places at very different times. */
function strideOf(size: number): number {
  let step = Math.max(1, Math.floor(size * GOLDEN));
  while (greatestCommonDivisor(step, size) > 1) step++;
  return step;
}

const greatestCommonDivisor = (a: number, b: number): number => (b === 0 ? a : greatestCommonDivisor(b, a % b));
