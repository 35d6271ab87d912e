import { Injectable } from '@nestjs/common';
import type { DependencyStatus } from '@serendip/platform-telemetry';
import type { Logger } from '@serendip/platform-logging';
import { Clients } from './clients.js';

const EVERY_MS = 1000;

/** What the gateway knows of the services behind it, asked once a second. */
@Injectable()
export class Readiness {
  private statuses: readonly DependencyStatus[] = [];
  private readonly timer: NodeJS.Timeout;
  /** True once this process may be sent requests. */
  ready = false;

  constructor(private readonly clients: Clients, private readonly logger: Logger) {
    this.timer = setInterval(() => void this.check(), EVERY_MS);
    this.timer.unref();
    void this.check();
  }

  report(): readonly DependencyStatus[] {
    return this.statuses;
  }

  stop(): void {
    clearInterval(this.timer);
    this.ready = false;
  }

  private async check(): Promise<void> {
    const { clients } = this;
    const asks: Readonly<Record<string, () => Promise<unknown>>> = {
      ingestion: () => clients.ingestion.getImport({ tenant: '', importId: '' }),
      'feature-store': () => clients.featureStore.readUserStates({ requests: [] }),
      embedding: () => clients.embedding.getStatus({}),
      ranking: () => clients.ranking.getStatus({}),
    };
    this.statuses = await Promise.all(Object.entries(asks).map(async ([name, ask]): Promise<DependencyStatus> => {
      const failure = await ask().then(() => undefined, (error: { code?: string; reason?: string }) => error);
      const reachable = failure === undefined || !['UNAVAILABLE', 'DEADLINE_EXCEEDED'].includes(failure.code ?? '');
      return reachable ? { name, ready: true } : { name, ready: false, detail: failure?.reason ?? 'not reachable' };
    }));
    this.logger.trace({ dependencies: this.statuses }, 'dependencies checked');
  }
}
