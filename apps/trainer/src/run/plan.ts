/** The stages of a run with their share of its time, for one bar over all of it. */
const STAGES = [
  { name: 'reading the log', share: 0.05 },
  { name: 'retriever for evaluation', share: 0.3 },
  { name: 'examples', share: 0.12 },
  { name: 'ranker', share: 0.13 },
  { name: 'retriever', share: 0.38 },
  { name: 'writing', share: 0.02 },
] as const;

export type StageName = (typeof STAGES)[number]['name'];

/** Share of the whole run when `done` of a stage is done. */
export function overall(stage: StageName, done: number): number {
  const place = STAGES.findIndex(({ name }) => name === stage);
  const before = STAGES.slice(0, place).reduce((sum, { share }) => sum + share, 0);
  return before + STAGES[place]!.share * Math.max(0, Math.min(1, done));
}
