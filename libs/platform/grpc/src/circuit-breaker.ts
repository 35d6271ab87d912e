/** Answers whether the peer is alive; never throws. */
export type Probe = () => Promise<boolean>;
/** Runs work after `ms` and answers how to call it off. */
export type Schedule = (work: () => void, ms: number) => () => void;

export interface CircuitBreakerOptions {
  readonly probe: Probe;
  /** Failures in a row that open it. */
  readonly threshold?: number;
  /** Time between the probes of an open circuit, milliseconds. */
  readonly probeIntervalMs?: number;
  readonly schedule?: Schedule;
}

type State = 'closed' | 'open' | 'half-open' | 'disposed';

const unreferencedTimer: Schedule = (work, ms) => {
  const timer = setTimeout(work, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

/**
 * Keeps callers away from a peer that does not answer. It opens after `threshold` failures in a row and asks the peer itself, so no
 * caller waits to find out: at once, then every interval. An answer half-opens it: calls pass again, the first success closes it, the
 * first failure opens it for an interval at least, because that peer lives and still does not serve.
 */
export class CircuitBreaker {
  private state: State = 'closed';
  private failures = 0;
  private cancelTimer: (() => void) | undefined;
  private readonly waiting: (() => void)[] = [];
  private readonly threshold: number;
  private readonly probeIntervalMs: number;
  private readonly schedule: Schedule;

  constructor(private readonly options: CircuitBreakerOptions) {
    this.threshold = options.threshold ?? 5;
    this.probeIntervalMs = options.probeIntervalMs ?? 250;
    this.schedule = options.schedule ?? unreferencedTimer;
  }

  get isOpen(): boolean {
    return this.state === 'open';
  }

  /** Resolves when an open circuit's next probe has ended, or when it is open no longer: within the interval and a probe's time. */
  nextWord(): Promise<void> {
    return this.isOpen ? new Promise((resolve) => this.waiting.push(resolve)) : Promise.resolve();
  }

  /** A call was answered, be it with an error of the peer's making. */
  success(): void {
    this.failures = 0;
    // A late answer to a call from before it opened proves life as well as a probe does.
    if (this.state === 'open' || this.state === 'half-open') this.become('closed');
  }

  /** A call found no peer or no answer in time. */
  failure(): void {
    if (this.state === 'open' || this.state === 'disposed') return;
    this.failures++;
    if (this.state === 'half-open') this.open(this.probeIntervalMs);
    else if (this.failures >= this.threshold) this.open(0);
  }

  /** Stops probing for good. */
  dispose(): void {
    this.become('disposed');
  }

  private open(probeAfterMs: number): void {
    this.become('open');
    this.cancelTimer = this.schedule(() => void this.runProbe(), probeAfterMs);
  }

  private async runProbe(): Promise<void> {
    const alive = await this.options.probe();
    if (this.state !== 'open') return;
    if (alive) this.become('half-open');
    else {
      this.cancelTimer = this.schedule(() => void this.runProbe(), this.probeIntervalMs);
      this.tellWaiting();
    }
  }

  private tellWaiting(): void {
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  private become(state: State): void {
    this.cancelTimer?.();
    this.cancelTimer = undefined;
    this.state = state;
    if (state !== 'open') this.tellWaiting();
  }
}
