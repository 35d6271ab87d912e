import { allPassed, checkBundle, type Check, type CheckOptions } from '@serendip/models-adapters';
import type { Prices } from '@serendip/platform-config/prices';
import type { GrpcClient } from '@serendip/platform-grpc';
import type { Logger } from '@serendip/platform-logging';
import type { ObjectStore } from '@serendip/platform-objects';
import { BundleRetrieverLoader } from '@serendip/retrieval-adapters';
import { control } from '@serendip/shared-contracts';
import pLimit from 'p-limit';

const ACTOR = 'trainer';
const RETRY_MS = 5000;

const outcomes: Readonly<Record<Check['outcome'], control.CheckOutcome>> = {
  passed: control.CheckOutcome.PASSED, failed: control.CheckOutcome.FAILED, skipped: control.CheckOutcome.SKIPPED,
};

type Version = Pick<control.ModelVersion, 'name' | 'version' | 'bundle' | 'digest'>;

export interface ModelChecksParts {
  readonly client: Pick<GrpcClient<typeof control.ControlService>, 'recordModelChecks'>;
  readonly objects: ObjectStore;
  readonly logger: Logger;
  /** What the cost of a run is said by. */
  readonly prices?: Prices;
  /** Holds a version against its champion. */
  readonly evaluate?: (tenant: string, version: Version) => CheckOptions['evaluate'];
}

/** Checks model versions one at a time, and tells control what came of it. */
export class ModelChecks {
  private readonly oneAtATime = pLimit(1);
  private readonly going = new Map<string, Promise<boolean>>();
  private latest: control.ConfigSnapshot | undefined;
  private retry: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(private readonly parts: ModelChecksParts) {}

  /** Checks every version that is pending; what can't be checked now is tried again, if it is still pending by then. */
  follow(snapshot: control.ConfigSnapshot): void {
    this.latest = snapshot;
    clearTimeout(this.retry);
    for (const { id, models } of snapshot.tenants) {
      for (const model of models.filter(({ checks }) => checks === control.CheckState.PENDING)) {
        this.check(id, model).catch((err: unknown) => {
          if (this.isClosed) return;
          this.parts.logger.warn({ err, tenant: id, model: `${model.name}@${model.version}` }, 'A model version could not be checked; it is tried again.');
          clearTimeout(this.retry);
          this.retry = setTimeout(() => this.follow(this.latest!), RETRY_MS).unref();
        });
      }
    }
  }

  /** Whether every check of a version passes, once they are recorded. Rejects when they can't be made or recorded now. */
  check(tenant: string, version: Version): Promise<boolean> {
    const key = `${tenant}/${version.name}@${version.version}`;
    const known = this.going.get(key);
    if (known !== undefined) return known;
    const going = this.oneAtATime(() => this.checkNow(tenant, version)).finally(() => this.going.delete(key));
    this.going.set(key, going);
    return going;
  }

  /** Leaves what is not checked yet to the next start: it is still pending. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.retry);
    this.oneAtATime.clearQueue();
  }

  private async checkNow(tenant: string, version: Version): Promise<boolean> {
    const { client, objects, logger, prices, evaluate } = this.parts;
    const judge = evaluate?.(tenant, version);
    const checks = await checkBundle(objects, version, {
      loadTable: (stored) => new BundleRetrieverLoader(objects).load({ tenant, name: version.name, version: version.version, ...stored }),
      ...(prices === undefined ? {} : { prices }), ...(judge === undefined ? {} : { evaluate: judge }),
    });
    await client.recordModelChecks({
      tenant, model: version.name, version: version.version, actor: ACTOR, checks: checks.map(({ outcome, figures, ...rest }) => ({ ...rest, outcome: outcomes[outcome], figures: { ...figures } })),
    });
    const passed = allPassed(checks);
    logger.info({ tenant, model: `${version.name}@${version.version}`, passed, failed: checks.find(({ outcome }) => outcome === 'failed') }, 'A model version was checked.');
    return passed;
  }
}
