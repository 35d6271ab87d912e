import { z } from 'zod';
import { context, flag, id, logPlace, time } from '../events/event-schema.js';
import { featureStatus } from '../features/features-schema.js';

/** A query has texts only. */
const queryLimit = z.coerce.number().int().min(1).max(200).default(10);

const shared = {
  placement: z.string().min(1).max(64).default('home'),
  userId: id.optional(),
  anonymousId: id.optional(),
  sessionId: id.optional(),
  filter: z.string().max(4096).optional(),
  boost: z.string().max(4096).optional(),
  cursor: z.string().max(4096).optional(),
  explain: flag.default(false),
  dryRun: flag.default(false),
};

export const recommendationBody = z.strictObject({
  ...shared,
  limit: z.number().int().min(1).max(200).default(10),
  diversity: z.number().min(0).max(1).optional(),
  items: z.array(id).max(100).default([]),
  exclude: z.array(id).max(1000).default([]),
  context: context.optional(),
  at: time.optional().describe('The moment the answer is for, in place of now; such an answer is not logged. Needs a secret key.'),
  fields: z.array(z.string().min(1).max(128)).max(50).default([]),
  modelOverride: z.strictObject({ retriever: z.string().max(256).optional(), ranker: z.string().max(256).optional() }).optional(),
});

export type RecommendationInput = z.infer<typeof recommendationBody>;

const list = z.union([z.string(), z.array(z.string())]).transform((value) => (Array.isArray(value) ? value : value.split(',')).filter((entry) => entry !== '')).optional();

/** The same fields as query parameters; lists repeat or are separated by commas. */
export const recommendationQuery = z.strictObject({
  ...shared, limit: queryLimit, diversity: z.coerce.number().min(0).max(1).optional(), items: list, exclude: list, fields: list,
  device: z.string().optional(), locale: z.string().optional(), country: z.string().optional(),
})
  .transform(({ device, locale, country, items, exclude, fields, ...rest }) => recommendationBody.parse({
    ...rest, items: items ?? [], exclude: exclude ?? [], fields: fields ?? [],
    context: Object.fromEntries(Object.entries({ device, locale, country }).filter(([, value]) => value !== undefined)),
  }));

export const rankBody = z.strictObject({
  placement: z.string().min(1).max(64).default('home'),
  userId: id.optional(),
  anonymousId: id.optional(),
  itemIds: z.array(id).min(1).max(1000),
  fields: z.array(z.string().min(1).max(128)).max(50).default([]),
  context: context.optional(),
  explain: flag.default(false),
});

export const similarQuery = z.strictObject({ limit: queryLimit, fields: list, userId: id.optional() });

export const popularQuery = z.strictObject({
  limit: queryLimit, fields: list, window: z.enum(['1d', '7d', '30d', 'all']).default('7d'),
});

const degradation = z.object({ stage: z.string(), reason: z.string() });
const change = z.object({ from: z.number(), to: z.number() });
const heads = z.array(z.object({ head: z.string(), weight: z.number() }));

/** Why an item is in its slot. */
const itemExplained = z.object({
  sources: z.array(z.object({ name: z.string() })),
  retrieval: z.object({ score: z.number(), personal: z.number().optional(), next: z.number().optional() }).optional(),
  ranks: z.object({ retrieval: z.number().int().optional(), model: z.number().int().optional(), adjusted: z.number().int().optional(), slot: z.number().int() })
    .describe('places from 1: by retrieval, by the ranker, after boosts and impressions, and on this page'),
  modelScore: z.number().optional().describe('the ranker\'s score, before boosts and impressions'),
  heads: z.array(z.object({ head: z.string(), weight: z.number(), score: z.number() })),
  features: z.array(z.object({
    name: z.string(), value: z.number(), mean: z.number(), contribution: z.number(), words: z.string(), is: z.number(), usually: z.number(),
    status: featureStatus.optional(), newestAt: z.iso.datetime().optional().describe('when the newest fact behind the value happened'),
  }))
    .describe('what moved the score most; a contribution is how much lower the score is when the feature has its mean of the training set; `is` and `usually` are value and mean of what the words say'),
  propensity: z.number().describe('probability that this item would be shown in this slot, given the request'),
  reasons: z.array(z.string()),
  rules: z.array(z.object({ rule: z.string(), effect: z.string(), score: change.optional(), rank: change.optional() })),
});

export type ItemExplained = z.infer<typeof itemExplained>;

const funnelStep = z.object({
  stage: z.string(), kind: z.string(), in: z.number(), out: z.number(), tookMs: z.number(), failure: z.string().optional(),
  dropped: z.array(z.object({ rule: z.string(), dropped: z.number().int() })).optional(),
  sources: z.array(z.object({ name: z.string(), found: z.number().int(), tookMs: z.number(), failure: z.string().optional() })).optional(),
});

export const recommendationAnswer = z.object({
  recommendationId: z.string(),
  attributionToken: z.string(),
  placement: z.string(),
  items: z.array(z.object({
    id: z.string(), score: z.number(), rank: z.number().int(), source: z.string(), fields: z.record(z.string(), z.unknown()).optional(), explain: itemExplained.optional(),
  })),
  experiments: z.array(z.object({ experiment: z.string(), arm: z.string() })),
  models: z.object({ retriever: z.string().optional(), ranker: z.string().optional() }),
  degraded: z.array(degradation),
  missing: z.array(z.string()).optional(),
  funnel: z.array(funnelStep).optional(),
  scoring: z.object({ objective: heads, baseline: z.number() }).optional(),
  userState: logPlace.optional(),
  cache: z.enum(['hit', 'shared', 'miss', 'off']).optional(),
  madeFrom: z.object({ nowMs: z.number(), config: z.number(), userState: z.string(), candidates: z.string(), ranking: z.string() }).optional(),
  nextCursor: z.string().optional(),
  tookMs: z.number(),
});

export type RecommendationAnswer = z.infer<typeof recommendationAnswer>;
