import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbeddedPostgres } from '@serendip/control-adapters';
import { createLogger } from '@serendip/platform-logging';
import { DomainError } from '@serendip/shared-errors';
import { endLeftovers, readState, runningSupervisor, type StackState } from './leftovers.js';
import type { StackOptions } from './options.js';
import { claimPorts } from './ports.js';
import type { Screen } from './screen.js';
import { environmentOf, gateways, servicesWith, targetOf, type ServiceSpec } from './services.js';
import { SupervisedProcess } from './supervised-process.js';

const READY_TIMEOUT_MS = 180_000;
const POLL_MS = 50;

export interface DemoKeys {
  readonly publishable: string;
  readonly secret: string;
}

/** The services of one machine: started together, watched, and stopped so that nothing stays behind. */
export class Stack {
  private readonly processes = new Map<string, SupervisedProcess>();
  private postgres: { url: string; pid: number; stop(): Promise<void> } | undefined;
  private specs: readonly ServiceSpec[] = [];
  private keys: DemoKeys | undefined;
  private ready = false;
  private readonly stateFile: string;

  constructor(private readonly options: StackOptions, private readonly root: string, private readonly screen: Screen) {
    this.stateFile = join(options.dataDir, 'stack.json');
  }

  get all(): readonly ServiceSpec[] {
    return this.specs;
  }

  get gatewayUrls(): readonly string[] {
    return this.specs.filter(({ app }) => app === 'gateway').map(({ port }) => `http://127.0.0.1:${port}`);
  }

  process(name: string): SupervisedProcess | undefined {
    return this.processes.get(name);
  }

  /** Where the processes of an app are reached. */
  targetOf(app: string): string {
    return targetOf(this.specs.filter((spec) => spec.app === app));
  }

  /** Starts the engines and every service but the gateways, and waits until they are ready. */
  async startServices(): Promise<void> {
    const { dataDir, only, without, freePorts, gateways: count, featureStores, port } = this.options;
    mkdirSync(dataDir, { recursive: true });
    const before = readState(this.stateFile);
    const supervisor = runningSupervisor(before);
    if (supervisor !== undefined && only === undefined) {
      throw new DomainError('FAILED_PRECONDITION', 'ALREADY_RUNNING', `Serendip runs already on ${dataDir} (process ${supervisor}): stop it there, or give this one another --data-dir.`);
    }
    const ended = only === undefined ? await endLeftovers(before) : [];
    if (ended.length > 0) this.screen.step(`Ended what the last run left behind: ${ended.join(', ')}.`);

    const wanted = ({ name, app }: ServiceSpec): boolean => (only === undefined || only.includes(name) || only.includes(app)) && !without.includes(name) && !without.includes(app);
    const everything = [...servicesWith(featureStores), ...gateways(count, port)];
    const claimed = await claimPorts(everything.filter(wanted), { free: freePorts });
    this.specs = claimed;
    if (only === undefined || only.includes('control')) await this.startPostgres(before);
    await this.startAll(claimed.filter(({ app }) => app !== 'gateway'), {});
  }

  /** Starts the gateways with the demo's keys, and waits until they are ready. */
  async startGateways(keys: DemoKeys | undefined, env: Readonly<Record<string, string>>): Promise<void> {
    this.keys = keys;
    await this.startAll(this.specs.filter(({ app }) => app === 'gateway'), env);
  }

  /** Starts one more process that nothing waits for. */
  startExtra(name: string, script: string, { args, env }: { readonly args: readonly string[]; readonly env: Readonly<Record<string, string>> }): void {
    const process = new SupervisedProcess({ ...this.hooks(name), name, script: join(this.root, script), args, env });
    this.processes.set(name, process);
    process.start();
  }

  markReady(): void {
    this.ready = true;
    this.save();
  }

  /** Stops everything, gateways first, engines last. */
  async stop(): Promise<void> {
    const byPlace = [...this.processes.values()];
    const isFront = ({ name }: SupervisedProcess): boolean => name.startsWith('gateway') || name === 'simulator';
    await Promise.all(byPlace.filter(isFront).map((process) => process.stop()));
    await Promise.all(byPlace.filter((process) => !isFront(process)).map((process) => process.stop()));
    await this.postgres?.stop();
    this.ready = false;
    this.save();
  }

  private async startAll(specs: readonly ServiceSpec[], env: Readonly<Record<string, string>>): Promise<void> {
    // A service that runs elsewhere is looked for where it listens by default.
    const reachable = [...this.specs, ...servicesWith(this.options.featureStores).filter(({ name }) => !this.specs.some((known) => known.name === name))];
    const { dataDir, log, state, objects } = this.options;
    const engines = { data: dataDir, databaseUrl: this.postgres?.url ?? '', log, state, objects };
    for (const spec of specs) {
      this.add(spec, { ...environmentOf(spec, reachable, engines), ...env });
      this.processes.get(spec.name)!.start();
    }
    await this.waitUntilReady(specs);
  }

  private async startPostgres(before: StackState | undefined): Promise<void> {
    const logger = createLogger('postgres', 'warn');
    this.postgres = await startEmbeddedPostgres({ directory: join(this.options.dataDir, 'postgres'), logger });
    this.screen.step(`Postgres runs (${before === undefined ? 'new, ' : ''}embedded, process ${this.postgres.pid}).`);
  }

  private add(spec: ServiceSpec, env: Readonly<Record<string, string>>): void {
    const fault: Record<string, string> = this.options.fault === undefined ? {} : { SERENDIP_FAULT: this.options.fault };
    this.processes.set(spec.name, new SupervisedProcess({
      ...this.hooks(spec.name), name: spec.name, script: join(this.root, 'apps', spec.app, 'dist/main.js'), env: { ...env, ...fault },
      ...(spec.niceness === undefined ? {} : { niceness: spec.niceness }),
    }));
  }

  private hooks(name: string) {
    return {
      logFile: join(this.options.dataDir, 'logs', `${name}.log`),
      onLine: (from: string, line: string) => this.screen.log(from, line),
      onChange: () => this.save(),
    };
  }

  private async waitUntilReady(specs: readonly ServiceSpec[]): Promise<void> {
    const started = Date.now();
    const waiting = new Map(specs.map((spec) => [spec.name, spec]));
    let last = 'does not answer';
    while (waiting.size > 0) {
      for (const spec of [...waiting.values()]) {
        const state = await readiness(spec.adminPort);
        if (state === 'ready') {
          waiting.delete(spec.name);
          this.screen.progress('starting services', (specs.length - waiting.size) / specs.length, `${spec.name} is ready`);
        } else {
          last = state;
        }
      }
      if (Date.now() - started > READY_TIMEOUT_MS) {
        const names = [...waiting.keys()].join(', ');
        throw new DomainError('UNAVAILABLE', 'NOT_READY', `${names} did not become ready in ${READY_TIMEOUT_MS / 1000} s (${last}): see ${join(this.options.dataDir, 'logs')}.`);
      }
      if (waiting.size > 0) await sleep(POLL_MS);
    }
  }

  private save(): void {
    const state: StackState = {
      pid: process.pid,
      ready: this.ready,
      gateways: this.gatewayUrls,
      databaseUrl: this.postgres?.url ?? '',
      ...(this.keys === undefined ? {} : { keys: this.keys }),
      services: {
        ...Object.fromEntries([...this.processes].map(([name, { pid, restarts }]) => {
          const spec = this.specs.find((entry) => entry.name === name);
          return [name, { pid, restarts, port: spec?.port ?? 0, adminPort: spec?.adminPort ?? 0 }];
        })),
        ...(this.postgres === undefined ? {} : { postgres: { pid: this.postgres.pid, restarts: 0, port: 0, adminPort: 0 } }),
      },
    };
    if (this.options.only !== undefined) return;
    writeFileSync(`${this.stateFile}.new`, `${JSON.stringify(state, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.stateFile}.new`, this.stateFile);
  }
}

/** 'ready', or what is missing. */
export async function readiness(adminPort: number): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${adminPort}/readyz`, { signal: AbortSignal.timeout(1000) });
    if (answer.ok) return 'ready';
    return await answer.text();
  } catch {
    return 'does not answer';
  }
}
