import type { TenantCatalogue } from '../catalogue/tenant-catalogue.js';
import type { VisitExpressions } from '../expressions/visit-expressions.js';
import type { TopK } from '../ordering/top-k.js';
import type { BoundRetriever, NextItems } from '../retrievers/bound-retriever.js';
import type { RetrievalRequest } from './retrieval-request.js';
import type { SearchFilter } from './search-filter.js';

/** A request with what every source needs of it, worked out once. */
export interface RetrievalQuery {
  readonly request: RetrievalRequest;
  readonly catalogue: TenantCatalogue;
  readonly filter: SearchFilter;
  readonly expressions: VisitExpressions;
  /** Undefined when none is live or loaded. */
  readonly retriever: BoundRetriever | undefined;
  /** The user's newest items, newest first, as the retriever's rows; -1 for one it doesn't know. */
  readonly recent: Int32Array;
  /** The seeds as the retriever's rows, in the request's order; -1 for one it doesn't know. */
  readonly seeds: Int32Array;
  /** Undefined for a user of whom the retriever knows no item. */
  readonly userVector: Float32Array | undefined;
  /** Why there is no user vector, where there should be one. */
  readonly userVectorFailure?: unknown;
  /** What tends to follow the seeds and the user's newest items; empty without a retriever. */
  readonly next: NextItems;
  /** A heap for a source that answers at once to use; others must not. */
  readonly best: TopK;
}
