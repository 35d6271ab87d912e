import { createGrpcClient } from '@serendip/platform-grpc';
import { features } from '@serendip/shared-contracts';
import type { CatalogueSource } from './catalogue-source.js';

/** A client of the feature store. The feed waits between its own tries, so there is no breaker. */
export function connect(target: string): { readonly client: CatalogueSource; readonly close: () => void } {
  const client = createGrpcClient(features.FeatureStoreService, { target, breaker: false });
  return { client, close: () => client.close() };
}
