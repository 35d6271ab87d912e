import { DomainError } from '@serendip/shared-errors';
import pLimit from 'p-limit';

export const callerGone = (): DomainError => new DomainError('CANCELLED', 'CALLER_GONE', 'The caller closed the connection.');

/**
 * Lets a number of requests be worked on at a time, first come first served. Whoever has gone away while waiting costs nothing: its turn
 * passes with CANCELLED. So a process that was held up for seconds answers who is there now, not the crowd that has left.
 */
export class Admission {
  private readonly enter;

  constructor(atOnce: number) {
    this.enter = pLimit(atOnce);
  }

  run<T>(departed: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
    return this.enter(() => {
      if (departed?.aborted) throw callerGone();
      return work();
    });
  }
}
