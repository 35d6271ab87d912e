import { retireVersions, type ConfigurationRepository, type ModelVersion, type Who } from '@serendip/control-domain';
import { removeBundle } from '@serendip/platform-bundles';
import type { Logger } from '@serendip/platform-logging';
import type { ObjectStore } from '@serendip/platform-objects';
import type { Snapshots } from './snapshots.service.js';

export interface RetentionParts {
  readonly repository: ConfigurationRepository;
  readonly snapshots: Pick<Snapshots, 'refresh'>;
  readonly objects: ObjectStore;
  readonly logger: Logger;
}

/** Forgets old versions of models, then removes their bundles, once every service can know that they are not wanted. */
export class ModelRetention {
  constructor(private readonly parts: RetentionParts) {}

  /** Never rejects: what fails is logged. Versions that could not be forgotten are with the next registration. */
  async retire(who: Who, model: string): Promise<void> {
    const { repository, snapshots, logger } = this.parts;
    try {
      const retired = await repository.change(who, retireVersions(model));
      if (retired.length === 0) return;
      await snapshots.refresh();
      await this.removeBundles(retired);
      logger.info({ tenant: who.tenant, model, versions: retired.map(({ version }) => version) }, 'Old versions that nothing points at are forgotten.');
    } catch (err) {
      logger.warn({ err, tenant: who.tenant, model }, 'Old versions of a model could not all be forgotten.');
    }
  }

  /** The same content is one bundle, whoever has registered it. */
  private async removeBundles(retired: readonly ModelVersion[]): Promise<void> {
    const { tenants } = await this.parts.repository.read();
    const registered = new Set(tenants.flatMap(({ models }) => models.map(({ bundle }) => bundle)));
    for (const { bundle } of retired) if (!registered.has(bundle)) await removeBundle(this.parts.objects, bundle);
  }
}
