import type { control, MessageInitShape } from '@serendip/shared-contracts';
import { z } from 'zod';
import { explorationMessage, explorationSchema, share } from './exploration-schema.js';
import { capSchema, fillMessage, fillSchema, ruleMessage, ruleSchema } from '../rules/rule-schema.js';

const name = z.string().min(1).max(64);

export const placementName = name;

const model = z.string().max(256);

export const placementBody = z.strictObject({
  sources: z.array(z.strictObject({
    name, limit: z.number().int().min(1).max(2000), timeoutMs: z.number().int().min(0).max(10_000).default(0), window: z.enum(['1d', '7d', '30d', 'all', '']).default(''),
  })).min(1).max(16),
  hideAfter: z.array(z.string().min(1).max(64)).max(32).default([]),
  retriever: model.default(''),
  ranker: model.default(''),
  objective: z.array(z.strictObject({ head: name, weight: z.number().min(-1e6).max(1e6) })).max(16).default([]),
  diversity: z.number().min(0).max(1).default(0),
  impressionDiscount: z.number().min(0).max(1).default(1),
  exploration: explorationSchema.optional(),
  rules: z.array(ruleSchema).max(30).default([]),
  caps: z.array(capSchema).max(16).default([]),
  fill: fillSchema.default('fill-up'),
  fallback: name.default('popular'),
  logShare: z.number().min(0).max(1).default(0.1),
  candidates: z.number().int().min(1).max(2000).default(500),
});

export type PlacementInput = z.infer<typeof placementBody>;

/** A placement as it is read: with what a write does not change, so that what was read can be written back or previewed. */
export const readPlacementBody = placementBody.extend({ name: name.optional(), version: z.number().int().min(0).optional(), split: z.unknown().optional() });

export type ReadPlacement = z.infer<typeof readPlacementBody>;

export const placementMessage = (placement: string, { rules, fill, exploration, ...rest }: PlacementInput): MessageInitShape<typeof control.PlacementSchema> => ({
  ...rest, name: placement, rules: rules.map(ruleMessage), fill: fillMessage(fill), ...(exploration === undefined ? {} : { exploration: explorationMessage(exploration) }),
});

export const splitBody = z.strictObject({
  name,
  arms: z.array(z.strictObject({ name, percent: z.number().min(0).max(100), retriever: model.default(''), ranker: model.default(''), explorationShare: share.optional() })).min(1).max(16),
});

/** An arm as the wire has it: what is not given is not there. */
export const armMessage = ({ explorationShare, ...arm }: z.infer<typeof splitBody>['arms'][number]): MessageInitShape<typeof control.SplitArmSchema> => ({
  ...arm, ...(explorationShare === undefined ? {} : { explorationShare }),
});
