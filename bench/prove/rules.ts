/** `npm run prove -- rules`: every list obeys every rule, and is the one that a slow and simple reference makes; what an expression costs. */
import { note, show } from '../shared/show.ts';
import { expressionCosts } from './rules/cost.ts';
import { proveInProcess } from './rules/in-process.ts';

await show({
  name: 'rules',
  help: `Random catalogues, rules (of tenant, placement and request: filters, boosts, pins, caps, diversity, conditions) and requests.
Each list is held against each rule, and against a reference that shares no code with what serves.`,
  options: {
    cases: { type: 'string', help: 'lists in process (5000)' },
    seed: { type: 'string', help: 'another seed makes other cases' },
  },
  run: async ({ flags }) => {
    const seed = Number(flags['seed'] ?? 20261124);
    const inside = await proveInProcess(Number(flags['cases'] ?? 5000), seed);
    note(`${inside.slates} lists in process: ${inside.violations} violations, ${inside.differences} differences`);
    if (inside.example !== undefined) note(JSON.stringify(inside.example));
    const costs = expressionCosts();
    for (const { source, microseconds } of costs) note(`${microseconds.toFixed(3)} µs  ${source}`);
    return {
      figures: { slates: inside.slates, violations: inside.violations, differences: inside.differences, microsecondsPerCandidate: Math.max(...costs.map(({ microseconds }) => microseconds)) },
      targets: { slates: { atLeast: 1000 }, violations: { equals: 0 }, differences: { equals: 0 }, microsecondsPerCandidate: { atMost: 1 } },
    };
  },
});
