import type { features, retrieval } from '@serendip/shared-contracts';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { DocumentReader, FoundDocuments, ItemDocument } from '@serendip/serving-domain';
import { bytesOf } from '@serendip/shared-layouts';
import type { Context } from '@serendip/shared-pipeline';
import { hop } from './hop.js';
import { documentOfEntry } from './item-document.js';

interface Cached {
  readonly document: ItemDocument;
  readonly readAtMs: number;
}

const MOST_CACHED = 100_000;
/** How long a document is taken as current. What may not be shown is out of the candidates within milliseconds; this is the second look. */
const CURRENT_MS = 5000;

/**
 * Documents by ordinal: from the cache while current, else from the feature store; when that is away, older copies, and for
 * items never read their ids and eligibility from the embedding service. Never rejects.
 */
export class CachedDocumentReader implements DocumentReader {
  private readonly cache = new Map<string, Cached>();

  constructor(
    private readonly featureStore: GrpcClient<typeof features.FeatureStoreService>,
    private readonly embedding: GrpcClient<typeof retrieval.EmbeddingService>,
  ) {}

  async read(tenant: string, ordinals: readonly number[], context: Context): Promise<FoundDocuments> {
    const now = performance.now();
    const found = ordinals.map((ordinal) => this.cache.get(`${tenant}\0${ordinal}`));
    const missing = ordinals.filter((_, i) => found[i] === undefined || now - found[i].readAtMs > CURRENT_MS);
    if (missing.length === 0) return { documents: found.map((cached) => cached!.document) };

    const half = { ...context, deadlineMs: now + (context.deadlineMs - now) / 2 };
    const degraded = await this.refresh(tenant, missing, half).then(() => undefined, () => 'DOCUMENTS_MAY_BE_OLD');
    const documents = ordinals.map((ordinal) => this.cache.get(`${tenant}\0${ordinal}`)?.document);
    if (degraded === undefined) return { documents };
    return { documents: await this.resolve(tenant, { ordinals, documents }, context), degraded };
  }

  private async refresh(tenant: string, ordinals: readonly number[], context: Context): Promise<void> {
    const { results } = await this.featureStore.readItems({ tenant, ordinals: bytesOf(Int32Array.from(ordinals)), ids: [] }, hop(context));
    const readAtMs = performance.now();
    for (const { entry } of results) {
      const document = entry === undefined ? undefined : documentOfEntry(entry);
      if (document !== undefined) this.keep(`${tenant}\0${document.ordinal}`, { document, readAtMs });
    }
  }

  /** Ids and eligibility of what no copy is left of. */
  private async resolve(
    tenant: string, { ordinals, documents }: { readonly ordinals: readonly number[]; readonly documents: readonly (ItemDocument | undefined)[] }, context: Context,
  ): Promise<readonly (ItemDocument | undefined)[]> {
    const unknown = ordinals.filter((_, i) => documents[i] === undefined);
    if (unknown.length === 0) return documents;
    const request = { tenant, ordinals: bytesOf(Int32Array.from(unknown)), nowMs: Date.now() };
    const items = await this.embedding.resolveItems(request, hop(context)).then((answer) => answer.items, () => []);
    const resolved = new Map(unknown.map((ordinal, i) => [ordinal, items[i]]));
    return documents.map((document, i) => {
      const identity = resolved.get(ordinals[i]!);
      if (document !== undefined || identity === undefined || identity.id === '') return document;
      return {
        ordinal: ordinals[i]!, version: 0, id: identity.id, deleted: false, available: identity.eligible, publishedAtMs: -Infinity,
        expiresAtMs: Infinity, fields: identity.title === '' ? {} : { title: identity.title },
      };
    });
  }

  private keep(key: string, cached: Cached): void {
    this.cache.delete(key);
    this.cache.set(key, cached);
    if (this.cache.size > MOST_CACHED) this.cache.delete(this.cache.keys().next().value!);
  }
}
