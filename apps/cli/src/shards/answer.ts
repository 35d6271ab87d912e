import { z } from 'zod';

/** What the gateway answers, as far as it is shown. */
export const shardsAnswer = z.looseObject({
  partitions: z.array(z.looseObject({
    partition: z.number(), owner: z.string().optional(), position: z.number(), logEnd: z.number(), lag: z.number(), oldestUnappliedSeconds: z.number(),
  })),
});

export type ShardsAnswer = z.infer<typeof shardsAnswer>;
