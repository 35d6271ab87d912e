import type { OnApplicationShutdown } from '@nestjs/common';
import { BestEffortQueue } from '@serendip/platform-grpc';
import type { Logger } from '@serendip/platform-logging';
import { events, type MessageInitShape } from '@serendip/shared-contracts';
import type { Clients } from '../clients.js';
import type { RefusedEntry } from '../events/event-batch.js';
import type { Metrics } from '../metrics.js';

type Report = MessageInitShape<typeof events.ReportedDeadLetterSchema>;

/** Tells ingestion, after the answer, what the gateway's schema refused; what can't be told is dropped and counted. */
export class DeadLetterReports implements OnApplicationShutdown {
  private readonly queue: BestEffortQueue<RefusedEntry & { readonly tenant: string }, Report>;

  constructor(clients: Clients, metrics: Metrics, logger: Logger) {
    this.queue = new BestEffortQueue({
      prepare: ({ tenant, raw, reason, detail }) => ({ tenant, source: events.DeadLetterSource.GATEWAY, reason, detail, userId: userIdOf(raw), original: Buffer.from(JSON.stringify(raw)) }),
      bytesOf: ({ original }) => original!.length,
      send: (letters) => clients.ingestion.reportDeadLetters({ letters: [...letters] }),
      dropped: (count, err) => {
        metrics.deadLetterDropped(count);
        logger.debug({ err, count }, 'refused events were not reported as dead letters');
      },
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.queue.close();
  }

  refuse(tenant: string, entries: readonly RefusedEntry[]): void {
    this.queue.add(entries.map((entry) => ({ tenant, ...entry })));
  }
}

function userIdOf(raw: unknown): string {
  const { userId } = (raw ?? {}) as { readonly userId?: unknown };
  return typeof userId === 'string' ? userId : '';
}
