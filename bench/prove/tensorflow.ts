/** A Keras ranker from an exported data set to a list that it ordered: examples/python/tensorflow.sh against a stack with people who click. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { OwnerApi } from '../shared/owner-api.ts';
import { note, show } from '../shared/show.ts';
import { StackProcess, root, type StackState } from '../shared/stack-process.ts';

const SLATES = 400;
const ASKED = 20;

/** The ranker that was trained at the start is in charge: only slates that one made are learned from. */
async function rank(owner: OwnerApi): Promise<void> {
  const { models } = await owner.must('GET', '/v1/models');
  const rankers = (models as readonly { readonly name: string; readonly version: number; readonly aliases: readonly string[] }[]).filter(({ name }) => name === 'ranker');
  if (!rankers.some(({ aliases }) => aliases.includes('champion'))) await owner.must('PUT', '/v1/models/ranker/aliases/champion', { version: rankers[0]!.version, reason: 'the example begins with it', force: true });
}

/** People look at home and click on what they like best of it, by a taste that everybody shares; every slate is logged. */
async function collect(owner: OwnerApi): Promise<void> {
  const home = await owner.must('GET', '/v1/placements/home');
  await owner.must('PUT', '/v1/placements/home', { ...home, logShare: 1 });
  const liking = (id: string): number => Array.from(id).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1009, 7);
  for (let n = 0; n < SLATES; n++) {
    const userId = `tensorflow-${n % 100}`;
    const { items, attributionToken } = await owner.must('POST', '/v1/recommendations', { placement: 'home', userId, limit: 12 });
    const [itemId] = (items as readonly { readonly id: string }[]).map(({ id }) => id).sort((a, b) => liking(b) - liking(a));
    await owner.must('POST', '/v1/events', { eventId: `tensorflow-${n}`, type: 'click', userId, itemId, placement: 'home', attributionToken });
  }
}

interface Outcome {
  readonly graph: string;
  readonly saved: string | null;
  readonly answered: number;
}

/** Runs the script as a data scientist would; its last line says what came of it. */
async function example(state: StackState, folder: string, venv: string): Promise<Outcome> {
  const child = spawn('bash', [join(root, 'examples/python/tensorflow.sh'), folder], {
    env: { ...process.env, SERENDIP: `${process.execPath} --no-warnings ${join(root, 'apps/cli/dist/main.js')}`, SERENDIP_GATEWAY: state.gateways[0]!, SERENDIP_KEY: state.keys.secret, VENV: venv },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = '';
  createInterface({ input: child.stdout }).on('line', (line) => {
    last = line;
    note(`  ${line}`);
  });
  const code = await new Promise<number | null>((resolve) => { child.once('close', resolve); });
  if (code !== 0) throw new Error(`The example ended with status ${code}.`);
  return JSON.parse(last) as Outcome;
}

await show({
  name: 'tensorflow',
  help: `A demo shop, ${SLATES} slates that people click on, and examples/python/tensorflow.sh: export, train with Keras, write a graph model and a SavedModel, checks, push, and ${ASKED} lists that it must
order. Needs TensorFlow's packages (node tools/install-runtimes.mjs tensorflow), and Python 3 with venv and PyPI.`,
  options: { venv: { type: 'string', help: 'a Python environment to use, and to keep when it must be made (default: a new one)' } },
  async run({ flags }) {
    const folder = mkdtempSync(join(tmpdir(), 'serendip-tensorflow-'));
    const stack = new StackProcess({ args: ['--traffic', '0'] });
    try {
      const state = await stack.start();
      note('the stack is up; people come');
      const owner = new OwnerApi(state, 30_000);
      await rank(owner);
      await collect(owner);
      const { graph, saved, answered } = await example(state, folder, typeof flags['venv'] === 'string' ? flags['venv'] : join(folder, 'venv'));
      return { figures: { graph, saved: saved ?? 'not pushed: no tfjs-node here', asked: ASKED, answered }, targets: { answered: { equals: ASKED } } };
    } finally {
      await stack.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  },
});
