import { RetrieverLoader, referenceName, type RetrieverModel, type ModelReference } from '@serendip/retrieval-domain';
import { DomainError } from '@serendip/shared-errors';
import { Worker } from 'node:worker_threads';
import { finishRetriever } from './bundle-retriever-loader.js';
import { needsCard, type SearchDevice } from './card-search.js';
import type { RetrieverOutcome, RetrieverTask } from './retriever-program.js';

/** Compiled, whether this file is or is run from its source, as tests do. */
const PROGRAM = new URL('../dist/retriever-program.js', import.meta.url);

/**
 * Loads retrievers as `BundleRetrieverLoader` does, in a thread of their own: reading, checking and indexing a million items takes many seconds, and requests go on meanwhile. What the thread has
 * made is handed over without a copy.
 */
export class ThreadRetrieverLoader extends RetrieverLoader {
  private readonly threads = new Set<Worker>();

  /**
   * @param objects URL of the object store (`openObjectStore`).
   * @param device where versions are searched; the processor by default.
   */
  constructor(private readonly objects: string, private readonly device?: SearchDevice) {
    super();
  }

  /** Rejects as `BundleRetrieverLoader.load` does, and with CANCELLED/RETRIEVER_NOT_LOADED when it is closed first. */
  async load(reference: ModelReference): Promise<RetrieverModel> {
    const outcome = await this.outcomeOf(reference);
    if ('read' in outcome) return finishRetriever(reference, outcome.read, this.device);
    const { code, reason, message } = outcome.refused;
    throw new DomainError(code, reason, message);
  }

  /** Gives up what it is loading. */
  async close(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.terminate()));
  }

  private outcomeOf(reference: ModelReference): Promise<RetrieverOutcome> {
    const thread = new Worker(PROGRAM, { name: 'retriever', workerData: { objects: this.objects, reference, forCard: needsCard(this.device?.choice ?? 'cpu') } satisfies RetrieverTask });
    this.threads.add(thread);
    return new Promise((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
      thread.once('exit', () => {
        this.threads.delete(thread);
        reject(new DomainError('CANCELLED', 'RETRIEVER_NOT_LOADED', `Retriever ${referenceName(reference)} was not loaded: its thread has ended.`));
      });
    });
  }
}
