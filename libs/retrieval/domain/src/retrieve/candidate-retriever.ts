import { DomainError } from '@serendip/shared-errors';
import { UserStateView } from '@serendip/shared-layouts';
import { AskingTime, type Context } from '@serendip/shared-pipeline';
import type { CatalogueReader } from '../catalogue/catalogue-view.js';
import type { Clock } from '../catalogue/derived.js';
import type { TenantCatalogue } from '../catalogue/tenant-catalogue.js';
import { TenantCatalogues } from '../catalogue/tenant-catalogues.js';
import type { ExpressionCompiler } from '../expressions/expression-compiler.js';
import { visitExpressions } from '../expressions/visit-expressions.js';
import { TopK } from '../ordering/top-k.js';
import { checkRequest } from '../request/check-request.js';
import { MaskPool } from '../request/mask-pool.js';
import { plainFilters } from '../request/plain-filters.js';
import type { RetrievalQuery } from '../request/retrieval-query.js';
import type { RetrievalRequest, RetrievalResult, SourceRequest } from '../request/retrieval-request.js';
import { SearchFilter } from '../request/search-filter.js';
import { newestEngagements } from '../request/user-history.js';
import { NO_ITEMS } from '../retrievers/bound-retriever.js';
import type { RetrieverSet } from '../retrievers/retriever-set.js';
import { sourceOf } from '../sources/source-catalogue.js';
import type { RetrievalSource } from '../sources/retrieval-source.js';
import { Assembler } from './assembler.js';
import { impressionFactors } from './impression-factors.js';
import { runSources } from './run-sources.js';

export interface CandidateRetrieverParts {
  readonly catalogues: CatalogueReader;
  readonly retrievers: RetrieverSet;
  readonly clock: Clock;
  /** Without one, requests with expressions are refused. */
  readonly expressions?: ExpressionCompiler;
  /** Milliseconds that one request may spend on asking filter expressions about items; 50 by default. */
  readonly mostFilterMs?: number;
  /** The sources there are; those of this library by default. */
  readonly sourceOf?: (request: SourceRequest) => RetrievalSource;
}

const MOST_FILTER_MS = 50;
/** Rows that are asked about between two looks at the clock: most filters take less than it does. */
const ASKED_BETWEEN_LOOKS = 32;
const NO_ROWS = new Int32Array(0);

/** Answers requests for candidates from every source, with all filters applied in the search. */
export class CandidateRetriever {
  private readonly catalogues: TenantCatalogues;
  private readonly masks = new MaskPool();
  private readonly assembler: Assembler;
  private readonly best = new TopK();

  constructor(private readonly parts: CandidateRetrieverParts) {
    this.catalogues = new TenantCatalogues(parts.catalogues, parts.clock);
    this.assembler = new Assembler(parts.clock);
  }

  /**
   * Candidates best first, at most `limit`; exactly that many if the filters leave as many items, unless only given items were
   * asked for. A source that fails is reported and left out. Rejects with INVALID_ARGUMENT for a request that makes no sense
   * and with UNAVAILABLE while the tenant's catalogue isn't known. `context.deadlineMs` is in the clock's milliseconds.
   * @param shared the time for asking filters that it shares with others that came with it.
   */
  async retrieve(request: RetrievalRequest, context: Context, shared?: AskingTime): Promise<RetrievalResult> {
    checkRequest(request);
    const catalogue = this.catalogueOf(request.tenant);
    const state = stateOf(request.userState);
    const mask = this.masks.acquire(catalogue.columns.size);
    try {
      const query = await this.withUser(this.queryOf(request, { catalogue, state, mask, shared }));
      const answers = await runSources(request.sources, query, context, { sourceOf: this.parts.sourceOf ?? sourceOf, clock: this.parts.clock });
      const result = this.assembler.assemble(query, answers);
      const factors = impressionFactors({ discount: request.impressionDiscount, state, nowMs: request.nowMs }, catalogue.columns, result.ordinals);
      return factors === undefined ? result : { ...result, impressionFactors: factors };
    } finally {
      this.masks.release(mask);
    }
  }

  /**
   * Names what answers of this tenant are made of besides their requests and the catalogue's own revisions: when neither has changed, the same
   * request has the same answer. Brings up to date first what a request would. Empty while the catalogue isn't known.
   */
  version(tenant: string): string {
    const catalogue = this.catalogues.of(tenant);
    return catalogue === undefined ? '' : `${catalogue.builds()}.${this.parts.retrievers.changes(tenant, catalogue.view)}`;
  }

  /** Ids, titles and eligibility of items, in order; an empty id for an unknown ordinal. Throws UNAVAILABLE like `retrieve`. */
  resolve(tenant: string, ordinals: Int32Array, nowMs: number): { readonly id: string; readonly title: string; readonly eligible: boolean }[] {
    const { columns } = this.catalogueOf(tenant);
    return Array.from(ordinals, (ordinal) => {
      const row = columns.rowOf(ordinal);
      return { id: columns.id(row), title: columns.title(row), eligible: row >= 0 && columns.eligible(row, nowMs) };
    });
  }

  private catalogueOf(tenant: string): TenantCatalogue {
    const catalogue = this.catalogues.of(tenant);
    if (catalogue === undefined) throw new DomainError('UNAVAILABLE', 'CATALOGUE_UNKNOWN', `The catalogue of tenant ${tenant} is not known here yet.`);
    return catalogue;
  }

  private queryOf(request: RetrievalRequest, { catalogue, state, mask, shared }: { catalogue: TenantCatalogue; state: UserStateView; mask: Uint8Array; shared: AskingTime | undefined }): RetrievalQuery {
    const expressions = visitExpressions(request, { compiler: this.parts.expressions, catalogue, state });
    const filter = new SearchFilter({
      ...plainFilters(request, state, catalogue, mask), filters: expressions.filters,
      asking: new AskingTime({ mostMs: this.parts.mostFilterMs ?? MOST_FILTER_MS, shared, every: ASKED_BETWEEN_LOOKS, clock: this.parts.clock }),
    });
    const retriever = this.parts.retrievers.find(request.tenant, request.retriever, catalogue.view);
    const common = { request, catalogue, filter, expressions, retriever, best: this.best };
    if (retriever === undefined) return { ...common, recent: NO_ROWS, seeds: NO_ROWS, userVector: undefined, next: NO_ITEMS };
    const recent = newestEngagements(state, (lo, hi) => retriever.model.rowOfHashed(lo, hi));
    const seeds = Int32Array.from(request.seedItemIds, (id) => retriever.model.rowOfId(id));
    return { ...common, recent, seeds, userVector: undefined, next: retriever.next(Int32Array.of(...seeds, ...recent)) };
  }

  /** Adds the user vector. One that can't be had fails the sources that need it, and nothing else. */
  private async withUser(query: RetrievalQuery): Promise<RetrievalQuery> {
    try {
      return { ...query, userVector: await query.retriever?.encode(query.recent) };
    } catch (userVectorFailure) {
      return { ...query, userVectorFailure };
    }
  }
}

function stateOf(record: Uint8Array): UserStateView {
  try {
    return new UserStateView(record);
  } catch (error) {
    throw new DomainError('INVALID_ARGUMENT', 'USER_STATE_INVALID', 'The user state is not of a layout that is known here.', { cause: error });
  }
}
