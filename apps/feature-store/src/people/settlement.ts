import { setTimeout as sleep } from 'node:timers/promises';
import type { EventLog } from '@serendip/events-domain';
import type { StateStore } from '@serendip/features-domain';
import { DomainError } from '@serendip/shared-errors';

const LOOK_EVERY_MS = 5;

/** Where a record stands. */
export interface Place {
  readonly partition: number;
  readonly position: number;
}

/** Waits for state to be where the log is. */
export class Settlement {
  constructor(private readonly parts: { readonly log: EventLog; readonly store: Pick<StateStore, 'partitions' | 'outbox'> }) {}

  /** Resolves once everything that is in the log now has been applied, and so has what partitions had for each other. Throws UNAVAILABLE/STATE_BEHIND at the deadline. */
  async settled(deadlineMs: number): Promise<void> {
    await this.passed(await this.newest(), deadlineMs);
    await this.applied(await this.newest(), deadlineMs);
  }

  /** Resolves once these records have been applied, and what their partitions had for others up to there stands in the log. Throws UNAVAILABLE/STATE_BEHIND at the deadline. */
  async passed(places: readonly Place[], deadlineMs: number): Promise<void> {
    await this.applied(places, deadlineMs);
    await this.eachOnce(places, deadlineMs, async ({ partition, position }) => {
      const [oldest] = await this.parts.store.outbox.pending(partition, 1);
      return oldest === undefined || oldest.position > position;
    });
  }

  /** Resolves once these records have been applied. Throws UNAVAILABLE/STATE_BEHIND at the deadline. */
  async applied(places: readonly Place[], deadlineMs: number): Promise<void> {
    await this.eachOnce(places, deadlineMs, async ({ partition, position }) => (await this.parts.store.partitions.head(partition)).cursor > position);
  }

  /** The last place of each partition now. */
  private async newest(): Promise<readonly Place[]> {
    return (await this.parts.log.ends()).map((end, partition) => ({ partition, position: end - 1 }));
  }

  private async eachOnce(places: readonly Place[], deadlineMs: number, isSo: (place: Place) => Promise<boolean>): Promise<void> {
    for (let waiting = places; ;) {
      const holds = await Promise.all(waiting.map(isSo));
      waiting = waiting.filter((_, i) => !holds[i]);
      if (waiting.length === 0) return;
      if (Date.now() > deadlineMs) throw new DomainError('UNAVAILABLE', 'STATE_BEHIND', `State is behind the log in ${waiting.length} partitions: ask again in a moment.`, { metadata: { retryAfterMs: '1000' } });
      await sleep(LOOK_EVERY_MS);
    }
  }
}
