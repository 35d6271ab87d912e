/** `npm run bench -- retrieve`: searches of the best hundred among many vectors, by each way there is. */
import { note, rounded, show, type Outcome } from '../shared/show.ts';
import { loadVersion, type LoadFigures } from './retrieve/load-version.ts';
import { METHODS } from './retrieve/methods.ts';
import { runMethod, type MethodFigures } from './retrieve/run-method.ts';

const SIZES = '100000,1000000';
const LEAST_RECALL = 0.99;

interface Measured {
  readonly sizes: readonly number[];
  readonly methods: readonly string[];
  readonly seconds: number;
  /** Whether a version of each size is loaded too. */
  readonly load: boolean;
}

async function measure({ sizes, methods, seconds, load }: Measured): Promise<Outcome> {
  const figures: Record<string, Record<string, MethodFigures>> = {};
  for (const method of methods) {
    figures[method] = {};
    for (const items of sizes) {
      const run = await runMethod({ method, items, seconds });
      figures[method][`at${items}`] = run;
      note(`${method} over ${items}: ${JSON.stringify(run)}`);
    }
  }
  const loaded: Record<string, LoadFigures> = {};
  for (const items of load ? sizes : []) {
    loaded[`at${items}`] = await loadVersion(items);
    note(`loading a version of ${items}: ${JSON.stringify(loaded[`at${items}`])}`);
  }
  const growth = Object.fromEntries(methods.map((method) => [method, growthOf(figures[method]!, sizes)]));
  const ways = methods.filter((method) => method !== 'hnsw');
  const recalls = ways.flatMap((method) => sizes.map((items) => [`${method}.at${items}.recall100`, { atLeast: LEAST_RECALL }] as const));
  const sublinear = sizes.length > 1 ? methods.filter((method) => method === 'hnsw' || method === 'lists') : [];
  return {
    figures: { ...figures, ...(load ? { load: loaded } : {}), growth },
    targets: { ...Object.fromEntries(recalls), ...Object.fromEntries(sublinear.map((method) => [`growth.${method}`, { atMost: 0.999 }])) },
  };
}

/** How many times dearer a search is in CPU from the smallest size to the largest, for each time that there are more items: 1 is linear. */
function growthOf(figures: Readonly<Record<string, MethodFigures>>, sizes: readonly number[]): number {
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return rounded(figures[`at${most}`]!.cpuMs / figures[`at${least}`]!.cpuMs / (most / least), 3);
}

await show({
  name: 'bench retrieve',
  help: `The best 100 of many vectors × 64 (as a trained retriever has them: 16 directions and noise), by each way: exact scores every row in float32; codes is every row by 7-bit codes, the likeliest
in float32, which is what the product does below 200,000 items; lists is what it does with more: codes of the lists that the best may be in; hnsw is usearch (f16, connectivity 16, expansions 128 and 256); gpu is the product's graph, 16 searches at once, on WebGPU, which is software where there is no
card. cpuMs is CPU for each search, of all threads; recall100 is against double precision; readySeconds until the first answer; growth.<way> is how CPU grows with items, 1 being linearly;
load is a version of a retriever loaded as the embedding service does: seconds until it serves, and the most CPU that the service's own thread took at one go.`,
  options: {
    sizes: { type: 'string', help: `numbers of items (default ${SIZES}; 10000000 needs 8 GiB a way)` },
    methods: { type: 'string', help: `which of ${Object.keys(METHODS).join(', ')} (default all)` },
    'no-load': { type: 'boolean', help: 'load no version' },
    seconds: { type: 'string', help: 'seconds of searches for each (default 8)' },
  },
  run: ({ flags }) => {
    const methods = String(flags.methods ?? Object.keys(METHODS).join(',')).split(',');
    const unknown = methods.find((method) => !Object.hasOwn(METHODS, method));
    if (unknown !== undefined) throw new Error(`There is no way '${unknown}'; there are ${Object.keys(METHODS).join(', ')}.`);
    return measure({ sizes: String(flags.sizes ?? SIZES).split(',').map(Number), methods, seconds: Number(flags.seconds ?? 8), load: flags['no-load'] !== true });
  },
});
