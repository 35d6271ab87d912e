import { Controller } from '@nestjs/common';
import { Rpc } from '@serendip/platform-grpc';
import { ranking } from '@serendip/shared-contracts';
import { bytesOf, float32sOf, int32sOf } from '@serendip/shared-layouts';

/** Leaves retrieval's order as it is; all others turn it round. */
export const LAZY_RANKER = 'dcn@3';

/** Ranks in the opposite of retrieval's order. */
@Controller()
export class FakeRanking {
  calls = 0;
  version = 'ranking@1';
  versionReads = 0;

  @Rpc(ranking.RankingService, 'readVersions')
  async readVersions({ tenants }: ranking.ReadVersionsRequest) {
    this.versionReads++;
    return { versions: tenants.map(() => this.version) };
  }

  @Rpc(ranking.RankingService, 'rankCandidates')
  async rankCandidates({ requests }: ranking.RankCandidatesRequest) {
    this.calls++;
    return {
      results: requests.map(({ scores, ranker, ordinals, featureRows }) => {
        const best = [...int32sOf(ordinals)].reverse().slice(0, featureRows);
        const column = bytesOf(Float32Array.from(best));
        return {
          scores: bytesOf(ranker === LAZY_RANKER ? float32sOf(scores) : float32sOf(scores).map((score) => -score)), ranker, version: this.version,
          ...(best.length === 0 ? {} : { featureNames: ['price_fit'], features: column, featureOrdinals: bytesOf(Int32Array.from(best)) }),
        };
      }),
    };
  }

  /** The one feature contributes its value. */
  @Rpc(ranking.RankingService, 'explainRows')
  async explainRows({ features: rows }: ranking.ExplainRowsRequest) {
    return { heads: [{ head: 'engage', weight: 1 }], headScores: rows, contributions: rows, baseline: 0, words: ['how well the price fits'], means: bytesOf(Float32Array.of(0)), logarithms: [true] };
  }

  @Rpc(ranking.RankingService, 'listFeatures')
  async listFeatures() {
    return { features: [{ name: 'click_rate', entity: 'item', computed: 'rate', meaning: 'clicks a view' }] };
  }

  @Rpc(ranking.RankingService, 'getStatus')
  async getStatus() {
    return { caughtUp: true };
  }
}
