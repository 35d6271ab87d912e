import { createHash } from 'node:crypto';
import { SCHEMA_VERSION } from '@serendip/events-domain';
import { STATE_LAYOUT } from '@serendip/features-adapters';
import { RANKING_FEATURES } from '@serendip/ranking-domain';

/** What the archive's manifests name: the event model, the layout of user states in `$merge`, and the declared ranking features by a digest of their table. */
export const archiveVersions = (): Readonly<Record<string, string>> => ({
  event: String(SCHEMA_VERSION),
  state: String(STATE_LAYOUT),
  rankingFeatures: createHash('sha256').update(JSON.stringify(RANKING_FEATURES.map(({ name, meaning }) => [name, meaning]))).digest('hex').slice(0, 16),
});
