import { BestEffortQueue, type GrpcClient } from '@serendip/platform-grpc';
import type { Logger } from '@serendip/platform-logging';
import { events, fromBinary, type MessageInitShape } from '@serendip/shared-contracts';
import type { FeatureStoreMetrics } from './feature-store.metrics.js';
import { tenantOfRecord } from './tenant-of-record.js';

/** A record that a partition passed over. */
export interface PoisonRecord {
  readonly position: number;
  readonly bytes: Uint8Array;
  /** RECORD_UNREADABLE or EVENT_UNPROCESSABLE. */
  readonly reason: string;
  readonly detail: string;
}

export interface PoisonReportsParts {
  readonly ingestion: Pick<GrpcClient<typeof events.IngestionService>, 'reportDeadLetters'>;
  readonly metrics: FeatureStoreMetrics;
  readonly logger: Logger;
}

type Report = MessageInitShape<typeof events.ReportedDeadLetterSchema>;

/** What belongs to nobody that can be read is shown to the tenant of single-tenant installs. */
const TENANT_OF_THE_UNREADABLE = 'default';

/** Tells ingestion of records that were passed over; what can't be told is dropped and counted, and stays in the log. */
export class PoisonReports {
  private readonly queue: BestEffortQueue<PoisonRecord & { readonly partition: number }, Report>;

  constructor({ ingestion, metrics, logger }: PoisonReportsParts) {
    this.queue = new BestEffortQueue({
      prepare: reportOf,
      bytesOf: ({ original }) => original!.length,
      send: (letters) => ingestion.reportDeadLetters({ letters: [...letters] }),
      dropped: (count, err) => {
        metrics.deadLetterDropped(count);
        logger.warn({ err, count }, 'Records that were passed over were not reported as dead letters.');
      },
    });
  }

  add(partition: number, records: readonly PoisonRecord[]): void {
    this.queue.add(records.map((record) => ({ partition, ...record })));
  }

  async close(): Promise<void> {
    await this.queue.close();
  }
}

function reportOf({ partition, position, bytes, reason, detail }: PoisonRecord & { readonly partition: number }): Report {
  const event = reason === 'RECORD_UNREADABLE' ? undefined : fromBinary(events.EventSchema, bytes);
  const tenant = event?.tenant || tenantOfRecord(bytes) || TENANT_OF_THE_UNREADABLE;
  return { tenant, source: events.DeadLetterSource.LOG, reason, detail, userId: event?.userId ?? '', original: bytes, place: { partition, position } };
}
