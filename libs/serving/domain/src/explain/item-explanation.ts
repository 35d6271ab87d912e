import type { Selected } from '@serendip/shared-pipeline';
import type { Query } from '../query.js';
import type { FeatureReason, HeadScore, ItemDocument, ItemExplanation, RuleEffect } from '../recommendation.js';
import { boosted } from '../selection/rules.js';
import { ruleEffects } from './rule-effects.js';

const MOST_REASONS = 6;

/** How an item came to its slot (1 is the first of this page); for an answer that explains itself. */
export function itemExplanation(query: Query, { ordinal, place }: Selected, { slot, document }: { readonly slot: number; readonly document: ItemDocument }): ItemExplanation {
  const { candidates, ranked } = query.work;
  const at = candidates?.ordinals.indexOf(ordinal) ?? -1;
  const model = ranked?.scores[at];
  return {
    ...(candidates === undefined || at < 0 ? {} : { retrieval: retrievalOf(candidates, at) }),
    ranks: {
      ...(at < 0 ? {} : { retrieval: at + 1 }),
      ...(model === undefined ? {} : { model: rankOf(ranked!.scores, at) }),
      ...(place < 0 ? {} : { adjusted: place + 1 }),
      slot,
    },
    ...(model === undefined ? {} : { modelScore: model }),
    heads: headScores(query, ordinal),
    features: featureReasons(query, ordinal),
    rules: withScores(ruleEffects(query, document), model ?? candidates?.scores[at]),
  };
}

function retrievalOf({ scores, personalScores, nextScores }: NonNullable<Query['work']['candidates']>, at: number): NonNullable<ItemExplanation['retrieval']> {
  const personal = personalScores[at]!;
  const next = nextScores[at]!;
  return { score: scores[at]!, ...(Number.isFinite(personal) ? { personal } : {}), ...(next > 0 ? { next } : {}) };
}

/** Place of a score among all, from 1; equals in the order of candidates, as the selector has them. */
function rankOf(scores: Float32Array, at: number): number {
  const key = (i: number): number => (Number.isFinite(scores[i]!) ? scores[i]! : -Infinity);
  const own = key(at);
  let rank = 1;
  for (let i = 0; i < scores.length; i++) if (key(i) > own || (key(i) === own && i < at)) rank++;
  return rank;
}

function headScores({ work: { explanation } }: Query, ordinal: number): readonly HeadScore[] {
  const row = explanation?.rows.ordinals.indexOf(ordinal) ?? -1;
  if (explanation === undefined || row < 0) return [];
  const { heads } = explanation;
  return heads.map(({ head, weight }, i) => ({ head, weight, score: explanation.headScores[row * heads.length + i]! }));
}

/** The features that moved an item's score most, strongest first. */
function featureReasons({ work: { explanation } }: Query, ordinal: number): readonly FeatureReason[] {
  const row = explanation?.rows.ordinals.indexOf(ordinal) ?? -1;
  if (explanation === undefined || row < 0) return [];
  const { rows: { names, values }, contributions } = explanation;
  const width = names.length;
  return names
    .map((name, i) => featureReason(explanation, i, { name, value: values[row * width + i]!, contribution: contributions[row * width + i]!, ...behind(explanation, row * width + i) }))
    .filter(({ contribution }) => Number.isFinite(contribution) && contribution !== 0)
    .sort((a, b) => Math.abs(b.contribution) - Math.abs(a.contribution))
    .slice(0, MOST_REASONS);
}

function featureReason(
  { words, means, logarithms }: NonNullable<Query['work']['explanation']>, i: number, given: Omit<FeatureReason, 'mean' | 'words' | 'is' | 'usually'>,
): FeatureReason {
  const mean = means[i]!;
  const natural = (number: number): number => (logarithms[i] === true ? Math.expm1(number) : number);
  return { ...given, mean, words: words[i] ?? given.name, is: natural(given.value), usually: natural(mean) };
}

function behind({ statuses, newestMs }: NonNullable<Query['work']['explanation']>, cell: number): Pick<FeatureReason, 'status' | 'newestAtMs'> {
  const [status, newestAtMs] = [statuses[cell], newestMs[cell] ?? NaN];
  return { ...(status === undefined ? {} : { status }), ...(Number.isNaN(newestAtMs) ? {} : { newestAtMs }) };
}

/** Says of effects on the score what it was before and after each, one after the other. */
function withScores(effects: readonly RuleEffect[], score: number | undefined): readonly RuleEffect[] {
  let now = score;
  return effects.map((effect) => {
    if (effect.factor === undefined || now === undefined) return effect;
    const from = now;
    now = boosted(now, effect.factor);
    return { ...effect, score: { from, to: now } };
  });
}
