import type { ItemColumns } from '@serendip/shared-catalogue';
import { isDomainError } from '@serendip/shared-errors';
import type { Context, Found } from '@serendip/shared-pipeline';
import type { Clock } from '../catalogue/derived.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import type { SourceReport, SourceRequest } from '../request/retrieval-request.js';
import type { Best } from '../ordering/top-k.js';
import { NO_ROWS, type RetrievalSource } from '../sources/retrieval-source.js';

/** What one source found, as catalogue rows (-1 for what isn't there), and what it took. */
export interface SourceAnswer {
  readonly found: Best;
  readonly report: SourceReport;
}

function reasonOf(error: unknown): string {
  if (isDomainError(error)) return error.reason;
  return error instanceof Error ? error.message : String(error);
}

/**
 * Asks all sources side by side, each within its own time and the context's. One that fails, is late or doesn't exist finds
 * nothing and is reported; the others are not kept waiting. Answers are in the order of the requests.
 */
export async function runSources(
  requests: readonly SourceRequest[], query: RetrievalQuery, context: Context, { sourceOf, clock }: { sourceOf: (request: SourceRequest) => RetrievalSource; clock: Clock },
): Promise<readonly SourceAnswer[]> {
  return Promise.all(requests.map((request): SourceAnswer | Promise<SourceAnswer> => {
    const started = clock();
    const answer = (found: Best, error = ''): SourceAnswer => ({
      found, report: { name: request.name, found: found.rows.length, tookUs: Math.max(0, Math.round((clock() - started) * 1000)), error },
    });
    const fail = (error: unknown): SourceAnswer => answer(NO_ROWS, reasonOf(error));
    try {
      const leftMs = Math.min(request.timeoutMs > 0 ? request.timeoutMs : Infinity, context.deadlineMs - started);
      if (leftMs <= 0) return fail('DEADLINE_EXCEEDED');
      if (context.signal.aborted) return fail('CANCELLED');
      const found = sourceOf(request).fetch(query, { deadlineMs: started + leftMs, signal: context.signal });
      return found instanceof Promise ? inTime(found, leftMs).then((late) => answer(rowsOf(late, query.catalogue.columns)), fail) : answer(found);
    } catch (error) {
      return fail(error);
    }
  }));
}

function rowsOf({ ordinal, score }: Found, columns: ItemColumns): Best {
  return { rows: ordinal.map((found) => columns.rowOf(found)), scores: score };
}

async function inTime(found: Promise<Found>, leftMs: number): Promise<Found> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    if (Number.isFinite(leftMs)) timer = setTimeout(() => reject(new Error('DEADLINE_EXCEEDED')), leftMs);
  });
  try {
    return await Promise.race([found, late]);
  } finally {
    clearTimeout(timer);
  }
}
