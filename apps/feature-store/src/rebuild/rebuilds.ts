import { Worker } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { recordsBetween } from '@serendip/events-domain';
import type { Generations, WriteBehindStateStore } from '@serendip/features-domain';
import type { Logger } from '@serendip/platform-logging';
import { DomainError, isDomainError } from '@serendip/shared-errors';
import { Rounds } from '../rounds.js';
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
  /** Told when another generation is live, where the store does not follow by itself. */
  readonly onSwitch: () => void;
  readonly logger: Logger;
}

type Beside = NonNullable<RebuildsParts['beside']>;

const LOOK_MS = 1000;
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
  private telling: Promise<void> = Promise.resolve();
  private readonly rounds = new Rounds(LOOK_MS, () => this.look());

  constructor(private readonly parts: RebuildsParts) {}

  /** The newest, of this process since it began, or of any that shares the state; undefined for none. */
  async state(): Promise<RebuildState | undefined> {
    if (this.running !== undefined) return this.newest;
    const told = await this.parts.beside?.generations.told();
    if (told === undefined) return this.newest;
    const news = JSON.parse(told.news) as RebuildState;
    return news.state === 'running' && !told.goesOn ? { ...news, state: 'failed', endedAtMs: Date.now(), error: 'The feature store that made the state anew has ended.' } : news;
  }

  /** Begins to complete what others leave half done. */
  follow(): void {
    this.rounds.start();
  }

  /** Begins one, unless one is under way somewhere. Throws FAILED_PRECONDITION/REBUILD_UNSUPPORTED. */
  async start(): Promise<RebuildState> {
    const { beside, logger } = this.parts;
    if (beside === undefined) throw new DomainError('FAILED_PRECONDITION', 'REBUILD_UNSUPPORTED', 'State in memory has no generations: restart the feature store.');
    const known = await this.state();
    if (known?.state === 'running') return known;
    if (this.running !== undefined) return this.newest!;
    this.newest = { state: 'running', applied: 0, total: 0, startedAtMs: Date.now(), endedAtMs: 0, pausedMs: 0, error: '' };
    this.running = this.run(beside).then(
      () => this.end(beside, { state: 'done' }),
      async (err: unknown) => {
        await this.end(beside, { state: 'failed', error: err instanceof Error ? err.message : String(err) });
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
    await this.rounds.stop();
  }

  private async end(beside: Beside, how: Partial<RebuildState>): Promise<void> {
    this.newest = { ...this.newest!, ...how, endedAtMs: Date.now() };
    await this.tell(beside).catch((err: unknown) => this.parts.logger.warn({ err }, 'How the rebuild went could not be told to other feature stores.'));
    this.running = undefined;
    this.worker = undefined;
  }

  /** Once a second, whether or not one is made here. */
  private async look(): Promise<void> {
    const { beside, logger } = this.parts;
    try {
      if (this.running !== undefined) await this.tell(beside!);
      else await beside?.generations.settle();
    } catch (err) {
      logger.warn({ err }, 'The generations of the state could not be looked at; trying again.');
      if (isDomainError(err) && err.reason === 'REBUILD_ELSEWHERE') await this.worker?.terminate();
    }
  }

  /** One after the other, so that what is told last is what is known last. */
  private tell({ generations }: Beside): Promise<void> {
    const told = this.telling.then(() => generations.tell(JSON.stringify(this.newest), { goesOn: this.newest!.state === 'running' }));
    this.telling = told.catch(() => undefined);
    return told;
  }

  private async run(beside: Beside): Promise<void> {
    const { generations, task } = beside;
    await this.tell(beside);
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
      const next = await generations.switchTo(url);
      if (next !== undefined) old = await this.parts.store.switchTo(next);
      const total = finished.cursors.reduce((sum, cursor) => sum + recordsBetween(0, cursor), 0);
      this.newest = { ...this.newest!, applied: total, total, pausedMs: performance.now() - pausedAtMs };
      if (next !== undefined) this.parts.onSwitch();
    });
    await sleep(GRACE_MS);
    await old?.close();
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
