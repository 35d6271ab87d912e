import type { Logger } from '@serendip/platform-logging';
import type { Fallback } from '@serendip/platform-runtimes';
import { Counter, type Registry } from 'prom-client';

/** Says, as a warning and a count, when a version does not run where the configuration wants it. */
export class RuntimeReport {
  private readonly fallbacks: Counter<'ranker' | 'wanted' | 'used'>;

  constructor(registry: Registry, private readonly logger: Pick<Logger, 'warn'>) {
    this.fallbacks = new Counter({
      name: 'serendip_runtime_fallbacks_total', help: 'Loaded versions that do not run where they were meant to.', labelNames: ['ranker', 'wanted', 'used'], registers: [registry],
    });
  }

  fellBack(ranker: string, { wanted, used, reason }: Fallback): void {
    this.fallbacks.inc({ ranker, wanted, used });
    this.logger.warn({ ranker, wanted, used, reason }, 'A ranker does not run where it was meant to; `serendip runtimes` says what is missing.');
  }
}
