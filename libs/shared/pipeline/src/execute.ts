import { NOTHING, countAlive, mergeFound } from './candidates.js';
import { Runner, type Clock } from './runner.js';
import type { Context, Pipeline, Selected, Slate } from './stages.js';

const monotonic: Clock = () => performance.now();

/**
 * Runs a pipeline: one call for each stage, in the order of the spine. Never rejects for a stage that is not required:
 * what failed or came late is left out and named in `degraded`. Side effects are the host's to run, with the slate.
 */
export async function execute<Q>(pipeline: Pipeline<Q>, input: Q, context: Context, clock: Clock = monotonic): Promise<Slate<Q>> {
  const hydrated = await hydrate(pipeline, input, context, clock);
  return finish(pipeline, await choose(pipeline, hydrated, context, clock), context, clock);
}

/** The first part of `execute`: the query with what hydrators answered, and nothing chosen. */
export async function hydrate<Q>({ hydrators }: Pipeline<Q>, input: Q, context: Context, clock: Clock = monotonic): Promise<Slate<Q>> {
  const runner = new Runner<Q>(context, clock);
  const hydrated = await Promise.all(hydrators.map((stage) =>
    runner.run(stage, { kind: 'hydrator', query: input, size: 0, fallback: {} as Partial<Q>, out: () => 0 }, (inner) => stage.hydrate(input, inner))));
  return { query: Object.assign({}, input, ...hydrated) as Q, chosen: [], funnel: runner.funnel, degraded: runner.degraded };
}

/** The second part of `execute`: from sources to the selector. */
export async function choose<Q>(pipeline: Pipeline<Q>, hydrated: Slate<Q>, context: Context, clock: Clock = monotonic): Promise<Slate<Q>> {
  const runner = new Runner<Q>(context, clock, hydrated);
  const { query } = hydrated;

  const found = await Promise.all(pipeline.sources.map((stage) =>
    runner.run(stage, { kind: 'source', query, size: 0, fallback: NOTHING, out: (list) => list.ordinal.length }, (inner) => stage.fetch(query, inner))));
  const candidates = mergeFound(found);

  for (const stage of pipeline.filters) {
    const size = countAlive(candidates);
    await runner.run(stage, { kind: 'filter', query, size, fallback: 0, out: (dropped) => size - dropped }, async () => stage.drop(query, candidates));
  }

  // Nothing drops from here on.
  const size = countAlive(candidates);
  for (const stage of pipeline.scorers) {
    await runner.run(stage, { kind: 'scorer', query, size, fallback: undefined, out: () => size }, (inner) => stage.score(query, candidates, inner));
  }

  const { selector } = pipeline;
  const chosen = await runner.run(
    { name: selector.name, required: true },
    { kind: 'selector', query, size, fallback: [], out: (list) => list.length },
    async () => selector.select(query, candidates),
  );
  return { query, chosen, funnel: runner.funnel, degraded: runner.degraded };
}

/** The last part of `execute`: late checks and the final order. A slate that was kept may be finished many times, each time with a query of its own. */
export async function finish<Q>({ late }: Pipeline<Q>, slate: Slate<Q>, context: Context, clock: Clock = monotonic): Promise<Slate<Q>> {
  const runner = new Runner<Q>(context, clock, slate);
  const { query } = slate;
  let { chosen } = slate;

  for (const stage of late) {
    const before = chosen;
    const run = { query, size: before.length, fallback: before, out: (list: readonly Selected[]) => list.length };
    chosen = 'check' in stage
      ? await runner.run(stage, { ...run, kind: 'late-check' }, (inner) => stage.check(query, before, inner))
      : await runner.run(stage, { ...run, kind: 'arranger' }, async () => stage.arrange(query, before));
  }
  return { query, chosen, funnel: runner.funnel, degraded: runner.degraded };
}
