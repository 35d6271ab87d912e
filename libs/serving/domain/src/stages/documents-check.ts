import type { Context, LateCheck, Selected } from '@serendip/shared-pipeline';
import type { DocumentReader } from '../ports.js';
import type { Query } from '../query.js';
import { isEligible, type ItemDocument } from '../recommendation.js';

/** Reads the documents of the best and drops what, by the newest data, may not be shown any more. */
export class DocumentsCheck implements LateCheck<Query> {
  readonly name = 'documents';

  constructor(private readonly reader: DocumentReader, readonly timeoutMs: number) {}

  enabled({ work }: Query): boolean {
    // The fallback list carries its documents.
    return work.documents === undefined;
  }

  async check({ request, work }: Query, chosen: readonly Selected[], context: Context): Promise<readonly Selected[]> {
    if (chosen.length === 0) return chosen;
    const { documents, degraded } = await this.reader.read(request.tenant, chosen.map(({ ordinal }) => ordinal), context);
    if (degraded !== undefined) work.late.push({ stage: this.name, reason: degraded });
    const byOrdinal = new Map<number, ItemDocument>();
    for (const document of documents) {
      if (document !== undefined && isEligible(document, request.nowMs)) byOrdinal.set(document.ordinal, document);
    }
    work.documents = byOrdinal;
    return chosen.filter(({ ordinal }) => byOrdinal.has(ordinal));
  }
}
