/** `npm run prove -- rules`: every list obeys every rule, and is the one that a slow and simple reference makes; what an expression costs. */
import { note, show } from '../shared/show.ts';
import { expressionCosts } from './rules/cost.ts';
import { proveInProcess, type Proof } from './rules/in-process.ts';
import { proveOverHttp } from './rules/over-http.ts';

function tell(where: string, { slates, items, explored, violations, differences, example }: Proof): void {
  note(`${slates} lists ${where} (${items} items, ${explored} drawn at random): ${violations} violations, ${differences} differences`);
  if (example !== undefined) note(JSON.stringify(example));
}

await show({
  name: 'rules',
  help: `Random catalogues, rules (of tenant, placement and request: filters, boosts, pins, caps, diversity, conditions), exploration and requests.
Each list is held against each rule, and against a reference that shares no code with what serves.`,
  options: {
    configurations: { type: 'string', help: 'configurations on a real stack, each asked for four lists (40); 0 starts none' },
    cases: { type: 'string', help: 'lists in process (5000)' },
    seed: { type: 'string', help: 'another seed makes other cases' },
  },
  run: async ({ flags }) => {
    const seed = Number(flags['seed'] ?? 20261124);
    const inside = await proveInProcess(Number(flags['cases'] ?? 5000), seed);
    tell('in process', inside);
    const configurations = Number(flags['configurations'] ?? 40);
    const outside = configurations === 0 ? { slates: 0, items: 0, explored: 0, violations: 0, differences: 0 } : await proveOverHttp(configurations, seed);
    tell('of a real stack', outside);
    const costs = expressionCosts();
    for (const { source, microseconds } of costs) note(`${microseconds.toFixed(3)} µs  ${source}`);
    return {
      figures: {
        slates: inside.slates + outside.slates, explored: inside.explored + outside.explored, violations: inside.violations + outside.violations, differences: inside.differences + outside.differences,
        microsecondsPerCandidate: Math.max(...costs.map(({ microseconds }) => microseconds)),
      },
      targets: { slates: { atLeast: 1000 }, explored: { atLeast: 500 }, violations: { equals: 0 }, differences: { equals: 0 }, microsecondsPerCandidate: { atMost: 1 } },
    };
  },
});
