import { Module, type DynamicModule } from '@nestjs/common';
import { EventLog, ImportLedger } from '@serendip/events-domain';
import { Registry } from 'prom-client';
import { AppendBuffer } from './append-buffer.js';
import { ImportTurns } from './import-turns.js';
import { IngestionController } from './ingestion.controller.js';
import { IngestionMetrics } from './ingestion.metrics.js';

export interface IngestionParts {
  readonly log: EventLog;
  readonly ledger: ImportLedger;
  readonly buffer: AppendBuffer;
  readonly registry: Registry;
}

/** The composition root: what ingestion is made of. */
@Module({})
export class AppModule {
  static with({ log, ledger, buffer, registry }: IngestionParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [IngestionController],
      providers: [
        { provide: EventLog, useValue: log },
        { provide: ImportLedger, useValue: ledger },
        { provide: AppendBuffer, useValue: buffer },
        { provide: ImportTurns, useValue: new ImportTurns(ledger) },
        { provide: Registry, useValue: registry },
        { provide: IngestionMetrics, inject: [Registry, AppendBuffer, ImportTurns], useFactory: (...parts: ConstructorParameters<typeof IngestionMetrics>) => new IngestionMetrics(...parts) },
      ],
    };
  }
}
