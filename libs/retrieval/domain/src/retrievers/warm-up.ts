import type { BoundRetriever } from './bound-retriever.js';
import { turn } from './turn.js';

/** Multiply-adds that make the search's code hot; some 10 ms. */
const WORK = 2e7;
const MOST_ROUNDS = 50;
const LIMIT = 200;

/** Runs encoder and search on made-up histories, a long one a turn of the event loop, so that the first request is as fast as the others. */
export async function warmUp(retriever: BoundRetriever): Promise<void> {
  const { model, columns } = retriever;
  const rows = new Int32Array(columns.size);
  for (let row = 0; row < rows.length; row++) rows[row] = row;
  const mask = new Uint8Array(columns.size).fill(1);
  const rounds = Math.min(MOST_ROUNDS, Math.ceil(WORK / (model.dimension * Math.max(1, columns.size))));
  for (let round = 0; round < rounds && model.size > 0; round++) {
    const recent = Int32Array.from({ length: 50 }, (_, i) => (round + i) % model.size);
    const user = retriever.encode(recent);
    // What answers later is warm once it is loaded.
    if (user instanceof Promise) user.catch(() => undefined);
    else if (user !== undefined) await retriever.search(user, { rows, mask, allows: (row) => mask[row] === 1 }, LIMIT);
    retriever.next(recent);
    // Rounds over a small catalogue take no time.
    if (rounds < MOST_ROUNDS) await turn();
  }
}
