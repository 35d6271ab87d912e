import { DomainError } from '@serendip/shared-errors';

export const callerGone = (): DomainError => new DomainError('CANCELLED', 'CALLER_GONE', 'The caller closed the connection.');

/**
 * Lets a number of requests be worked on at a time, first come first served. Whoever has gone away while waiting costs nothing: its turn
 * passes with CANCELLED. So a process that was held up for seconds answers who is there now, not the crowd that has left. Nothing is kept of a
 * request once it is done: a queue whose nodes stay linked makes the collector keep them all until its next full turn.
 */
export class Admission {
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(atOnce: number) {
    this.free = atOnce;
  }

  async run<T>(departed: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((enter) => this.waiting.push(enter));
    try {
      if (departed?.aborted) throw callerGone();
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
