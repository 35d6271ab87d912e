import { Module, type DynamicModule } from '@nestjs/common';
import { EventLog, ImportLedger } from '@serendip/events-domain';
import type { Registry } from 'prom-client';
import { AppendBuffer } from './append-buffer.js';
import { ImportTurns } from './import-turns.js';
import { IngestionController } from './ingestion.controller.js';
import { IngestionMetrics } from './ingestion.metrics.js';

export interface IngestionParts {
  readonly log: EventLog;
  readonly ledger: ImportLedger;
  readonly registry: Registry;
}

/** The composition root: what ingestion is made of. */
@Module({})
export class AppModule {
  static with({ log, ledger, registry }: IngestionParts): DynamicModule {
    const buffer = new AppendBuffer();
    return {
      module: AppModule,
      controllers: [IngestionController],
      providers: [
        { provide: EventLog, useValue: log },
        { provide: ImportLedger, useValue: ledger },
        { provide: AppendBuffer, useValue: buffer },
        { provide: ImportTurns, useValue: new ImportTurns(ledger) },
        { provide: IngestionMetrics, useFactory: () => new IngestionMetrics(registry, buffer) },
      ],
    };
  }
}
