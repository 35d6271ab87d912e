import { z } from 'zod';
import { context, id } from '../events/event-schema.js';

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
    timeToLive: z.object({ since: z.string().describe('what it counts from') }).optional().describe('there where a ranker may name the feature with one, as in seen_count@30d'),
  })).describe('a name with <…> is a pattern: a ranker names what it wants'),
});

export const featureStatus = z.enum(['PRESENT', 'NULL_VALUE', 'NOT_FOUND', 'OUTSIDE_MAX_AGE'])
  .describe('NULL_VALUE: nothing has happened that it could be made of; NOT_FOUND: no such user or item; OUTSIDE_MAX_AGE: older than its time-to-live');

const ids = z.array(id).min(1).max(200);

export const featureReadBody = z.strictObject({
  userId: id.optional(), anonymousId: id.optional(), itemIds: ids, names: z.array(z.string().min(1).max(400)).max(200).default([]).describe('every declared feature when empty'), context: context.optional(),
}).refine(({ userId, anonymousId }) => userId === undefined || anonymousId === undefined, { message: 'either userId or anonymousId', path: ['anonymousId'] });

export const featureReadAnswer = z.object({
  asOf: z.iso.datetime(),
  items: z.array(z.object({
    id: z.string(),
    features: z.array(z.object({
      name: z.string(), value: z.number(),
      status: featureStatus,
      newestAt: z.iso.datetime().optional().describe('when the newest fact behind the value happened'),
    })),
  })),
});
