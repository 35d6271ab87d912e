import type { GrpcClient } from '@serendip/platform-grpc';
import { control } from '@serendip/shared-contracts';
import type { ModelChecks } from '../checks/model-checks.js';
import type { RegisteredModel } from './training-runs.js';
import type { TrainingOutcome } from './task.js';

const CHAMPION = 'champion';
const ACTOR = 'trainer';
const kinds = { retriever: control.ModelKind.RETRIEVER, ranker: control.ModelKind.RANKER } as const;

/** Registers every trained model; the champion alias moves for those that are better and pass their checks. */
export function publisher(client: GrpcClient<typeof control.ControlService>, checks: Pick<ModelChecks, 'check'>) {
  return async (tenant: string, { models }: TrainingOutcome): Promise<readonly RegisteredModel[]> => {
    const registered: RegisteredModel[] = [];
    for (const { model: name, bundle, digest, metrics, promoted, verdict } of models) {
      const { model } = await client.registerModelVersion({ tenant, actor: ACTOR, model: { name, kind: kinds[name], bundle, digest, metrics: { ...metrics } } });
      const version = model!.version;
      const isGreen = await checks.check(tenant, model!);
      if (promoted && isGreen) await client.setModelAlias({ tenant, actor: ACTOR, reason: verdict, alias: { model: name, alias: CHAMPION, version } });
      registered.push({ model: `${name}@${version}`, promoted: promoted && isGreen, verdict: isGreen ? verdict : `not promoted, because a check failed; else ${verdict}` });
    }
    return registered;
  };
}
