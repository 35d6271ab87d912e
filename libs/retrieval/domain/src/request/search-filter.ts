import type { AskingTime } from '@serendip/shared-pipeline';
import type { RowSet } from '../catalogue/eligible-rows.js';
import type { VisitFilter } from '../expressions/visit-expressions.js';
import type { DropReport } from './retrieval-request.js';

/** What rows are to a request. An open one may be shown if the filter expressions let it pass, which nobody has asked yet. */
const NO = 0;
const YES = 1;
const OPEN = 2;

/** What a search may answer with. */
export interface SearchSet {
  /** Everything that `allows` allows is among these. */
  readonly rows: Int32Array;
  /** 0 for a row that is not allowed; anything else means to ask `allows`. */
  readonly mask: Uint8Array;
  allows(row: number): boolean;
}

export interface SearchFilterOptions {
  /** The rows as the plain filters leave them: some of `rows` may be missing from `mask`, none of `mask` is missing from `rows`. `mask` is written. */
  readonly allowed: RowSet;
  /** What the plain filters took out. */
  readonly drops: readonly DropReport[];
  readonly filters: readonly VisitFilter[];
  /** For asking the filters. */
  readonly asking: AskingTime;
}

/**
 * Which rows a request may be answered with. Filter expressions are asked only about rows that a source considers, each row once; what is asked
 * can be kept by the filter itself. When the time for asking is over, rows that nobody has asked about are left out.
 */
export class SearchFilter implements SearchSet {
  readonly mask: Uint8Array;
  readonly rows: Int32Array;
  private readonly dropped: number[];
  private unasked = 0;

  constructor(private readonly options: SearchFilterOptions) {
    const { mask, rows } = options.allowed;
    this.mask = mask;
    this.rows = rows;
    this.dropped = options.filters.map(() => 0);
    if (options.filters.length > 0) for (let i = 0; i < rows.length; i++) mask[rows[i]!] = mask[rows[i]!]! << 1;
  }

  /** Whether a row may be in the answer. */
  allows(row: number): boolean {
    const state = this.mask[row];
    return state === YES || (state === OPEN && this.settle(row));
  }

  /** What each filter took out, of what the filters before it had left: of expressions, among the rows that were considered. */
  get drops(): readonly DropReport[] {
    const byExpression = this.dropped.map((dropped, i) => ({ filter: `filter:${i}`, dropped }));
    return [...this.options.drops, ...byExpression, { filter: 'unasked', dropped: this.unasked }].filter(({ dropped }) => dropped > 0);
  }

  private settle(row: number): boolean {
    const { filters, asking } = this.options;
    let passed = true;
    for (let i = 0; i < filters.length && passed; i++) {
      const known = filters[i]!.known(row);
      if (known === undefined && asking.isOver()) {
        this.unasked++;
        this.mask[row] = NO;
        return false;
      }
      passed = known ?? filters[i]!.test(row);
      if (!passed) this.dropped[i]!++;
    }
    this.mask[row] = passed ? YES : NO;
    return passed;
  }
}
