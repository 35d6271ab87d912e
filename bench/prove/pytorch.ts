/** PyTorch models in traffic from a clean start: a stack, shoppers, examples/python/pytorch.sh, and more shoppers while the retrievers' lists wait to be judged. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beginToCollect, linesOf, scriptEnvironment, shoppersCome, shoppersCommand } from '../shared/demo-shoppers.ts';
import { note, show } from '../shared/show.ts';
import { StackProcess, root } from '../shared/stack-process.ts';

const VISITS = 800;
const VISITS_MEANWHILE = 600;

interface Outcome {
  /** name@version of the pushed retriever. */
  readonly retriever: string;
  /** Answers by the retriever that made them, during the split. */
  readonly answers: Readonly<Record<string, number>>;
  /** People and items, and by name@version of both retrievers the recall@50 of what people came to by themselves. */
  readonly judged: Readonly<Record<string, number>>;
  readonly rankers: readonly Readonly<Record<string, string | number>>[];
}

await show({
  name: 'pytorch',
  help: [
    'From a clean start to a PyTorch sequence model that gives a tenth of the users their candidates, with its recall beside the built-in retriever\'s on what',
    'shoppers then came to by themselves, and a small neural ranker beside LightGBM: NDCG, time, cost. Needs Python 3 with venv, and PyPI or environments that',
    'have the packages.',
  ].join('\n'),
  options: {
    pytorch: { type: 'string', help: 'a Python environment that has PyTorch (default: a new one)' },
    venv: { type: 'string', help: 'a Python environment that has LightGBM (default: a new one)' },
  },
  async run({ flags }) {
    const folder = mkdtempSync(join(tmpdir(), 'serendip-pytorch-'));
    const stack = new StackProcess({ args: ['--traffic', '0'] });
    const given = (name: 'pytorch' | 'venv'): string => (typeof flags[name] === 'string' ? flags[name] : join(folder, name));
    try {
      const state = await stack.start();
      await beginToCollect(state);
      note('the stack is up; shoppers come');
      const { recommendations, events } = await shoppersCome(state, stack, VISITS);
      const lines = await linesOf(['bash', join(root, 'examples/python/pytorch.sh'), folder], {
        env: {
          ...scriptEnvironment(state), PYTORCH: given('pytorch'), VENV: given('venv'), MEANWHILE: shoppersCommand(state, stack, VISITS_MEANWHILE).join(' '),
        },
        onLine: (line) => console.log(`  ${line}`),
      });
      const { retriever, answers, judged, rankers } = JSON.parse(lines.at(-1)!) as Outcome;
      return {
        figures: { lists: recommendations, events, answers: answers[retriever] ?? 0, judged, rankers, rankersCompared: rankers.length },
        targets: { answers: { atLeast: 1 }, rankersCompared: { equals: 2 } },
      };
    } finally {
      await stack.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  },
});
