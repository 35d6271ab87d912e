import { z } from 'zod';
import { readPlacementBody } from '../admin/placement-schema.js';
import { context, id } from '../events/event-schema.js';

export const previewBody = z.strictObject({
  placement: readPlacementBody,
  users: z.array(id).min(1).max(100),
  limit: z.number().int().min(1).max(200).default(10),
  items: z.array(id).max(100).default([]),
  context: context.optional(),
});

/** Besides the placement. */
export type PreviewInput = Omit<z.infer<typeof previewBody>, 'placement'>;

const change = z.object({
  id: z.string(),
  change: z.enum(['added', 'dropped', 'moved']),
  from: z.number().int().optional(),
  to: z.number().int().optional(),
  because: z.array(z.object({ rule: z.string(), effect: z.string() })),
});

const exploration = z.object({ slots: z.number().int(), pool: z.number().int(), share: z.number() })
  .describe('slots that may show an item drawn at random, items they draw from, and the probability that one does');

export const previewAnswer = z.object({
  changed: z.number().int(),
  users: z.array(z.object({ userId: z.string(), before: z.array(z.string()), after: z.array(z.string()), changes: z.array(change), exploration: exploration.optional() })),
  missing: z.array(z.string()).describe('Users that there was no time for, or that a service was away for: ask for these again'),
});

export type PreviewAnswer = z.infer<typeof previewAnswer>;
