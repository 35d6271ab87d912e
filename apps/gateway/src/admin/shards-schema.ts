import { z } from 'zod';

export const shardsAnswer = z.object({
  partitions: z.array(z.object({
    partition: z.number(),
    owner: z.string().optional().describe('host:port of the feature store that applies it; missing while none does'),
    position: z.number().describe('up to where the log has been applied'),
    logEnd: z.number(),
    lag: z.number().describe('records that are not applied'),
    oldestUnappliedSeconds: z.number().describe('age of the oldest of them'),
  })),
});
