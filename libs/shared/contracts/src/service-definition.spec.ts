import { describe, expect, it } from '@jest/globals';
import { create, events, features, methodDefinition, packageDefinition, ranking, retrieval, serviceDefinition, toBinary } from './index.js';

describe('service definitions', () => {
  it('name every rpc by the path on the wire', () => {
    const definition = serviceDefinition(features.FeatureStoreService);
    expect(definition['ReadUserStates']).toMatchObject({
      path: '/serendip.features.v1.FeatureStoreService/ReadUserStates', originalName: 'readUserStates', requestStream: false, responseStream: false,
    });
    expect(definition['WatchCatalogue']).toMatchObject({ requestStream: false, responseStream: true });
  });

  it('take initialisers and messages alike and read back what was written', () => {
    const { requestSerialize, requestDeserialize } = methodDefinition(events.IngestionService.method.writeEvents);
    const init = { tenant: 'default', events: [{ eventId: 'e1', type: 'view', items: [{ itemId: 'i1' }] }] };
    const message = create(events.WriteEventsRequestSchema, init);
    expect(requestSerialize(init)).toEqual(requestSerialize(message));
    expect(requestDeserialize(requestSerialize(init))).toEqual(message);
  });

  it('answer bytes as plain arrays over the received buffer', () => {
    const { requestDeserialize } = methodDefinition(features.FeatureStoreService.method.readItems);
    const bytes = Buffer.from(toBinary(features.ReadItemsRequestSchema, create(features.ReadItemsRequestSchema, { ordinals: new Uint8Array([1, 2, 3]) })));
    const { ordinals } = requestDeserialize(bytes) as features.ReadItemsRequest;
    expect(Buffer.isBuffer(ordinals)).toBe(false);
    expect([...ordinals]).toEqual([1, 2, 3]);
    expect(ordinals.buffer).toBe(bytes.buffer);
  });

  it('keep services with the same message names apart', () => {
    expect(Object.keys(packageDefinition([ranking.RankingService, retrieval.EmbeddingService]))).toEqual([
      'serendip.ranking.v1.RankingService', 'serendip.retrieval.v1.EmbeddingService',
    ]);
  });
});
