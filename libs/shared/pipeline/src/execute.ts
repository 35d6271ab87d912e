import { NOTHING, countAlive, mergeFound } from './candidates.js';
import { Runner, type Clock } from './runner.js';
import type { Context, Pipeline, Slate } from './stages.js';

/**
 * Runs a pipeline: one call for each stage, in the order of the spine. Never rejects for a stage that is not required:
 * what failed or came late is left out and named in `degraded`. Side effects are the host's to run, with the slate.
 */
export async function execute<Q>(pipeline: Pipeline<Q>, input: Q, context: Context, clock: Clock = () => performance.now()): Promise<Slate<Q>> {
  const runner = new Runner<Q>(context, clock);

  const hydrated = await Promise.all(pipeline.hydrators.map((stage) =>
    runner.run(stage, { kind: 'hydrator', query: input, size: 0, fallback: {} as Partial<Q>, out: () => 0 }, (inner) => stage.hydrate(input, inner))));
  const query: Q = Object.assign({}, input, ...hydrated);

  const found = await Promise.all(pipeline.sources.map((stage) =>
    runner.run(stage, { kind: 'source', query, size: 0, fallback: NOTHING, out: (list) => list.ordinal.length }, (inner) => stage.fetch(query, inner))));
  const candidates = mergeFound(found);

  for (const stage of pipeline.filters) {
    const size = countAlive(candidates);
    await runner.run(stage, { kind: 'filter', query, size, fallback: 0, out: (dropped) => size - dropped }, async () => stage.drop(query, candidates));
  }

  for (const stage of pipeline.scorers) {
    const size = countAlive(candidates);
    await runner.run(stage, { kind: 'scorer', query, size, fallback: undefined, out: () => size }, (inner) => stage.score(query, candidates, inner));
  }

  const { selector } = pipeline;
  let chosen = await runner.run(
    { name: selector.name, required: true },
    { kind: 'selector', query, size: countAlive(candidates), fallback: [], out: (list) => list.length },
    async () => selector.select(query, candidates),
  );

  for (const stage of pipeline.lateChecks) {
    const before = chosen;
    chosen = await runner.run(
      stage,
      { kind: 'late-check', query, size: before.length, fallback: before, out: (list) => list.length },
      (inner) => stage.check(query, before, inner),
    );
  }

  const { arranger } = pipeline;
  if (arranger !== undefined) {
    const before = chosen;
    chosen = await runner.run(
      arranger,
      { kind: 'arranger', query, size: before.length, fallback: before, out: (list) => list.length },
      async () => arranger.arrange(query, before),
    );
  }

  return { query, chosen, funnel: runner.funnel, degraded: runner.degraded };
}
