import type { Context, LateCheck, Selected } from '@serendip/shared-pipeline';
import type { DocumentReader, FactsReader } from '../ports.js';
import type { Query } from '../query.js';
import type { ItemDocument } from '../recommendation.js';
import { lateFault } from './late-fault.js';

/** There was no time to ask the filters about newer documents. */
const TOO_DEAR = 'RULES_TOO_DEAR';

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
