/** Where it is told. */
export interface NoticeLogger {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
}

/** Connections end every few minutes by design, so that new servers get some, and are there again within a moment. */
const PATIENCE_MS = 3000;

/** Tells the log that one tenant's catalogue is followed, and that it is not once that stays so. */
export class LossNotice {
  private waiting: NodeJS.Timeout | undefined;
  private saidLost = true;

  constructor(private readonly tenant: string, private readonly logger: NoticeLogger, private readonly patienceMs = PATIENCE_MS) {}

  found(): void {
    this.stop();
    if (this.saidLost) this.logger.info({ tenant: this.tenant }, 'Following the catalogue.');
    this.saidLost = false;
  }

  lost(error: unknown): void {
    if (this.saidLost || this.waiting !== undefined) return;
    this.waiting = setTimeout(() => {
      this.waiting = undefined;
      this.saidLost = true;
      this.logger.warn({ tenant: this.tenant, err: error }, 'Lost the feature store; the catalogue stays as last known.');
    }, this.patienceMs).unref();
  }

  /** Tells nothing any more. */
  stop(): void {
    clearTimeout(this.waiting);
    this.waiting = undefined;
  }
}
