import type { Context, LateCheck, Selected } from '@serendip/shared-pipeline';
import type { DocumentReader, FactsReader } from '../ports.js';
import { rulesOf, type Query } from '../query.js';
import { isEligible, type ItemDocument } from '../recommendation.js';
import { failedFilter, judgedLate } from '../selection/rules.js';

/** There was no time to ask the filters about newer documents. */
const TOO_DEAR = 'RULES_TOO_DEAR';

/** What is known of an item that has an id and nothing else to judge it by: retrieval has filtered it by its own columns. */
const isIdentityOnly = ({ version }: ItemDocument): boolean => version === 0;

/**
 * Reads the documents of the best and drops what, by the newest data, may not be shown any more; as long as too few are left for the
 * list, the next best are read.
 */
export class DocumentsCheck implements LateCheck<Query> {
  readonly name = 'documents';

  constructor(private readonly reader: DocumentReader, private readonly facts: FactsReader, private readonly now: () => number, readonly timeoutMs: number) {}

  async check(query: Query, chosen: readonly Selected[], context: Context): Promise<readonly Selected[]> {
    const { request, work } = query;
    if (work.kept !== undefined) work.documents = work.kept;
    const documents = new Map<number, ItemDocument>();
    const kept: Selected[] = [];
    for (let batch = chosen, n = 1; batch.length > 0; batch = kept.length < request.limit ? work.more?.(n++) ?? [] : []) {
      const found = await this.read(query, batch, context);
      work.checked += batch.length;
      work.documents = documents;
      batch.forEach((item, i) => {
        const document = found[i];
        const failed = document === undefined ? 'unknown' : this.failed(query, document);
        if (failed !== undefined) work.dropped.set(failed, (work.dropped.get(failed) ?? 0) + 1);
        if (document === undefined || failed !== undefined) return;
        documents.set(item.ordinal, document);
        kept.push(item);
      });
    }
    return kept.sort((a, b) => a.place - b.place);
  }

  private async read({ request, work }: Query, batch: readonly Selected[], context: Context): Promise<readonly (ItemDocument | undefined)[]> {
    const { documents, degraded } = await this.reader.read(request.tenant, batch.map(({ ordinal }) => ordinal), context);
    if (degraded !== undefined) work.late.push({ stage: this.name, reason: degraded });
    return batch.map(({ ordinal }, i) => documents[i] ?? work.kept?.get(ordinal));
  }

  /** The rule by which an item may not be shown; undefined when it may. */
  private failed(query: Query, document: ItemDocument): string | undefined {
    if (!isEligible(document, query.request.asOfMs ?? this.now())) return 'unavailable';
    const rules = judgedLate(rulesOf(query, this.facts));
    if (rules.filters.length === 0 || isIdentityOnly(document)) return undefined;
    return query.work.asking.isOver() ? this.trust(query) : failedFilter(rules, document);
  }

  /** Whoever chose the item has asked the same filters about it: their word stands. */
  private trust({ work }: Query): undefined {
    if (!work.late.some(({ reason }) => reason === TOO_DEAR)) work.late.push({ stage: this.name, reason: TOO_DEAR });
  }
}
