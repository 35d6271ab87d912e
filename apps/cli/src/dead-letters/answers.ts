import { z } from 'zod';

const deadLetter = z.looseObject({ id: z.string(), reason: z.string(), detail: z.string(), count: z.number(), firstAt: z.string(), lastAt: z.string(), source: z.string(), userId: z.string().optional() });

/** What the gateway answers, as far as it is shown. */
export const listAnswer = z.looseObject({ items: z.array(deadLetter), totals: z.record(z.string(), z.number()), nextCursor: z.string().optional() });

export const showAnswer = deadLetter.extend({
  original: z.unknown(), originalFormat: z.string(), isCut: z.boolean(), place: z.object({ partition: z.number(), position: z.number() }).optional(),
});

export const replayAnswer = z.looseObject({
  replayed: z.number(), refused: z.number(), unknown: z.number(),
  results: z.array(z.object({ id: z.string(), outcome: z.string(), reason: z.string().optional(), detail: z.string().optional() })),
});

export const purgeAnswer = z.looseObject({ purged: z.number() });

export type ListAnswer = z.infer<typeof listAnswer>;
export type ShowAnswer = z.infer<typeof showAnswer>;
export type ReplayAnswer = z.infer<typeof replayAnswer>;
