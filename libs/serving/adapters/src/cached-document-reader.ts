import type { features, retrieval } from '@serendip/shared-contracts';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { DocumentReader, FoundDocuments, ItemDocument } from '@serendip/serving-domain';
import { PARTITIONS } from '@serendip/shared-identity';
import { bytesOf } from '@serendip/shared-layouts';
import type { Context } from '@serendip/shared-pipeline';
import { hop } from './hop.js';
import { documentOfEntry } from './item-document.js';

interface Cached {
  readonly document: ItemDocument;
  readonly readAtMs: number;
}

/** Positions that no partition has reached: the feature store takes them for its own newest. */
const FROM_NOW_ON = bytesOf(new Float64Array(PARTITIONS).fill(Number.MAX_SAFE_INTEGER));
/** Documents of each tenant. */
const MOST_CACHED = 100_000;
/** How long a document is taken as current while changes are not followed. */
const CURRENT_MS = 5000;

/**
 * Documents by ordinal: from the cache while current, else from the feature store; when that is away, older copies, and for
 * items never read their ids and eligibility from the embedding service. Never rejects. A copy is current for as long as
 * changes have been followed since it was read, and for a few seconds else.
 */
export class CachedDocumentReader implements DocumentReader {
  /** By tenant and ordinal. */
  private readonly caches = new Map<string, Map<number, Cached>>();
  /** Since when each tenant's changes have been followed without a gap. */
  private readonly followedSinceMs = new Map<string, number>();

  constructor(
    private readonly featureStore: GrpcClient<typeof features.FeatureStoreService>,
    private readonly embedding: GrpcClient<typeof retrieval.EmbeddingService>,
  ) {}

  async read(tenant: string, ordinals: readonly number[], context: Context): Promise<FoundDocuments> {
    const now = performance.now();
    const cache = this.cacheOf(tenant);
    const found = ordinals.map((ordinal) => cache.get(ordinal));
    const current = Math.min(this.followedSinceMs.get(tenant) ?? Infinity, now - CURRENT_MS);
    const missing = ordinals.filter((_, i) => found[i] === undefined || found[i].readAtMs < current);
    if (missing.length === 0) return { documents: found.map((cached) => cached!.document) };

    const half = { ...context, deadlineMs: now + (context.deadlineMs - now) / 2 };
    const degraded = await this.refresh(tenant, missing, half).then(() => undefined, () => 'DOCUMENTS_MAY_BE_OLD');
    const documents = ordinals.map((ordinal) => cache.get(ordinal)?.document);
    if (degraded === undefined) return { documents };
    return { documents: await this.resolve(tenant, { ordinals, documents }, context), degraded };
  }

  /** Takes in changes of a tenant's catalogue as they come; ends with the stream, which rejects when the feature store is lost. */
  async follow(tenant: string, signal: AbortSignal): Promise<void> {
    try {
      for await (const { entries } of this.featureStore.watchCatalogue({ tenant, positions: FROM_NOW_ON }, { signal })) {
        const readAtMs = performance.now();
        if (!this.followedSinceMs.has(tenant)) this.followedSinceMs.set(tenant, readAtMs);
        for (const entry of entries) this.keepEntry(tenant, entry, readAtMs);
      }
    } finally {
      this.followedSinceMs.delete(tenant);
    }
  }

  private async refresh(tenant: string, ordinals: readonly number[], context: Context): Promise<void> {
    const { results } = await this.featureStore.readItems({ tenant, ordinals: bytesOf(Int32Array.from(ordinals)), ids: [] }, hop(context));
    const readAtMs = performance.now();
    for (const { entry } of results) if (entry !== undefined) this.keepEntry(tenant, entry, readAtMs);
  }

  /** Keeps a document unless a newer version of it is here: an answer may be overtaken by the change that outdates it. */
  private keepEntry(tenant: string, entry: features.CatalogueEntry, readAtMs: number): void {
    const document = documentOfEntry(entry);
    const cache = this.cacheOf(tenant);
    const known = cache.get(entry.ordinal)?.document;
    if (document === undefined || (known !== undefined && known.version > document.version)) return;
    cache.delete(entry.ordinal);
    cache.set(entry.ordinal, { document, readAtMs });
    if (cache.size > MOST_CACHED) cache.delete(cache.keys().next().value!);
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

  private cacheOf(tenant: string): Map<number, Cached> {
    let cache = this.caches.get(tenant);
    if (cache === undefined) this.caches.set(tenant, (cache = new Map()));
    return cache;
  }
}
