import { z } from 'zod';

const change = z.object({ from: z.number(), to: z.number() });

const item = z.object({
  id: z.string(),
  score: z.number(),
  rank: z.number(),
  source: z.string(),
  fields: z.object({ title: z.string().optional() }).optional(),
  explain: z.object({
    sources: z.array(z.object({ name: z.string() })),
    retrieval: z.object({ score: z.number() }).optional(),
    ranks: z.object({ retrieval: z.number().optional(), model: z.number().optional(), adjusted: z.number().optional(), slot: z.number() }),
    modelScore: z.number().optional(),
    heads: z.array(z.object({ head: z.string(), weight: z.number(), score: z.number() })),
    features: z.array(z.object({ words: z.string(), is: z.number(), usually: z.number(), contribution: z.number(), status: z.string().optional(), newestAt: z.string().optional() })),
    propensity: z.number(),
    rules: z.array(z.object({ rule: z.string(), effect: z.string(), score: change.optional(), rank: change.optional() })),
  }),
});

const step = z.object({
  stage: z.string(), kind: z.string(), in: z.number(), out: z.number(), tookMs: z.number(), failure: z.string().optional(),
  dropped: z.array(z.object({ rule: z.string(), dropped: z.number() })).default([]),
  sources: z.array(z.object({ name: z.string(), found: z.number(), failure: z.string().optional() })).default([]),
});

/** What is printed of an answer with `explain`; there may be more in it. */
export const explainedAnswer = z.object({
  recommendationId: z.string(),
  placement: z.string(),
  items: z.array(item),
  experiments: z.array(z.object({ experiment: z.string(), arm: z.string() })),
  models: z.object({ retriever: z.string().optional(), ranker: z.string().optional() }),
  degraded: z.array(z.object({ stage: z.string(), reason: z.string() })),
  funnel: z.array(step),
  scoring: z.object({ objective: z.array(z.object({ head: z.string(), weight: z.number() })), baseline: z.number() }).optional(),
  userState: z.object({ partition: z.number(), position: z.number() }).optional(),
  cache: z.string().optional(),
  tookMs: z.number(),
});

export type ExplainedAnswer = z.infer<typeof explainedAnswer>;
export type ExplainedItem = ExplainedAnswer['items'][number];
export type FunnelStep = ExplainedAnswer['funnel'][number];
