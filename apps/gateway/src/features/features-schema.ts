import { z } from 'zod';

export const rebuildAnswer = z.object({
  status: z.enum(['running', 'done', 'failed']),
  applied: z.number().int().describe('records of the log that the new generation has'),
  total: z.number().int().describe('records that there are'),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime().optional(),
  pausedMs: z.number().optional().describe('for how long nothing was applied to the live state, so that both were at one place'),
  error: z.string().optional(),
});

export const featuresAnswer = z.object({
  items: z.array(z.object({
    name: z.string(), entity: z.enum(['candidate', 'item', 'user', 'cross', 'context']), computed: z.enum(['retrieval', 'attribute', 'count', 'decayed-count', 'rate', 'recency', 'last-k', 'clock', 'model']),
    dtype: z.literal('float32'), shape: z.array(z.number()).describe('empty: one number'), default: z.number().describe('where nothing is known'), meaning: z.string(),
  })),
});
