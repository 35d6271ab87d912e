import { Worker } from 'node:worker_threads';
import type { Logger } from '@serendip/platform-logging';
import { DomainError, type ErrorCode } from '@serendip/shared-errors';
import type { Archived, ArchiveTask, FromArchiver, ToArchiver } from './messages.js';

interface Asked {
  readonly resolve: (archived: Archived) => void;
  readonly reject: (error: Error) => void;
}

const RETRY_MS = 5000;
const STOP_MS = 10_000;

/** The archive's thread, started again when it fails: it goes on from what is committed. */
export class ArchiveThread {
  /** Commits of the archive, and records of the log that are in none; undefined until it is known. */
  state: { readonly commits: number; readonly lag: number } | undefined;
  private worker: Worker | undefined;
  private retry: NodeJS.Timeout | undefined;
  private failure: unknown;
  private stopped = false;
  private asks = 0;
  private readonly waiting = new Map<number, Asked>();

  constructor(private readonly task: ArchiveTask, private readonly logger: Logger) {}

  /** Why it does not archive at present; empty while it does. */
  get trouble(): string {
    return this.failure === undefined ? '' : sentenceOf(this.failure);
  }

  start(): void {
    const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: this.task, name: 'archive' });
    this.worker = worker;
    worker.on('message', (message: FromArchiver) => this.receive(message));
    worker.once('error', (error) => { this.failure = error; });
    worker.once('exit', () => this.ended());
  }

  /** Archives all that the log holds now; answers the newest commit, and what went for erasures. Rejects with UNAVAILABLE/ARCHIVE_FAILED, and what else was wrong. */
  archiveNow(): Promise<Archived> {
    if (this.worker === undefined) return Promise.reject(failed(this.trouble));
    const id = ++this.asks;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      this.send({ kind: 'archive', id });
    });
  }

  /** Ends after the commit that is being written; one that takes too long is left unfinished, which harms nothing. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.retry);
    const { worker } = this;
    if (worker === undefined) return;
    const ended = new Promise((resolve) => worker.once('exit', resolve));
    this.send({ kind: 'stop' });
    const timer = setTimeout(() => void worker.terminate(), STOP_MS);
    await ended;
    clearTimeout(timer);
  }

  private send(message: ToArchiver): void {
    this.worker?.postMessage(message);
  }

  private receive(message: FromArchiver): void {
    if (message.kind === 'state') {
      this.state = message;
      this.failure = undefined;
      return;
    }
    const asked = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.kind === 'archived') asked?.resolve(message);
    else asked?.reject(new DomainError(message.code as ErrorCode, message.reason, message.message));
  }

  private ended(): void {
    this.worker = undefined;
    for (const { reject } of this.waiting.values()) reject(failed(this.trouble));
    this.waiting.clear();
    if (this.stopped) return;
    this.logger.error({ err: this.failure }, 'The log is not being archived; trying again.');
    this.retry = setTimeout(() => this.start(), RETRY_MS);
  }
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const failed = (why: string): DomainError => new DomainError('UNAVAILABLE', 'ARCHIVE_FAILED', `The log can not be archived at present${why === '' ? '' : `: ${why}`}. Try again.`);
