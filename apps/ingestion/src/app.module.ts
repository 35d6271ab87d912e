import { Module, type DynamicModule } from '@nestjs/common';
import { DeadLetterStore, EventLog, ImportLedger } from '@serendip/events-domain';
import type { Logger } from '@serendip/platform-logging';
import { Registry } from 'prom-client';
import { AppendBuffer } from './append-buffer.js';
import { DeadLettersController } from './dead-letters/dead-letters.controller.js';
import { DeadLetters } from './dead-letters/dead-letters.js';
import { ImportTurns } from './import-turns.js';
import { IngestionController } from './ingestion.controller.js';
import { IngestionMetrics } from './ingestion.metrics.js';

export interface IngestionParts {
  readonly log: EventLog;
  readonly ledger: ImportLedger;
  readonly deadLetters: DeadLetterStore;
  readonly buffer: AppendBuffer;
  readonly registry: Registry;
  readonly logger: Logger;
}

/** The composition root: what ingestion is made of. */
@Module({})
export class AppModule {
  static with({ log, ledger, deadLetters, buffer, registry, logger }: IngestionParts): DynamicModule {
    return {
      module: AppModule,
      controllers: [IngestionController, DeadLettersController],
      providers: [
        { provide: EventLog, useValue: log },
        { provide: ImportLedger, useValue: ledger },
        { provide: DeadLetterStore, useValue: deadLetters },
        { provide: AppendBuffer, useValue: buffer },
        { provide: ImportTurns, useValue: new ImportTurns(ledger) },
        { provide: Registry, useValue: registry },
        { provide: IngestionMetrics, inject: [Registry, AppendBuffer, ImportTurns], useFactory: (...parts: ConstructorParameters<typeof IngestionMetrics>) => new IngestionMetrics(...parts) },
        { provide: DeadLetters, inject: [IngestionMetrics], useFactory: (metrics: IngestionMetrics) => new DeadLetters({ store: deadLetters, metrics, logger }) },
      ],
    };
  }
}
