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
