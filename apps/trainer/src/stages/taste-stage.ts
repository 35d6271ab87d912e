import type { TasteTable } from '@serendip/ranking-domain';
import { engagementWeight } from '@serendip/shared-layouts';
import { buildTaste, type CancelSignal } from '@serendip/training-domain';
import { sequencesOf, type History } from '../dataset/history.js';

/** What a ranker computes `taste_score` from: seconds of arithmetic, however long the history. */
export function trainTaste({ history, signal }: { readonly history: History; readonly signal: CancelSignal }): TasteTable {
  const { items, ...table } = buildTaste({ sequences: sequencesOf(history, engagementWeight), itemCount: history.items.length, signal });
  return { ...table, items: Array.from(items, (item) => history.items[item]!.id) };
}
