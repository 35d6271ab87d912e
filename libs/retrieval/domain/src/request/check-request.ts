import { DomainError } from '@serendip/shared-errors';
import type { RetrievalRequest } from './retrieval-request.js';

const MOST_CANDIDATES = 2000;
/** Three bits of a candidate's source bits are kept for what pins bring, for what fills the list, and for what may be explored. */
const MOST_SOURCES = 13;
const MOST_EXPLORED = 500;

const isCount = (value: number): boolean => Number.isInteger(value) && value >= 1 && value <= MOST_CANDIDATES;

/** Throws INVALID_ARGUMENT for a request that can't be answered. */
export function checkRequest({ limit, sources, exploration, nowMs }: RetrievalRequest): void {
  if (!isCount(limit)) throw new DomainError('INVALID_ARGUMENT', 'LIMIT_OUT_OF_RANGE', `A limit must be 1 to ${MOST_CANDIDATES}, not ${limit}.`, { metadata: { field: 'limit' } });
  if (sources.length > MOST_SOURCES) throw new DomainError('INVALID_ARGUMENT', 'TOO_MANY_SOURCES', `At most ${MOST_SOURCES} sources can be asked, not ${sources.length}.`, { metadata: { field: 'sources' } });
  if (exploration !== undefined && !(isCount(exploration.limit) && exploration.limit <= MOST_EXPLORED)) {
    throw new DomainError('INVALID_ARGUMENT', 'LIMIT_OUT_OF_RANGE', `The limit of exploration must be 1 to ${MOST_EXPLORED}, not ${exploration.limit}.`, { metadata: { field: 'exploration' } });
  }
  const wrong = sources.find((source) => !isCount(source.limit));
  if (wrong !== undefined) throw new DomainError('INVALID_ARGUMENT', 'LIMIT_OUT_OF_RANGE', `The limit of source ${wrong.name} must be 1 to ${MOST_CANDIDATES}, not ${wrong.limit}.`, { metadata: { field: 'sources' } });
  if (!Number.isFinite(nowMs)) throw new DomainError('INVALID_ARGUMENT', 'TIME_INVALID', 'The time of the request must be finite.', { metadata: { field: 'nowMs' } });
}
