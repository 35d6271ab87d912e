import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createGrpcClient } from '@serendip/platform-grpc';
import { control, features, ranking, retrieval, training } from '@serendip/shared-contracts';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import type { StackOptions } from './options.js';
import type { Screen } from './screen.js';
import type { DemoKeys, Stack } from './stack.js';

const TENANT = 'default';
const CAUGHT_UP_TIMEOUT_MS = 120_000;

/** Brings a new install to life: tenant, keys, data, models. What was done before is not done again. */
export class Demo {
  constructor(private readonly stack: Stack, private readonly options: StackOptions, private readonly root: string, private readonly screen: Screen) {}

  /** The demo's keys, made once and kept on disk, since control knows only their hashes. */
  async keys(): Promise<DemoKeys> {
    const file = join(this.options.dataDir, 'keys.json');
    if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as DemoKeys;
    const client = createGrpcClient(control.ControlService, { target: this.target('control'), timeoutMs: 10_000 });
    try {
      const actor = 'npm start';
      await client.createTenant({ id: TENANT, actor });
      const publishable = await client.createKey({ tenant: TENANT, kind: control.KeyKind.PUBLISHABLE, actor });
      const secret = await client.createKey({ tenant: TENANT, kind: control.KeyKind.SECRET, actor });
      const keys = { publishable: publishable.secret, secret: secret.secret };
      writeFileSync(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600 });
      return keys;
    } finally {
      client.close();
    }
  }

  /** Where the simulator keeps what its shoppers remember. */
  get shopState(): string {
    return join(this.options.dataDir, 'shop-state.json');
  }

  /** Who the shop's page offers to click around as. */
  get shopFile(): string {
    return join(this.options.dataDir, 'shop.json');
  }

  /** The shop of films has its first viewers; the demo shop's file is the simulator's to write. */
  writeShop(): void {
    if (this.options.data === undefined || existsSync(this.shopFile)) return;
    const shoppers = Array.from({ length: 8 }, (_, i) => ({ id: String(i + 1), name: `Viewer ${i + 1}` }));
    writeFileSync(this.shopFile, JSON.stringify({ title: 'Films', shoppers }));
  }

  /** Loads the data through the public API, once. */
  async seed(keys: DemoKeys): Promise<void> {
    const done = join(this.options.dataDir, 'seeded.json');
    if (existsSync(done)) return;
    const gateway = this.stack.gatewayUrls[0]!;
    const common = ['--gateway', gateway, '--key', keys.secret];
    if (this.options.data === undefined) {
      this.screen.step('Filling the demo shop through the API: products, shoppers and a month of their visits.');
      await this.run('apps/simulator/dist/main.js', ['seed', ...common, '--state', this.shopState, '--shop-file', this.shopFile]);
    } else {
      this.screen.step(`Importing ${this.options.data} through the API.`);
      await this.run('apps/cli/dist/main.js', ['import', 'movielens', this.options.data, ...common, '--shift-times', '--rejects', join(this.options.dataDir, 'rejects.jsonl'), '--state-dir', join(this.options.dataDir, 'imports')]);
    }
    await this.caughtUp();
    writeFileSync(done, `${JSON.stringify({ at: new Date().toISOString(), data: this.options.data ?? 'demo shop' })}\n`);
  }

  /** Trains the first models from the event log, unless there are some. */
  async train(): Promise<void> {
    const done = join(this.options.dataDir, 'trained.json');
    if (existsSync(done)) return;
    const client = createGrpcClient(training.TrainerService, { target: this.target('trainer'), timeoutMs: 10_000 });
    try {
      const { run } = await client.startTraining({ tenant: TENANT });
      let last = run!;
      // A server ends each connection after some minutes; the run goes on, and is watched on the next one.
      while (last.state === training.TrainingState.RUNNING) {
        try {
          for await (const update of client.watchTraining({ runId: last.id }, {})) {
            last = update.run!;
            this.screen.progress('training', last.progress, last.stage);
          }
        } catch (error) {
          if (!isDomainError(error) || error.code !== 'UNAVAILABLE') throw error;
          await sleep(200);
        }
      }
      if (last.state !== training.TrainingState.SUCCEEDED) {
        throw new DomainError('INTERNAL', 'TRAINING_FAILED', `Training failed: ${last.error}. See ${join(this.options.dataDir, 'logs/trainer.log')}.`);
      }
      for (const { model, verdict } of last.models) this.screen.step(`Trained ${model}: ${verdict}`);
      await this.loaded(last.models.filter(({ promoted }) => promoted).map(({ model }) => model));
      writeFileSync(done, `${JSON.stringify({ at: new Date().toISOString(), models: last.models.map(({ model }) => model) })}\n`);
    } finally {
      client.close();
    }
  }

  private target(app: string): string {
    return this.stack.targetOf(app);
  }

  /** Waits until every partition's cursor is at its log's end. */
  private async caughtUp(): Promise<void> {
    const client = createGrpcClient(features.FeatureStoreService, { target: this.target('feature-store'), timeoutMs: 5000 });
    try {
      await this.until('applying the log', async () => {
        const { partitions } = await client.getProgress({});
        return partitions.every(({ cursor, logEnd }) => cursor >= logEnd);
      });
    } finally {
      client.close();
    }
  }

  /** Waits until embedding and ranking serve these versions. */
  private async loaded(models: readonly string[]): Promise<void> {
    const embedding = createGrpcClient(retrieval.EmbeddingService, { target: this.target('embedding') });
    const ranker = createGrpcClient(ranking.RankingService, { target: this.target('ranking') });
    try {
      await this.until('loading models', async () => {
        const [{ retrievers }, { rankers }] = await Promise.all([embedding.getStatus({}), ranker.getStatus({})]);
        const serving = new Set([...retrievers.map(({ retriever }) => retriever), ...rankers.map((entry) => entry.ranker)]);
        return models.every((model) => serving.has(model));
      });
    } finally {
      embedding.close();
      ranker.close();
    }
  }

  private async until(what: string, condition: () => Promise<boolean>): Promise<void> {
    const started = Date.now();
    while (!(await condition().catch(() => false))) {
      if (Date.now() - started > CAUGHT_UP_TIMEOUT_MS) throw new DomainError('UNAVAILABLE', 'TOO_SLOW', `${what} took more than ${CAUGHT_UP_TIMEOUT_MS / 1000} s: see the logs.`);
      await sleep(50);
    }
  }

  /** Runs one of our commands to its end; its own progress is shown as it is. */
  private run(script: string, args: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, ['--no-warnings', join(this.root, script), ...args], { stdio: ['ignore', 'inherit', 'pipe'] });
      let lastError = '';
      createInterface({ input: child.stderr! }).on('line', (line) => {
        process.stderr.write(`${line}\n`);
        if (line.trim() !== '') lastError = line;
      });
      child.once('error', reject);
      child.once('exit', (code) => {
        if (code === 0) resolve();
        else reject(new DomainError('INTERNAL', 'SEEDING_FAILED', `Loading data failed: ${lastError || `${script} ended with status ${code}`}`));
      });
    });
  }
}
