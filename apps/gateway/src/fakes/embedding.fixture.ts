import { setTimeout as sleep } from 'node:timers/promises';
import { Controller } from '@nestjs/common';
import { Rpc } from '@serendip/platform-grpc';
import { retrieval } from '@serendip/shared-contracts';
import { bytesOf, int32sOf } from '@serendip/shared-layouts';
import { ITEMS, ordinalOf } from './catalogue.fixture.js';

/** Items 0 to 4 may be explored. */
const EXPLORED = 5;

@Controller()
export class FakeEmbedding {
  asked: retrieval.CandidateRequest[] = [];
  version = 'candidates@1';
  versionReads = 0;

  @Rpc(retrieval.EmbeddingService, 'readVersions')
  async readVersions({ tenants }: retrieval.ReadVersionsRequest) {
    this.versionReads++;
    return { versions: tenants.map(() => this.version) };
  }

  calls = 0;
  /** How long a search takes. */
  delayMs = 0;

  @Rpc(retrieval.EmbeddingService, 'retrieveCandidates')
  async retrieveCandidates({ requests }: retrieval.RetrieveCandidatesRequest) {
    if (this.delayMs > 0) await sleep(this.delayMs);
    this.asked.push(...requests);
    this.calls++;
    return {
      results: requests.map(({ givenItemIds, excludeItemIds, excludeOrdinals, limit, retriever, sources, exploration }) => {
        const excluded = new Set([...excludeItemIds, ...[...int32sOf(excludeOrdinals)].map((ordinal) => `item-${ordinal}`)]);
        const ids = givenItemIds.length > 0 ? givenItemIds : Array.from({ length: ITEMS }, (_, i) => `item-${i}`).filter((id) => !excluded.has(id));
        const ordinals = Int32Array.from(ids.map(ordinalOf).filter((ordinal) => ordinal >= 0).slice(0, limit));
        const scores = Float32Array.from(ordinals, (ordinal) => -ordinal);
        return {
          ordinals: bytesOf(ordinals), scores: bytesOf(scores), personalScores: bytesOf(scores), nextScores: bytesOf(scores), retriever, version: this.version,
          sourceBits: bytesOf(Uint16Array.from(ordinals, (ordinal) => 1 | (exploration !== undefined && ordinal < EXPLORED ? 1 << sources.length : 0))),
          sources: [...sources.map(({ name }) => ({ name, found: ordinals.length })), ...(exploration === undefined ? [] : [{ name: 'exploration', found: EXPLORED }])],
        };
      }),
    };
  }

  @Rpc(retrieval.EmbeddingService, 'describeCatalogue')
  async describeCatalogue() {
    return { version: '1', attributes: { colour: retrieval.AttributeType.STRING } };
  }

  @Rpc(retrieval.EmbeddingService, 'resolveItems')
  async resolveItems({ ordinals }: retrieval.ResolveItemsRequest) {
    return { items: [...int32sOf(ordinals)].map((ordinal) => ({ id: `item-${ordinal}`, eligible: true })) };
  }

  @Rpc(retrieval.EmbeddingService, 'getStatus')
  async getStatus() {
    return { caughtUp: true };
  }
}
