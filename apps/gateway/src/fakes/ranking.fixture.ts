import { Controller } from '@nestjs/common';
import { Rpc } from '@serendip/platform-grpc';
import { ranking } from '@serendip/shared-contracts';
import { DomainError } from '@serendip/shared-errors';
import { bytesOf, float32sOf, int32sOf } from '@serendip/shared-layouts';
import { ordinalOf } from './catalogue.fixture.js';

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

  /** The one feature contributes its value; of even items it is too old. */
  @Rpc(ranking.RankingService, 'explainRows')
  async explainRows({ features: rows, ordinals }: ranking.ExplainRowsRequest) {
    const isOld = Array.from(int32sOf(ordinals), (ordinal) => ordinal % 2 === 0);
    return {
      statuses: isOld.map((old) => (old ? ranking.FeatureStatus.OUTSIDE_MAX_AGE : ranking.FeatureStatus.PRESENT)), newestMs: bytesOf(Float64Array.from(isOld, (old) => (old ? 1000 : NaN))),
      heads: [{ head: 'engage', weight: 1 }], headScores: rows, contributions: rows, baseline: 0, words: ['how well the price fits'], means: bytesOf(Float32Array.of(0)), logarithms: [true],
    };
  }

  @Rpc(ranking.RankingService, 'listFeatures')
  async listFeatures() {
    return { features: [{ name: 'click_rate', entity: 'item', computed: 'rate', meaning: 'clicks a view', datedBy: 'the item\'s last event' }] };
  }

  /** An item's ordinal, dated; of what is no item nothing is known. */
  @Rpc(ranking.RankingService, 'readFeatures')
  async readFeatures({ itemIds, names }: ranking.ReadFeaturesRequest) {
    if (names.includes('nonsense')) throw new DomainError('INVALID_ARGUMENT', 'FEATURE_UNKNOWN', 'There is no ranking feature \'nonsense\'.');
    const ordinals = itemIds.map((id) => ordinalOf(id));
    return {
      names: ['click_rate'], values: bytesOf(Float32Array.from(ordinals, (ordinal) => Math.max(0, ordinal))), newestMs: bytesOf(Float64Array.from(ordinals, (ordinal) => (ordinal < 0 ? NaN : 1000))),
      statuses: ordinals.map((ordinal) => (ordinal < 0 ? ranking.FeatureStatus.NOT_FOUND : ranking.FeatureStatus.PRESENT)),
    };
  }

  @Rpc(ranking.RankingService, 'getStatus')
  async getStatus() {
    return { caughtUp: true };
  }
}
