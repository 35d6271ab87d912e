import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import colors from 'picocolors';
import { explainedAnswer, type ExplainedAnswer } from './answer.js';
import { render } from './render.js';
import { bar, cut, left, plain, right, signed, widthOf, wrapped } from './text.js';

const plainColors = colors.createColors(false);

/** An answer in which everything happened. */
const answer: ExplainedAnswer = explainedAnswer.parse({
  recommendationId: '01a2-r', placement: 'home', tookMs: 12.34, cache: 'hit', userState: { partition: 7, position: 1234 },
  experiments: [{ experiment: 'rankers', arm: 'new' }], models: { retriever: 'cf@3', ranker: 'dcn@12' }, degraded: [{ stage: 'source:trending', reason: 'DEADLINE_EXCEEDED' }],
  scoring: { objective: [{ head: 'engage', weight: 1 }, { head: 'value', weight: 0.5 }], baseline: 0.02 },
  funnel: [
    { stage: 'user-state', kind: 'hydrator', in: 0, out: 0, tookMs: 1.2 },
    {
      stage: 'candidates', kind: 'source', in: 3706, out: 300, tookMs: 4.5, sources: [{ name: 'personal', found: 150 }, { name: 'trending', found: 0, failure: 'DEADLINE_EXCEEDED' }],
      dropped: [{ rule: 'seen', dropped: 212 }, { rule: 'tenant:worth-it', dropped: 6 }, { rule: 'not-found', dropped: 3188 }],
    },
    { stage: 'ranking', kind: 'scorer', in: 300, out: 300, tookMs: 2, failure: 'CIRCUIT_OPEN' },
    { stage: 'answer', kind: 'answer', in: 40, out: 2, tookMs: 0, dropped: [{ rule: 'limit', dropped: 38 }] },
  ],
  items: [
    {
      id: 'p-01072', score: 0.12, rank: 1, source: 'personal', fields: { title: '長い題名のとても長い本 — with a name that goes on and on, far beyond what any line of a terminal can ever show of it' },
      explain: {
        sources: [{ name: 'personal' }, { name: 'next' }], ranks: { retrieval: 12, model: 3, adjusted: 1, slot: 1 }, modelScore: 0.1, propensity: 0.7,
        heads: [{ head: 'engage', weight: 1, score: 0.08 }, { head: 'value', weight: 0.5, score: 0.04 }],
        features: [
          { words: 'of the same kind as the last they looked at', is: 1, usually: 0.0979, contribution: 0.0641 },
          { words: 'this visit has just begun', is: 1, usually: 0.187, contribution: -0.0512, status: 'PRESENT' },
          { words: 'price', is: 0, usually: 12, contribution: -0.04, status: 'NULL_VALUE' },
          { words: 'times they have looked at it', is: 0, usually: 2, contribution: -0.03, status: 'OUTSIDE_MAX_AGE', newestAt: '2026-01-01T00:00:00.000Z' },
          { words: 'what they have bought', is: 0, usually: 1, contribution: -0.02, status: 'NOT_FOUND' },
        ],
        rules: [{ rule: 'placement:sale', effect: 'score × 1.2', score: { from: 0.1, to: 0.12 } }, { rule: 'cap:brand', effect: 'held back', rank: { from: 2, to: 4 } }],
      },
    },
    {
      id: 'p-2', score: 0.004, rank: 2, source: 'exploration',
      explain: { sources: [{ name: 'exploration' }], ranks: { slot: 2 }, heads: [], features: [], propensity: 0.025, rules: [{ rule: 'exploration', effect: 'drawn for slot 2' }] },
    },
  ],
});

const shown = (columns: number, more: Partial<ExplainedAnswer> = {}): string => render({ ...answer, ...more }, { columns, colors: plainColors, who: 'ann', reasons: 5 });

describe('an explained answer in text', () => {
  it('says who, by what, from where, what was dropped and why, and what moved each item', () => {
    const text = shown(100);
    for (const part of [
      'home for ann', '2 items · 12 ms', 'by cf@3, dcn@12, rankers: arm new', 'position 1234 of partition 7', '! without source:trending: DEADLINE_EXCEEDED', 'identical request',
      'catalogue         3,706 ', '− 212 known to the visitor, 6 left out by tenant:worth-it', '− 3,188 found by no source', 'personal 150 · trending DEADLINE_EXCEEDED', '! left out: CIRCUIT_OPEN',
      '− 38 beyond the limit', 'besides: user-state 1.2 ms', '12. by retrieval → 3. by the ranker → 1. after boosts → 1. shown', '+0.0641  of the same kind as the last they looked at: 1, usually 0.0979',
      '−0.0512  this visit has just begun: 1, usually 0.187', 'price: 0 (nothing known), usually 12', 'times they have looked at it: 0 (too old), usually 2', 'what they have bought: 0 (a stranger), usually 1', 'placement:sale: score × 1.2 (score 0.1 → 0.12)', 'cap:brand: held back (place 2 → 4)', 'shown here with probability 0.7',
      'exploration: drawn for slot 2', 'score = 1 × engage + 0.5 × value, then boosts; an average item has 0.02', '01a2-r',
    ]) expect(text).toContain(part);
    expect(text).toMatch(/ 1 長い題名.*… +personal +0\.12 +0\.08 +0\.04/);
    expect(text).toMatch(/ 2 p-2 +exploration +0\.004 +– +–/);
  });

  it('fits its width, and has no colours where there is no terminal', () => {
    for (const columns of [60, 80, 100]) for (const line of shown(columns).split('\n')) expect({ line, fits: widthOf(line) <= columns }).toEqual({ line, fits: true });
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(shown(100)).not.toMatch(/\x1b/);
    // eslint-disable-next-line no-control-regex -- what must be there
    expect(render(answer, { columns: 100, colors: colors.createColors(true), who: 'ann', reasons: 3 })).toMatch(/\x1b\[1m/);
  });

  it('says so when nothing is known of somebody, and when nothing may be shown', () => {
    expect(shown(100, { userState: { partition: 1, position: 0 } })).toContain('nothing is known of what they did');
    expect(shown(100, { items: [] })).toContain('Nothing may be shown');
  });
});

describe('texts', () => {
  it('are cut and filled to columns, whatever is in them', () => {
    fc.assert(fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('日本語の本', '🦊🦊🦊', 'a\nb\tc')), fc.integer({ min: 2, max: 30 }), (text, columns) => {
      expect(widthOf(cut(text, columns))).toBeLessThanOrEqual(columns);
      expect(widthOf(left(text, columns))).toBe(columns);
      expect(widthOf(right(text, columns))).toBe(columns);
      expect(left(text, columns)).not.toMatch(/[\n\t]/);
    }));
  });

  it('are put together into lines, in order', () => {
    fc.assert(fc.property(fc.array(fc.stringMatching(/^[a-z]{1,8}$/)), fc.integer({ min: 8, max: 40 }), (parts, columns) => {
      const lines = wrapped(parts, ', ', columns);
      for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(columns);
      expect(lines.flatMap((line) => line.split(', '))).toEqual(parts);
    }));
  });

  it('of numbers can be read', () => {
    expect([0, 1, 0.0979, 1234.5, -0.0512, 12_345_678, 0.000_001, NaN].map(plain)).toEqual(['0', '1', '0.0979', '1235', '−0.0512', '1.2e+7', '1.0e−6', 'NaN']);
    expect([signed(0.5), signed(-0.5)]).toEqual(['+0.5', '−0.5']);
    expect([bar(0, 10), bar(1e-9, 10), bar(0.5, 10), bar(2, 10)]).toEqual(['', '▏', '█████', '██████████']);
  });
});
