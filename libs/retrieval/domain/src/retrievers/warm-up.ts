import type { BoundRetriever } from './bound-retriever.js';

/** Multiply-adds that make the search's code hot; some 10 ms. */
const WORK = 2e7;
const MOST_ROUNDS = 50;
const LIMIT = 200;

/** Runs encoder and search on made-up histories, so that the first request is as fast as the others. */
export function warmUp(retriever: BoundRetriever): void {
  const { model, columns } = retriever;
  const rows = Int32Array.from({ length: columns.size }, (_, row) => row);
  const mask = new Uint8Array(columns.size).fill(1);
  const rounds = Math.min(MOST_ROUNDS, Math.ceil(WORK / (model.dimension * Math.max(1, columns.size))));
  for (let round = 0; round < rounds && model.size > 0; round++) {
    const recent = Int32Array.from({ length: 50 }, (_, i) => (round + i) % model.size);
    const user = retriever.encode(recent);
    // What answers later is warm once it is loaded.
    if (user instanceof Promise) user.catch(() => undefined);
    else if (user !== undefined) retriever.search(user, { rows, mask, allows: (row) => mask[row] === 1 }, LIMIT);
    retriever.next(recent);
  }
}
