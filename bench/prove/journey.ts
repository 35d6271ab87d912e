/** A data scientist's journey from a clean start: a stack, traffic, and examples/python/journey.sh; then aliases flip under load. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beginToCollect, linesOf, scriptEnvironment, shoppersCome } from '../shared/demo-shoppers.ts';
import { note, rounded, show } from '../shared/show.ts';
import { StackProcess, root, type StackState } from '../shared/stack-process.ts';

/** What shoppers do in so many is more than the part of the log that judges a ranker. */
const VISITS = 800;
const ASKERS = 4;
const OUTCOME_STEPS = ['dataset', 'export', 'train', 'check', 'push', 'split', 'answers', 'promote', 'rollback'];

interface Journey {
  readonly before: number;
  readonly version: number;
  /** Seconds until a promotion and a rollback held at every gateway. */
  readonly effect: { readonly promote: number; readonly rollback: number };
  readonly steps: Readonly<Record<string, number>>;
}

interface Slate {
  readonly status: number;
  readonly ranker: string | undefined;
}

class Api {
  private readonly state: StackState;

  constructor(state: StackState) {
    this.state = state;
  }

  get gateways(): readonly string[] {
    return this.state.gateways;
  }

  async call(gateway: string, method: string, path: string, body?: unknown): Promise<{ status: number; json: Record<string, unknown> }> {
    const response = await fetch(gateway + path, {
      method, headers: { authorization: `Bearer ${this.state.keys.secret}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, signal: AbortSignal.timeout(10_000),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: JSON.parse(await response.text() || '{}') as Record<string, unknown> };
  }

  async slate(gateway: string, userId: string): Promise<Slate> {
    try {
      const { status, json } = await this.call(gateway, 'POST', '/v1/recommendations', { placement: 'home', userId, limit: 10 });
      return { status, ranker: (json['models'] as { ranker?: string } | undefined)?.ranker };
    } catch {
      return { status: 0, ranker: undefined };
    }
  }
}

/** Runs the script as a data scientist would; its last line says how long each step took. */
async function travel(state: StackState, folder: string, venv: string): Promise<Journey> {
  const lines = await linesOf(['bash', join(root, 'examples/python/journey.sh'), folder], { env: { ...scriptEnvironment(state), VENV: venv }, onLine: (line) => console.log(`  ${line}`) });
  return JSON.parse(lines.at(-1)!) as Journey;
}

interface Flips {
  readonly asked: number;
  readonly failed: number;
  readonly unranked: number;
  readonly slowestSeconds: number;
}

/** Points champion back and forth while lists are asked for; a flip is over when every gateway ranks with the version. */
async function flip(api: Api, versions: readonly number[], flips: number): Promise<Flips> {
  const count = { asked: 0, failed: 0, unranked: 0, slowestSeconds: 0 };
  let isOver = false;
  const askers = Array.from({ length: ASKERS }, async (_, asker) => {
    for (let n = 0; !isOver; n++) {
      const { status, ranker } = await api.slate(api.gateways[n % api.gateways.length]!, `flip-${asker}-${n % 200}`);
      count.asked++;
      if (status !== 200) count.failed++;
      else if (ranker === undefined) count.unranked++;
      await sleep(10);
    }
  });
  try {
    for (let n = 0; n < flips; n++) {
      const version = versions[n % versions.length]!;
      const started = performance.now();
      const { status, json } = await api.call(api.gateways[0]!, 'PUT', '/v1/models/ranker/aliases/champion', { version, reason: `flip ${n}`, force: true });
      if (status !== 200) throw new Error(`A flip was refused: ${JSON.stringify(json)}`);
      for (const gateway of api.gateways) while ((await api.slate(gateway, `watch-${n}`)).ranker !== `ranker@${version}`) await sleep(5);
      count.slowestSeconds = Math.max(count.slowestSeconds, (performance.now() - started) / 1000);
    }
  } finally {
    isOver = true;
    await Promise.all(askers);
  }
  return count;
}

await show({
  name: 'journey',
  help: 'From a clean start to a model of one\'s own in traffic: a demo shop, 800 visits of its shoppers, examples/python/journey.sh (export, train with LightGBM, push, checks, a tenth of\nthe users, promote, roll back), then the alias champion flips under load over two gateways. Needs Python 3 with venv, and PyPI for what train.py needs.',
  options: {
    venv: { type: 'string', help: 'a Python environment to use, and to keep when it must be made (default: a new one)' },
    flips: { type: 'string', help: 'how often the alias flips (default 100)' },
    keep: { type: 'boolean', help: 'keep the folder of the journey' },
  },
  async run({ flags }) {
    const folder = mkdtempSync(join(tmpdir(), 'serendip-journey-'));
    const stack = new StackProcess({ args: ['--gateways', '2', '--traffic', '0'] });
    try {
      const started = performance.now();
      const state = await stack.start();
      const startSeconds = (performance.now() - started) / 1000;
      const api = new Api(state);
      await beginToCollect(state);
      note('the stack is up; shoppers come');
      const opened = performance.now();
      const { recommendations, events } = await shoppersCome(state, stack, VISITS);
      const collectSeconds = (performance.now() - opened) / 1000;
      const { before, version, effect, steps } = await travel(state, folder, typeof flags['venv'] === 'string' ? flags['venv'] : join(folder, 'venv'));
      note(`ranker@${before} and ranker@${version} take turns`);
      const { asked, failed, unranked, slowestSeconds } = await flip(api, [version, before], Number(flags['flips'] ?? 100));
      return {
        figures: {
          steps: { start: rounded(startSeconds, 1), collect: rounded(collectSeconds, 1), ...steps }, lists: recommendations, events, stepsDone: OUTCOME_STEPS.filter((step) => steps[step] !== undefined).length,
          effectSeconds: effect, flips: Number(flags['flips'] ?? 100), asked, flipSeconds: rounded(slowestSeconds, 2), failed, unranked,
        },
        targets: { stepsDone: { equals: OUTCOME_STEPS.length }, 'effectSeconds.promote': { atMost: 5 }, 'effectSeconds.rollback': { atMost: 5 }, flipSeconds: { atMost: 5 }, failed: { equals: 0 }, unranked: { equals: 0 } },
      };
    } finally {
      await stack.dispose();
      if (flags['keep'] !== true) rmSync(folder, { recursive: true, force: true });
    }
  },
});
