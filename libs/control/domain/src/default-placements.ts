import type { Placement, PlacementSource } from './configuration.js';

const source = (name: string, limit: number): PlacementSource => ({ name, limit, timeoutMs: 0, window: '' });

/** Whatever a visitor has done with an item says that they know it. */
const KNOWN = ['view', 'click', 'add_to_cart', 'purchase', 'rating', 'like', 'dislike', 'hide', 'watch'];
const DONE_WITH = ['purchase', 'dislike', 'hide'];

const ranked = { retriever: 'retriever@champion', ranker: 'ranker@champion' };
const common = { version: 1, objective: [], diversity: 0, rules: [], caps: [], fill: 'fill-up', fallback: 'popular', logShare: 0.1, candidates: 300 } as const;

/** The placements that every new tenant has. */
export const DEFAULT_PLACEMENTS: readonly Placement[] = [
  {
    ...common, ...ranked, name: 'home', hideAfter: KNOWN,
    sources: [source('personal', 150), source('next', 80), source('trending', 20), source('popular', 40), source('new', 10)],
  },
  { ...common, ...ranked, name: 'item', hideAfter: DONE_WITH, sources: [source('similar', 120), source('next', 80), source('personal', 50), source('popular', 50)] },
  { ...common, ...ranked, name: 'cart', hideAfter: DONE_WITH, sources: [source('next', 120), source('similar', 80), source('personal', 50), source('popular', 50)] },
  { ...common, name: 'trending', hideAfter: DONE_WITH, retriever: '', ranker: '', sources: [source('trending', 400)], candidates: 400 },
  { ...common, name: 'new', hideAfter: DONE_WITH, retriever: '', ranker: '', sources: [source('new', 400)], candidates: 400 },
];
