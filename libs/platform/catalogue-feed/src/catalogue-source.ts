import type { features } from '@serendip/shared-contracts';

/** The two streams of the feature store that a feed follows; its gRPC client is one. */
export interface CatalogueSource {
  watchCatalogue(
    request: { readonly tenant: string; readonly positions: Uint8Array },
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<features.WatchCatalogueResponse>;
  watchItemStatistics(
    request: { readonly tenant: string },
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<features.WatchItemStatisticsResponse>;
}
