import type { Logger } from '@serendip/platform-logging';
import { Counter, type Registry } from 'prom-client';

/** A version that does not run where it was meant to. */
export interface RuntimeFallback {
  /** The device that the configuration names. */
  readonly wanted: string;
  /** What runs it. */
  readonly used: string;
  readonly reason: string;
}

/** Says, as a warning and a count, when a version does not run where the configuration wants it. */
export class RuntimeReport {
  private readonly fallbacks: Counter<'model' | 'wanted' | 'used'>;

  constructor(registry: Registry, private readonly logger: Pick<Logger, 'warn'>) {
    this.fallbacks = new Counter({
      name: 'serendip_runtime_fallbacks_total', help: 'Loaded versions that do not run where they were meant to.', labelNames: ['model', 'wanted', 'used'], registers: [registry],
    });
  }

  /** @param model name@version. */
  fellBack(model: string, { wanted, used, reason }: RuntimeFallback): void {
    this.fallbacks.inc({ model, wanted, used });
    this.logger.warn({ model, wanted, used, reason }, 'A version does not run where it was meant to; `serendip runtimes` says what is missing.');
  }
}
