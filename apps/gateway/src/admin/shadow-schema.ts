import { z } from 'zod';

const model = z.string().max(256);

export const shadowBody = z.strictObject({
  retriever: model.default('').describe('model@version or model@alias; empty for the one that serves'),
  ranker: model.default('').describe('model@version or model@alias; empty for the one that serves'),
  share: z.number().gt(0).max(1).describe('share of answers that are made once more'),
}).refine(({ retriever, ranker }) => retriever !== '' || ranker !== '', 'say retriever, ranker, or both');

/** `report` is of the gateway that answers, since it first saw these versions here. */
export const shadowAnswer = z.object({
  placement: z.string(), retriever: z.string().optional(), ranker: z.string().optional(), share: z.number(),
  report: z.object({
    retriever: z.string(), ranker: z.string(), since: z.string(), answers: z.number(), degraded: z.number(), failed: z.number(), dropped: z.number(),
    overlap: z.number().optional(), sameFirst: z.number().optional(), p50Ms: z.number().optional(), p99Ms: z.number().optional(), servedP50Ms: z.number().optional(),
  }).optional(),
});
