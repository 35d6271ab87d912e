import { z } from 'zod';
import { recommendationAnswer, recommendationBody } from './recommendation-schema.js';

export const MOST_REQUESTS = 100;

/** Each entry is checked by itself, so that a bad one refuses itself only. */
export const batchBody = z.strictObject({ requests: z.array(z.unknown()).min(1).max(MOST_REQUESTS) });

/** What the OpenAPI document shows of it. */
export const documentedBatchBody = z.strictObject({ requests: z.array(recommendationBody).min(1).max(MOST_REQUESTS) });

const problem = z.object({
  type: z.string(), title: z.string(), status: z.number().int(), detail: z.string(), instance: z.string(), reason: z.string(), traceId: z.string(),
  errors: z.array(z.object({ path: z.string(), detail: z.string() })).readonly().optional(),
});

const batchResult = z.union([z.object({ status: z.literal(200), answer: recommendationAnswer }), z.object({ status: z.number().int(), problem })]);

/** One for each entry, in order. */
export const batchAnswer = z.object({ results: z.array(batchResult) });

export type BatchResult = z.infer<typeof batchResult>;
