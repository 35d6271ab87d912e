import type { Context, LateCheck, Selected } from '@serendip/shared-pipeline';
import type { DocumentReader } from '../ports.js';
import type { Query } from '../query.js';
import { isEligible, type ItemDocument } from '../recommendation.js';

/** Reads the documents of the best and drops what, by the newest data, may not be shown any more. */
export class DocumentsCheck implements LateCheck<Query> {
  readonly name = 'documents';

  constructor(private readonly reader: DocumentReader, readonly timeoutMs: number) {}

  async check({ request, work }: Query, chosen: readonly Selected[], context: Context): Promise<readonly Selected[]> {
    if (chosen.length === 0) return chosen;
    if (work.kept !== undefined) work.documents = work.kept;
    const { documents, degraded } = await this.reader.read(request.tenant, chosen.map(({ ordinal }) => ordinal), context);
    if (degraded !== undefined) work.late.push({ stage: this.name, reason: degraded });
    const byOrdinal = new Map<number, ItemDocument>();
    chosen.forEach(({ ordinal }, i) => {
      const document = documents[i] ?? work.kept?.get(ordinal);
      if (document !== undefined && isEligible(document, request.nowMs)) byOrdinal.set(ordinal, document);
    });
    work.documents = byOrdinal;
    return chosen.filter(({ ordinal }) => byOrdinal.has(ordinal));
  }
}
