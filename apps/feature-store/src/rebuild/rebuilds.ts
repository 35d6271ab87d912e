import { Worker } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { recordsBetween } from '@serendip/events-domain';
import type { Generations, WriteBehindStateStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { DomainError } from '@serendip/shared-errors';
import type { FromRebuilder, RebuildTask, ToRebuilder } from './messages.js';

/** How a rebuild goes. Times are epoch milliseconds. */
export interface RebuildState {
  readonly state: 'running' | 'done' | 'failed';
  /** Records of the log that are applied to the new generation, and that there are. */
  readonly applied: number;
  readonly total: number;
  readonly startedAtMs: number;
  /** 0 while it runs. */
  readonly endedAtMs: number;
  /** For how long nothing was applied to the live state, so that both were at one place, milliseconds. */
  readonly pausedMs: number;
  /** Why it failed; else empty. */
  readonly error: string;
}

export interface RebuildsParts {
  readonly store: WriteBehindStateStore;
  /** Undefined where the state's engine has no generations. */
  readonly beside: { readonly generations: Generations; readonly task: Omit<RebuildTask, 'generation'> } | undefined;
  /** Does something while nothing is applied. */
  readonly whilePaused: (work: () => Promise<void>) => Promise<void>;
  /** Where each partition of the live state is. */
  readonly cursors: () => readonly number[];
  /** Told when another generation is live. */
  readonly onSwitch: () => void;
  readonly logger: Logger;
}

/** Whoever began to read the old generation is done by then. */
const GRACE_MS = 1000;
/** The id of a thread that has ended: it says nothing any more, not even that. */
const NO_THREAD = -1;

/** Makes the state anew beside the live one, one at a time, and switches to it (ADR 0027). */
@Injectable()
export class Rebuilds {
  private newest: RebuildState | undefined;
  private worker: Worker | undefined;
  private running: Promise<void> | undefined;
  private isStopped = false;

  constructor(private readonly parts: RebuildsParts) {}

  /** The newest, since this process began; undefined for none. */
  get state(): RebuildState | undefined {
    return this.newest;
  }

  /** Begins one, unless one is under way. Throws FAILED_PRECONDITION/REBUILD_UNSUPPORTED. */
  start(): RebuildState {
    const { beside, logger } = this.parts;
    if (beside === undefined) throw new DomainError('FAILED_PRECONDITION', 'REBUILD_UNSUPPORTED', 'State on this engine has no generations: stop the feature store, empty the state, and start it again.');
    if (this.running !== undefined) return this.newest!;
    this.newest = { state: 'running', applied: 0, total: 0, startedAtMs: Date.now(), endedAtMs: 0, pausedMs: 0, error: '' };
    this.running = this.run(beside).then(
      () => { this.end({ state: 'done' }); },
      (err: unknown) => {
        this.end({ state: 'failed', error: err instanceof Error ? err.message : String(err) });
        logger.error({ err }, 'The state was not made anew; the one there was goes on.');
      },
    );
    return this.newest;
  }

  /** Gives up what is under way. */
  async stop(): Promise<void> {
    this.isStopped = true;
    await this.worker?.terminate();
    await this.running;
  }

  private end(how: Partial<RebuildState>): void {
    this.newest = { ...this.newest!, ...how, endedAtMs: Date.now() };
    this.running = undefined;
    this.worker = undefined;
  }

  private async run({ generations, task }: NonNullable<RebuildsParts['beside']>): Promise<void> {
    const url = await generations.begin();
    if (this.isStopped) throw new Error('The feature store is being stopped.');
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { ...task, generation: url } satisfies RebuildTask, name: 'rebuild' });
    this.worker = worker;
    // Whoever waits for the thread hears of it; between two messages nobody does.
    worker.on('error', () => undefined);
    await this.told(worker, 'caught-up');
    let old: { close(): Promise<void> } | undefined;
    await this.parts.whilePaused(async () => {
      const pausedAtMs = performance.now();
      const cursors = this.parts.cursors();
      worker.postMessage({ kind: 'finish', cursors } satisfies ToRebuilder);
      const finished = await this.told(worker, 'finished');
      if (finished.cursors.some((cursor, partition) => cursor < cursors[partition]!)) throw new Error('The new generation did not come to where the live one is.');
      old = await this.parts.store.switchTo(await generations.switchTo(url));
      const total = finished.cursors.reduce((sum, cursor) => sum + recordsBetween(0, cursor), 0);
      this.newest = { ...this.newest!, applied: total, total, pausedMs: performance.now() - pausedAtMs };
      this.parts.onSwitch();
    });
    await sleep(GRACE_MS);
    await old!.close();
    await generations.removeOthers();
  }

  /** The next message of a kind. Rejects when the thread fails or ends before, or has ended. */
  private told<K extends FromRebuilder['kind']>(worker: Worker, kind: K): Promise<Extract<FromRebuilder, { readonly kind: K }>> {
    return new Promise((resolve, reject) => {
      const listen = (message: FromRebuilder): void => {
        if (message.kind === 'progress') this.newest = { ...this.newest!, applied: message.applied, total: message.total };
        if (message.kind !== kind) return;
        worker.off('message', listen).off('error', reject).off('exit', ended);
        resolve(message as Extract<FromRebuilder, { readonly kind: K }>);
      };
      const ended = (): void => reject(new Error('The thread that makes the state anew has ended.'));
      worker.on('message', listen).once('error', reject).once('exit', ended);
      if (worker.threadId === NO_THREAD) ended();
    });
  }
}
