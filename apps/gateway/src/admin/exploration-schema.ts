import { control, type MessageInitShape } from '@serendip/shared-contracts';
import { z } from 'zod';

const slot = z.number().int().min(1).max(1000);
export const share = z.number().min(0).max(0.5);

/** Which of a placement's slots show items drawn at random, and which items. */
export const explorationSchema = z.strictObject({
  share: share.describe('probability that a slot in the range shows an item drawn at random'),
  slots: z.tuple([slot, slot]).refine(([from, to]) => from <= to, 'the first slot must not stand behind the last').describe('the first and the last slot that may, counted over all pages'),
  among: z.strictObject({
    shownFewerThan: z.number().min(1).max(1_000_000).optional().describe('times in the last week, decayed: impressions, or views or clicks where these are more'),
    publishedWithinDays: z.number().min(0.01).max(3650).optional(),
  }).refine((among) => Object.keys(among).length > 0, 'say shownFewerThan, publishedWithinDays, or both'),
  pool: z.number().int().min(1).max(500).default(100).describe('most items that one request draws from'),
  weights: z.enum(['uniform', 'rank']).default('uniform').describe('rank: the n-th by score is 1/n times as likely as the first'),
});

type ExplorationInput = z.infer<typeof explorationSchema>;

const { UNIFORM, RANK } = control.ExplorationWeights;

export const explorationMessage = ({ share: probability, slots: [from, to], among, pool, weights }: ExplorationInput): MessageInitShape<typeof control.ExplorationSchema> => ({
  share: probability, from, to, pool, shownFewerThan: among.shownFewerThan ?? 0, publishedWithinDays: among.publishedWithinDays ?? 0, weights: weights === 'rank' ? RANK : UNIFORM,
});

export const explorationAnswer = ({ share: probability, from, to, shownFewerThan, publishedWithinDays, pool, weights }: control.Exploration): ExplorationInput => ({
  share: probability,
  slots: [from, to],
  among: { ...(shownFewerThan === 0 ? {} : { shownFewerThan }), ...(publishedWithinDays === 0 ? {} : { publishedWithinDays }) },
  pool,
  weights: weights === RANK ? 'rank' : 'uniform',
});
