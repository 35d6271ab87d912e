import pc from 'picocolors';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
type Level = (typeof LEVELS)[number];

const PAINTS: Partial<Record<Level, (text: string) => string>> = { warn: pc.yellow, error: pc.red, fatal: pc.red };

/** What the person at the terminal sees: steps as they are done, then one screen that says what runs where. */
export class Screen {
  private readonly started = performance.now();
  private open = false;

  constructor(private readonly options: { readonly verbose: boolean }) {}

  /** One line that says what is being done. */
  step(text: string): void {
    this.line(`${pc.dim(this.elapsed())} ${text}`);
  }

  /** Redraws the last line on a terminal; elsewhere only what ends a stage is printed. */
  progress(label: string, share: number, detail: string): void {
    const width = 24;
    const filled = Math.round(Math.max(0, Math.min(1, share)) * width);
    const text = `${pc.dim(this.elapsed())} ${label} ${'█'.repeat(filled)}${'░'.repeat(width - filled)} ${String(Math.floor(share * 100)).padStart(3)} % ${detail}`;
    if (!process.stdout.isTTY) return;
    process.stdout.write(`\r\x1b[2K${text}`);
    this.open = true;
  }

  /** A service's log line: warnings and errors always, everything when verbose. */
  log(name: string, line: string): void {
    const { level, msg, err } = parse(line);
    if (!this.options.verbose && LEVELS.indexOf(level) < LEVELS.indexOf('warn')) return;
    const paint = PAINTS[level] ?? pc.dim;
    this.line(`${pc.dim(this.elapsed())} ${pc.cyan(name.padEnd(13))} ${paint(msg)}${err === undefined ? '' : pc.dim(` (${err})`)}`);
  }

  /** Text as it is. */
  line(text: string): void {
    if (this.open) process.stdout.write('\n');
    this.open = false;
    process.stdout.write(`${text}\n`);
  }

  private elapsed(): string {
    return `${((performance.now() - this.started) / 1000).toFixed(1).padStart(6)} s`;
  }
}

function parse(line: string): { level: Level; msg: string; err?: string } {
  try {
    const entry = JSON.parse(line) as { level?: Level; msg?: string; err?: { message?: string } };
    if (entry.level !== undefined && LEVELS.includes(entry.level)) {
      return { level: entry.level, msg: entry.msg ?? '', ...(entry.err?.message === undefined ? {} : { err: entry.err.message }) };
    }
  } catch {
    // A line that is not a log entry, such as a crash of the runtime itself: shown as it is.
  }
  return { level: 'warn', msg: line };
}
