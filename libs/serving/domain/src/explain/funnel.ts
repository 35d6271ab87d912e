import type { Slate, StageReport } from '@serendip/shared-pipeline';
import type { RetrievedCandidates } from '../ports.js';
import type { Query } from '../query.js';
import type { FunnelStep, StepDrop } from '../recommendation.js';

/**
 * What each stage of an answer did with the candidates, what was dropped there and why. What no rule has dropped was `not-found` by any source, had too
 * low a `score` for the reserve, or is beyond the list's `limit`.
 */
export function funnelOf({ query: { work }, funnel }: Slate<Query>): readonly FunnelStep[] {
  return funnel.map((report) => {
    switch (report.stage) {
      case 'candidates': return work.candidates === undefined ? step(report, []) : searched(report, work.candidates);
      case 'documents': return step({ ...report, in: work.checked }, [...work.dropped].map(([rule, dropped]) => ({ rule, dropped })));
      case 'set-aside': return step(report, [], 'exploration');
      case 'selection': return step(report, [], 'score');
      default: return step(report, [], 'limit');
    }
  });
}

/** The last step: what is left is cut to what is shown. */
export function answerStep({ chosen }: Slate<Query>, shown: number): FunnelStep {
  return step({ stage: 'answer', kind: 'answer', in: chosen.length, out: shown, tookMs: 0 }, [], 'limit');
}

function searched(report: StageReport, { searched: all = 0, drops, sources }: RetrievedCandidates): FunnelStep {
  const named = drops.map(({ filter, dropped }) => ({ rule: filter, dropped }));
  return { ...step({ ...report, in: Math.max(all, report.out) }, named, 'not-found'), sources };
}

/** `rest` is why what no drop counts is gone. */
function step(report: Omit<FunnelStep, 'dropped' | 'sources'>, drops: readonly StepDrop[], rest?: string): FunnelStep {
  const missing = report.in - report.out - drops.reduce((sum, { dropped }) => sum + dropped, 0);
  return { ...report, dropped: rest === undefined || missing <= 0 ? drops : [...drops, { rule: rest, dropped: missing }] };
}
