import type { Context, LateCheck, Selected } from '@serendip/shared-pipeline';
import type { DocumentReader, FactsReader } from '../ports.js';
import { rulesOf, type Query } from '../query.js';
import type { ItemDocument } from '../recommendation.js';
import { isArranged } from '../selection/rules.js';
import { lateFault } from './late-fault.js';

/** There was no time to ask the filters about newer documents. */
const TOO_DEAR = 'RULES_TOO_DEAR';

/**
 * Reads the documents of the best and drops what, by the newest data, may not be shown any more; as long as too few are left for the
 * list, the next best are read. Of the reserve that stands behind the list all are read only where rules or an explanation look at them.
 */
export class DocumentsCheck implements LateCheck<Query> {
  readonly name = 'documents';

  constructor(private readonly reader: DocumentReader, private readonly facts: FactsReader, private readonly now: () => number, readonly timeoutMs: number) {}

  async check(query: Query, chosen: readonly Selected[], context: Context): Promise<readonly Selected[]> {
    const { request, work } = query;
    if (work.kept !== undefined) work.documents = work.kept;
    const documents = new Map<number, ItemDocument>();
    const kept: Selected[] = [];
    const all = request.explain || request.explainRules === true || isArranged(rulesOf(query, this.facts));
    for (const batch of batches(query, chosen, { kept, first: all ? chosen.length : request.limit + 1 })) {
      const found = await this.read(query, batch, context);
      // Who waited has gone on without this: nothing of it may change any more.
      if (context.signal.aborted) return kept;
      work.checked += batch.length;
      work.documents = documents;
      batch.forEach((item, i) => {
        const document = found[i];
        const failed = document === undefined ? 'unknown' : lateFault(query, document, { facts: this.facts, nowMs: this.now(), unasked: () => this.trust(query) });
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

  /** Whoever chose the item has asked the same filters about it: their word stands. */
  private trust({ work }: Query): undefined {
    if (!work.late.some(({ reason }) => reason === TOO_DEAR)) work.late.push({ stage: this.name, reason: TOO_DEAR });
  }
}

/** What to read, one after the other: the first of the chosen; the others where these leave none for a next page; the next best while too few are kept for the list. */
function* batches({ request: { limit }, work }: Query, chosen: readonly Selected[], { kept, first }: { readonly kept: readonly Selected[]; readonly first: number }): Generator<readonly Selected[]> {
  if (chosen.length > 0) yield chosen.slice(0, first);
  if (chosen.length > first && kept.length <= limit) yield chosen.slice(first);
  for (let n = 1; kept.length < limit; n++) {
    const next = work.more?.(n) ?? [];
    if (next.length === 0) return;
    yield next;
  }
}
