import type { Logger } from '@serendip/platform-logging';
import type { ObjectStore } from '@serendip/platform-objects';
import { DomainError } from '@serendip/shared-errors';
import pLimit from 'p-limit';
import { CancellableThread } from '../../cancellable-thread.js';
import type { DataSet } from '../data-set.js';
import type { ReplaySettings } from '../replay/settings.js';
import { exportIdOf, exportManifestKey, type ExportManifest, type ExportOptions } from './write-export.js';

/** What a thread is given, and what it tells. */
export interface ExportThreadTask {
  readonly tenant: string;
  readonly dataSetId: string;
  readonly options: ExportOptions;
  readonly settings: ReplaySettings;
  readonly objects: string;
}

export type ExportMessage =
  | { readonly kind: 'progress'; readonly stage: string; readonly share: number }
  | { readonly kind: 'done'; readonly manifest: ExportManifest }
  | { readonly kind: 'failed'; readonly message: string };

export interface ExportState {
  readonly id: string;
  readonly dataSet: string;
  readonly state: 'running' | 'succeeded' | 'failed';
  readonly stage: string;
  readonly progress: number;
  readonly manifest?: ExportManifest;
  readonly error?: string;
}

export interface ExportsParts {
  readonly objects: ObjectStore;
  /** URL of the same store, for the thread. */
  readonly objectsUrl: string;
  readonly logger: Logger;
}

const ID = /^ex_[0-9a-f]{32}$/;

/** Exports of data sets: one at a time, each on a thread of its own. Those that are done are in the object store; one that a restart cut short is begun again by whoever asks for it. */
export class Exports {
  private readonly running = new Map<string, ExportState>();
  private readonly threads = new Set<CancellableThread<ExportThreadTask>>();
  private readonly turns = pLimit(1);

  constructor(private readonly parts: ExportsParts) {}

  /** Begins an export, or answers the one that there is. One that failed is begun again. */
  async start({ id: dataSet, tenant }: DataSet, options: ExportOptions, settings: ReplaySettings): Promise<ExportState> {
    const id = exportIdOf({ id: dataSet }, options, settings);
    const finished = await this.finished(tenant, id);
    // Looked up last: whoever asks for the same at the same time begins it once.
    const known = this.running.get(id) ?? finished;
    if (known !== undefined && known.state !== 'failed') return known;
    const state: ExportState = { id, dataSet, state: 'running', stage: 'waiting', progress: 0 };
    this.running.set(id, state);
    void this.turns(() => this.run(id, { tenant, dataSetId: dataSet, options, settings, objects: this.parts.objectsUrl }));
    return state;
  }

  /** NOT_FOUND/EXPORT_UNKNOWN. */
  async get(tenant: string, dataSet: string, id: string): Promise<ExportState> {
    const known = this.running.get(id) ?? (ID.test(id) ? await this.finished(tenant, id) : undefined);
    if (known?.dataSet !== dataSet) throw new DomainError('NOT_FOUND', 'EXPORT_UNKNOWN', `There is no export '${id}' of this data set: start it again.`);
    return known;
  }

  async close(): Promise<void> {
    this.turns.clearQueue();
    await Promise.all([...this.threads].map((thread) => thread.cancel()));
  }

  private async finished(tenant: string, id: string): Promise<ExportState | undefined> {
    const bytes = await this.parts.objects.get(exportManifestKey(tenant, id));
    if (bytes === undefined) return undefined;
    const manifest = JSON.parse(Buffer.from(bytes).toString()) as ExportManifest;
    return { id, dataSet: manifest.dataSet, state: 'succeeded', stage: 'done', progress: 1, manifest };
  }

  private async run(id: string, task: ExportThreadTask): Promise<void> {
    try {
      await this.work(id, task);
      // From now on it is read from where it was written.
      this.running.delete(id);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.parts.logger.error({ err: error, export: id, tenant: task.tenant }, 'An export failed.');
      this.update(id, { state: 'failed', stage: 'failed', error: message });
    }
  }

  private work(id: string, task: ExportThreadTask): Promise<ExportManifest> {
    const thread = new CancellableThread(new URL('./worker.js', import.meta.url), { name: 'export', task });
    const { worker, ended } = thread;
    this.threads.add(thread);
    void ended.then(() => this.threads.delete(thread));
    return new Promise((resolve, reject) => {
      worker.on('message', (message: ExportMessage) => {
        if (message.kind === 'progress') this.update(id, { stage: message.stage, progress: message.share });
        else if (message.kind === 'done') resolve(message.manifest);
        else reject(new Error(message.message));
      });
      worker.once('error', reject);
      void ended.then((code) => reject(new Error(`The export's thread ended with status ${code}.`)));
    });
  }

  private update(id: string, change: Partial<ExportState>): void {
    const state = this.running.get(id);
    if (state !== undefined) this.running.set(id, { ...state, ...change });
  }
}
